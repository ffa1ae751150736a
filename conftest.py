"""Run the examples of README.md and docs/: Python blocks here, sh blocks as a reader would.

Blocks of YAML are scenario files and must pass `locum check`.
Each document gets an empty folder of its own, with a `scripts/locum` that starts this
interpreter's locum, so that its commands run exactly as printed.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sybil import Sybil
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser, SkipParser

if TYPE_CHECKING:
    from sybil import Example

LAUNCHER = f"""#!/bin/sh
exec "{sys.executable}" -c 'from locum.cli import main; main()' "$@"
"""


def open_folder(namespace: dict[str, Any]) -> None:
    """Move into a new folder that looks like a clone to the commands of a document."""
    folder = tempfile.TemporaryDirectory(prefix="locum-docs-")
    namespace["_folder"], namespace["_home"] = folder, Path.cwd()
    launcher = Path(folder.name, "scripts", "locum")
    launcher.parent.mkdir()
    launcher.write_text(LAUNCHER, encoding="utf-8")
    launcher.chmod(0o755)
    os.chdir(folder.name)


def close_folder(namespace: dict[str, Any]) -> None:
    """Go back and remove the folder."""
    os.chdir(namespace["_home"])
    namespace["_folder"].cleanup()


def run_commands(example: Example) -> str | None:
    """Run a block of commands; it must succeed without a word of Python on standard error."""
    script = "set -euo pipefail\n" + example.parsed
    done = subprocess.run(  # noqa: S603 - our own documents
        ["/usr/bin/env", "bash", "-c", script],
        check=False,
        capture_output=True,
        text=True,
        timeout=100,
    )
    if done.returncode or "Traceback" in done.stderr:
        return f"exit {done.returncode}\n{done.stdout[-2000:]}\n{done.stderr[-4000:]}"
    return None


def check_scenario(example: Example) -> str | None:
    """Let locum judge a scenario file that a document shows."""
    Path("shown.yaml").write_text(example.parsed, encoding="utf-8")
    example.parsed = "scripts/locum check shown.yaml\n"
    return run_commands(example)


pytest_collect_file = Sybil(
    parsers=[
        PythonCodeBlockParser(),
        CodeBlockParser(language="sh", evaluator=run_commands),
        CodeBlockParser(language="yaml", evaluator=check_scenario),
        SkipParser(),
    ],
    patterns=["README.md", "docs/*.md", "docs/reference/*.md"],
    setup=open_folder,
    teardown=close_folder,
).pytest()
