"""The house rules that a machine can check: who imports whom, how long a file is, what never appears."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
# Each room may import itself and the rooms after it.
ROOMS = ("main", "gui", "models", "engine")
LONGEST_FILE = 320
SOURCES = [ROOT / "main.py", *(path for room in ROOMS[1:] for path in sorted((ROOT / room).rglob("*.py")))]
ALL_FILES = [*SOURCES, *sorted((ROOT / "tests").rglob("*.py"))]


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def imported_modules(tree: ast.AST) -> list[str]:
    names = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            names.append(node.module or "")
    return names


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), name_of(path))


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_imports_point_downwards(path):
    room = path.relative_to(ROOT).parts[0].removesuffix(".py")
    above = ROOMS[: ROOMS.index(room)]
    imported = {name.split(".")[0] for name in imported_modules(parse(path))}
    assert not imported & set(above)
    if room in ("models", "engine"):
        assert not imported & {"PySide6", "shiboken6", "pyqtgraph"}


@pytest.mark.parametrize("path", ALL_FILES, ids=name_of)
def test_files_stay_short(path):
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_nothing_that_runs_code_from_a_file(path):
    tree = parse(path)
    assert not {"pickle", "dill", "joblib", "shelve", "marshal"} & {
        name.split(".")[0] for name in imported_modules(tree)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        if isinstance(node.func, ast.Name):
            assert node.func.id not in ("eval", "exec"), f"line {node.lineno}"
        for keyword in node.keywords:
            allowed = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
            assert keyword.arg != "allow_pickle" or allowed, f"line {node.lineno}"


@pytest.mark.parametrize("path", SOURCES, ids=name_of)
def test_every_module_says_what_it_is(path):
    assert ast.get_docstring(parse(path)), "no module docstring"


@pytest.mark.parametrize("module", ["engine", "models"])
def test_engine_and_models_run_without_qt(module):
    code = f"import sys, {module}; print([n for n in sys.modules if n.split('.')[0] in ('PySide6', 'pyqtgraph')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_folder_is_a_package():
    folders = {path.parent for path in SOURCES if path.parent != ROOT}
    assert not [name_of(folder) for folder in folders if not (folder / "__init__.py").is_file()]
