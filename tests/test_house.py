"""Contracts that the project as a whole keeps: documents, names, sizes, addresses."""

from __future__ import annotations

import ast
import importlib
import os
import pkgutil
import re
import subprocess
import sys
import types
from pathlib import Path

import pytest

import locum
from locum import errors
from locum.units import UNITS

ROOT = Path(__file__).resolve().parent.parent
SOURCE = ROOT / "src" / "locum"
REFERENCE = ROOT / "docs" / "reference"
PYTHON_FILES = sorted(SOURCE.rglob("*.py"))
MODULES = sorted(
    found.name
    for found in pkgutil.walk_packages(locum.__path__, "locum.")
    if not found.name.endswith("__main__")
)
PACKAGES = [
    "locum",
    *(found.name for found in pkgutil.walk_packages(locum.__path__, "locum.") if found.ispkg),
]
FORBIDDEN_NAMES = {"utils", "util", "helpers", "helper", "common", "base", "manager", "process"}
LONGEST_FILE = 600
LONGEST_BODY = 60
TEXT = {
    ".py",
    ".md",
    ".toml",
    ".txt",
    ".yaml",
    ".yml",
    ".json",
    ".cff",
    ".csv",
    ".html",
    ".js",
    "",
}
REGISTRY = re.compile(
    r"pypi\.org|pythonhosted|registry\.npm|(index|extra-index)-url\s*=|find-links\s*="
    r"|unpkg\.com|jsdelivr"
)


def reference(page: str) -> str:
    return (REFERENCE / page).read_text(encoding="utf-8")


