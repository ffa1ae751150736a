# shellcheck shell=bash
# Sourced by the scripts beside it: keeps .venv in the clone in step with pyproject.toml and
# constraints.txt. Needs bash, Python 3.11 or later, and a package index that pip can reach.

root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P) || exit 3
venv=$root/.venv
unset PYTHONHOME PYTHONPATH # another project's packages must not leak into ours
export LOCUM_CACHE_DIR=${LOCUM_CACHE_DIR:-$venv/cache} # the compiled engine stays in the clone
export PIP_USER=0 PIP_DISABLE_PIP_VERSION_CHECK=1 PIP_NO_INPUT=1

say() { printf 'locum: %s\n' "$*" >&2; }

die() {
  say "$@"
  exit 3
}

# True if the interpreter exists, starts and is new enough.
new_enough() { "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' >/dev/null 2>&1; }

# Create .venv with the first interpreter that can, and say why none could.
create_venv() {
  local candidate failed=""
  for candidate in python3 python3.13 python3.12 python3.11 python; do
    new_enough "$candidate" || continue
    rm -rf "$venv"
    "$candidate" -m venv "$venv" >/dev/null 2>&1 && return
    failed="$failed $candidate"
  done
  rm -rf "$venv"
  [ -z "$failed" ] || die "Python has no working venv module (tried$failed); on Debian install python3-venv"
  die "needs Python 3.11 or later as python3 on the PATH"
}

# What the installed packages depend on; a change makes the environment stale.
fingerprint() {
  printf '%s\n' "$root"
  cat "$root/pyproject.toml" "$root/constraints.txt"
}

# Install the package (editable, so that tests see the source) and the dependency groups named.
# Usage: prepare NAME [pip argument ...]; NAME labels the stamp that marks the set as complete.
prepare() {
  local name=$1 stamp=$venv/.locum-$1
  shift
  if [ -f "$stamp" ] && fingerprint | cmp -s - "$stamp" && new_enough "$venv/bin/python"; then
    return
  fi
  say "setting up $venv for '$name' (once; about a minute)"
  if ! new_enough "$venv/bin/python" || ! "$venv/bin/python" -m pip --version >/dev/null 2>&1; then
    create_venv
  fi
  rm -f "$stamp"
  (
    cd "$root" || exit
    pip=("$venv/bin/python" -m pip install --quiet -c constraints.txt)
    # Python compiles what it imports as it goes, which is far less than pip would compile.
    [ -n "${PYTHONDONTWRITEBYTECODE:-}" ] || pip+=(--no-compile)
    "${pip[@]}" pip && "${pip[@]}" -e . "$@"
  ) || die "could not install the packages; the message above says which, and a second try may do"
  fingerprint >"$stamp"
}