def own_files() -> list[Path]:
    """Every file that is committed or would be."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    if listed.returncode:
        pytest.skip("not a git clone")
    return [path for name in listed.stdout.split("\0") if name and (path := ROOT / name).is_file()]


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [n for n in ast.walk(tree) if isinstance(n, (ast.FunctionDef, ast.AsyncFunctionDef))]


def body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    body = node.body[1:] if ast.get_docstring(node) is not None else node.body
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


# --- documents ---------------------------------------------------------------


def test_the_first_sh_block_of_the_readme_holds_exactly_the_two_commands():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    first = re.search(r"^```sh\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert first is not None
    assert first.group(1).splitlines() == ["scripts/locum run", "scripts/check"]


def test_the_generated_pages_are_up_to_date():
    done = subprocess.run(
        [sys.executable, "scripts/generate_docs", "--check"],
        cwd=ROOT,
        capture_output=True,
        check=False,
        text=True,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_option_of_every_command_is_documented_with_its_meaning():
    from typer.main import get_command

    from locum.cli import app

    page = reference("cli.md")
    missing: list[str] = []

    def visit(command, path):
        if f"## `{path}`" not in page or not command.help:
            missing.append(path)
        for parameter in command.params:
            named = [option for option in parameter.opts if option.startswith("--")]
            if not parameter.help or not all(f"`{option}`" in page for option in named):
                missing.append(f"{path} {parameter.name}")
        for name, below in getattr(command, "commands", {}).items():
            visit(below, f"{path} {name}")

    visit(get_command(app), "locum")
    assert missing == []


def test_every_command_stands_in_the_table_of_the_readme():
    from typer.main import get_command

    from locum.cli import app

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    names = getattr(get_command(app), "commands", {})
    assert names
    assert [name for name in names if f"| `scripts/locum {name}" not in text] == []


def test_every_assumption_is_documented():
    from locum.countries import load_pack

    for sector in ("workforce", "hospital", "standoff"):
        name = "assumptions.md" if sector == "workforce" else f"assumptions-{sector}.md"
        page = reference(name)
        keys = [row["key"] for row in load_pack("korea").ledger(sector).rows()]
        assert keys
        assert [key for key in keys if f"### `{key}`" not in page] == []


def test_the_model_page_speaks_of_every_assumption_and_of_no_other():
    from locum.countries import load_pack

    page = (ROOT / "docs" / "model-workforce.md").read_text(encoding="utf-8").replace("\\_", "_")
    keys = {row["key"] for row in load_pack("korea").ledger().rows()}
    assert [key for key in sorted(map(str, keys)) if key not in page] == []
    spoken_of = set(re.findall(r"`([a-z]+\.[a-z0-9_]+)`", page))
    assert sorted(spoken_of - keys) == []


PAGES = {
    "hospital": ("model-acute.md", "model-contingency.md", "validation-hospitals.md"),
    "standoff": ("model-standoff.md", "model-forum.md", "validation-standoff.md"),
}
FILES = {
    "acute.yaml",
    "readings.csv",
    "summary.csv",
    "national.csv",
    "frontier.csv",
    "staff.csv",
    "platform.csv",
}


@pytest.mark.parametrize("sector", PAGES)
def test_the_pages_of_a_sector_speak_of_every_assumption_and_of_no_other(sector: str):
    from locum.countries import load_pack

    page = "".join((ROOT / "docs" / name).read_text(encoding="utf-8") for name in PAGES[sector])
    keys = {str(row["key"]) for row in load_pack("korea").ledger(sector).rows()}
    assert [key for key in sorted(keys) if f"`{key}`" not in page] == []
    spoken_of = set(re.findall(r"`([a-z]+\.[a-z0-9_]+)`", page)) - FILES
    assert sorted(spoken_of - keys) == []


def test_every_source_is_documented():
    from locum.countries import load_pack

    page = reference("sources.md")
    assert [key for key in load_pack("korea").sources if f'<a id="{key}">' not in page] == []


def test_every_unit_is_documented():
    page = reference("units.md")
    assert [name for name in UNITS if f"| `{name}` |" not in page] == []


def test_every_error_class_is_documented():
    page = reference("errors.md")
    classes = [
        name
        for name, kind in vars(errors).items()
        if isinstance(kind, type) and issubclass(kind, errors.LocumError)
    ]
    assert [name for name in classes if f"| `{name}` |" not in page] == []


def test_every_error_class_stands_in_the_tree_of_the_docstring():
    tree = errors.__doc__ or ""
    leaves = set(errors.__all__) - {"Place"}
    assert leaves == set(re.findall(r"^ +([A-Z]\w+)", tree, re.MULTILINE))


def test_every_preset_is_documented():
    from locum.countries import load_pack

    text = (ROOT / "README.md").read_text(encoding="utf-8")
    names = load_pack("korea").scenario_names()
    assert names
    assert [name for name in names if f"`{name}`" not in text] == []


def test_every_variable_of_a_result_is_documented(tmp_path):
    import json

    start = "from locum.cli import main; main()"
    # This scenario has every variable, those of an interruption too.
    arguments = ["run", "korea-2024", "--draws", "1", "--json", "--out", str(tmp_path / "run")]
    done = subprocess.run(
        [sys.executable, "-c", start, *arguments],
        capture_output=True,
        check=True,
        text=True,
    )
    import xarray as xr

    folder = Path(json.loads(done.stdout)["run"])
    with xr.open_zarr(folder / "results.zarr", consolidated=False) as dataset:
        names = [str(name) for name in (*dataset.data_vars, *dataset.coords)]
        names += [str(label) for axis in ("flow", "stage") for label in dataset[axis].values]
    page = reference("results.md")
    assert [name for name in names if f"`{name}`" not in page] == []


def test_every_decision_is_numbered_once():
    names = sorted(path.name for path in (ROOT / "docs" / "decisions").glob("[0-9]*.md"))
    assert [int(name[:4]) for name in names] == list(range(1, len(names) + 1))


def test_every_link_between_documents_leads_somewhere():
    pages = [ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")]
    broken = [
        f"{page.relative_to(ROOT)}: {target}"
        for page in pages
        for target in re.findall(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)", page.read_text("utf-8"))
        if not (page.parent / target).exists()
    ]
    assert broken == []


def test_the_version_is_the_same_wherever_it_is_written():
    import tomllib

    version = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["version"]
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert locum.__version__ == version
    assert f"\nversion: {version}\n" in citation
    assert f"\n## {version} " in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")


def test_the_scripts_can_be_started():
    scripts = ("scripts/locum", "scripts/check", "scripts/generate_docs", ".ci/run")
    assert [name for name in scripts if not os.access(ROOT / name, os.X_OK)] == []


# --- names -------------------------------------------------------------------


@pytest.mark.parametrize("name", ["locum", *MODULES])
def test_every_name_a_module_offers_exists_and_is_offered_once(name):
    module = importlib.import_module(name)
    offered = getattr(module, "__all__", ())
    assert len(offered) == len(set(offered))
    assert [each for each in offered if not hasattr(module, each)] == []


@pytest.mark.parametrize("name", PACKAGES)
def test_the_public_names_of_a_package_are_exactly_its_all(name):
    package = importlib.import_module(name)
    public = {
        each
        for each, thing in vars(package).items()
        if not each.startswith("_") and not isinstance(thing, types.ModuleType)
    }
    offered = {each for each in getattr(package, "__all__", ()) if not each.startswith("_")}
    assert public - {"annotations", "TYPE_CHECKING"} == offered


def test_no_module_has_a_name_that_says_nothing():
    parts = {
        part for path in PYTHON_FILES for part in path.relative_to(SOURCE).with_suffix("").parts
    }
    assert parts & FORBIDDEN_NAMES == set()


def test_a_country_pack_holds_no_code():
    packs = [path.parent for path in SOURCE.glob("countries/*/datapackage.json")]
    assert packs
    code = [path for pack in packs for path in pack.rglob("*.py") if path.stat().st_size > 200]
    assert code == []


# --- sizes -------------------------------------------------------------------


def test_no_source_file_is_too_long():
    lengths = {path.name: path.read_text("utf-8").count("\n") for path in PYTHON_FILES}
    assert {name: size for name, size in lengths.items() if size > LONGEST_FILE} == {}


def test_no_function_body_is_too_long():
    found = [
        f"{path.relative_to(ROOT)}:{node.lineno} {node.name}"
        for path in PYTHON_FILES
        for node in functions(path)
        if body_lines(node) > LONGEST_BODY
    ]
    assert found == []


# --- addresses ---------------------------------------------------------------


def test_no_file_names_a_package_registry():
    naming = []
    for path in own_files():
        if path.suffix in TEXT and path != Path(__file__).resolve():
            text = path.read_text(encoding="utf-8", errors="replace")
            if REGISTRY.search(text):
                naming.append(str(path.relative_to(ROOT)))
    assert naming == []


def test_the_constraints_are_names_and_versions_only():
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = [line for line in lines if line and not line.startswith("#")]
    assert pins
    assert [
        pin for pin in pins if not re.fullmatch(r"[A-Za-z0-9._-]+==[A-Za-z0-9.!+_-]+", pin)
    ] == []


def test_every_package_we_depend_on_is_pinned():
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wanted = list(project["project"]["dependencies"])
    for extra in project["project"]["optional-dependencies"].values():
        wanted += extra
    for group in project["dependency-groups"].values():
        wanted += [entry for entry in group if isinstance(entry, str)]
    pinned = {
        line.split("==")[0].lower().replace("_", "-")
        for line in (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    }
    names = {re.split(r"[\[=><!~ ]", entry)[0].lower().replace("_", "-") for entry in wanted}
    assert names - pinned == set()


def test_nothing_is_left_to_do():
    words = ("TO" + "DO", "FIX" + "ME", "NotImplemented" + "Error")
    naming = [
        f"{path.relative_to(ROOT)}: {word}"
        for path in own_files()
        if path.suffix in {".py", ".md", ".yaml", ""} and path.name != "LICENSE"
        for word in words
        if word in path.read_text(encoding="utf-8", errors="replace")
    ]
    assert naming == []
