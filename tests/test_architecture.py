"""The house rules that a machine can check: who imports whom, how long a file is, what never appears.

One test a rule, over all files: its message names every place that breaks it. The order of the wings is held by the
import contracts in pyproject.toml.
"""

import ast
import fnmatch
import gc
import graphlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

import grimp
import pytest
from late_imports import LATE_IMPORTS

from engine.layers import FURTHER_LAYERS, LAYERS

ROOT = Path(__file__).resolve().parent.parent
ROOMS = ("engine", "models", "gui")
LONGEST_FILE = 300
CLOCKS = {"perf_counter", "monotonic", "process_time", "thread_time", "timeit", "elapsed", "nsecsElapsed"}
CLOCKS |= {f"{clock}_ns" for clock in CLOCKS}
SOURCES = [ROOT / "main.py", *(path for room in ROOMS for path in sorted((ROOT / room).rglob("*.py")))]
TESTS = sorted((ROOT / "tests").rglob("*.py"))


@pytest.fixture(scope="module", autouse=True)
def no_garbage_collection():
    """A million nodes without a cycle among them: looking through them again and again took most of the time."""
    gc.disable()
    yield
    gc.enable()


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), name_of(path))


@cache
def nodes_of(path: Path) -> list[ast.AST]:
    return list(ast.walk(parse(path)))


def last_name(function: ast.AST) -> str:
    """`setattr` of `setattr(…)` and of `monkeypatch.setattr(…)`."""
    return getattr(function, "attr", getattr(function, "id", ""))


def imported_modules(nodes: Iterable[ast.AST]) -> list[str]:
    names = []
    for node in nodes:
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module == "PySide6":
            names += [f"PySide6.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names.append("." * node.level + (node.module or ""))
        elif isinstance(node, ast.Call) and last_name(node.func) in ("import_module", "__import__"):
            names += [
                part.value for part in node.args if isinstance(part, ast.Constant) and isinstance(part.value, str)
            ]
    return names


def refuse(found: Iterable[str], what: str) -> None:
    lines = sorted(found)
    if lines:
        pytest.fail(f"{what}:\n" + "\n".join(lines), pytrace=False)


def functions_of(nodes: Iterable[ast.AST]) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    return [node for node in nodes if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


def test_there_is_no_import_circle():
    """Also not by imports for annotations, inside functions, or of packages that import a name when it is asked for."""
    graph = grimp.build_graph(*ROOMS, cache_dir=None)
    below = {one: set(graph.find_modules_directly_imported_by(one)) for one in graph.modules}
    for path in (path for room in ROOMS for path in (ROOT / room).rglob("__init__.pyi")):
        below[name_of(path.parent).replace("/", ".")] |= set(imported_modules(nodes_of(path)))
    try:
        graphlib.TopologicalSorter(below).prepare()
    except graphlib.CycleError as error:
        pytest.fail(f"import circle: {' ← '.join(error.args[1])}")


def test_what_is_shared_imports_no_widget():
    """Import-linter cannot name a part of PySide6."""
    found = (
        f"{name_of(path)}: {name}"
        for path in SOURCES
        if name_of(path).startswith(("gui/lab/", "gui/services/"))
        for name in imported_modules(nodes_of(path))
        if name.startswith("PySide6.QtWidgets")
    )
    refuse(found, "the lab and the services own no widget")


def test_no_product_module_imports_main_or_tests():
    found = (
        f"{name_of(path)}: {name}"
        for path in SOURCES
        for name in imported_modules(nodes_of(path))
        if name.split(".")[0] in ("main", "tests") or name.startswith(".")
    )
    refuse(found, "imports upwards")


def test_imports_inside_functions_are_the_listed_ones():
    found = {}
    for path in SOURCES:
        modules = {name for function in functions_of(nodes_of(path)) for name in imported_modules(ast.walk(function))}
        if modules:
            found[name_of(path)] = modules
    listed = {path: set(modules.split()) for path, modules in LATE_IMPORTS.items()}
    wrong = {path: found.get(path, set()) ^ listed.get(path, set()) for path in found.keys() | listed.keys()}
    refuse(
        (f"{path}: {name}" for path, names in wrong.items() for name in names), "unlisted or stale in late_imports.py"
    )


def test_files_stay_short():
    files = [*SOURCES, *TESTS, *ROOT.glob("*/**/__init__.pyi")]
    lengths = {name_of(path): len(path.read_text(encoding="utf-8").splitlines()) for path in files}
    too_long = {name: length for name, length in lengths.items() if length > LONGEST_FILE}
    refuse(too_long.keys(), f"longer than {LONGEST_FILE} lines")


def test_the_folder_of_layers_holds_layers_alone():
    """What a model file may name, and the bases of that: everything else has another folder."""
    modules = {path.stem for path in (ROOT / "engine" / "layers").glob("*.py")} - {"__init__", "registry"}
    named = {kind.__module__.rpartition(".")[2] for _, kind in (LAYERS | FURTHER_LAYERS).items()}
    assert modules == named | {"base", "kernel_layer"}


def test_every_module_says_what_it_is():
    """A sentence of some words; a package's too. Under a class or function it is more than one."""
    texts = {name_of(path): ast.get_docstring(parse(path)) or "" for path in SOURCES}
    found = [name for name, text in texts.items() if len(re.findall(r"\w+", text)) < 4]
    for path in SOURCES:
        for node in nodes_of(path):
            if (
                isinstance(node, ast.ClassDef | ast.FunctionDef)
                and len(re.findall(r"\w+", ast.get_docstring(node) or "a b")) < 2
            ):
                found.append(f"{name_of(path)}: {node.name}")
    refuse(found, "no docstring that says something")


def test_nothing_runs_code_from_a_file():
    found = []
    for path in SOURCES:
        libraries = {name.split(".")[0] for name in imported_modules(nodes_of(path))}
        found += [f"{name_of(path)}: {name}" for name in libraries & {"pickle", "dill", "joblib", "shelve", "marshal"}]
        for node in nodes_of(path):
            if not isinstance(node, ast.Call):
                continue
            if isinstance(node.func, ast.Name) and node.func.id in ("eval", "exec"):
                found.append(f"{name_of(path)}:{node.lineno}: {node.func.id}")
            for keyword in node.keywords:
                refused = isinstance(keyword.value, ast.Constant) and keyword.value.value is False
                if keyword.arg == "allow_pickle" and not refused:
                    found.append(f"{name_of(path)}:{node.lineno}: allow_pickle")
    refuse(found, "runs code from files")


@pytest.mark.parametrize("module", ["engine", "models"])
def test_engine_and_models_run_without_qt(module):
    code = f"import sys, {module}; print([n for n in sys.modules if n.split('.')[0] in ('PySide6', 'pyqtgraph')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_every_folder_is_a_package_that_is_installed():
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["setuptools"]
    patterns = settings["packages"]["find"]["include"]
    folders = {path.parent for path in SOURCES if path.parent != ROOT}
    assert not [name_of(folder) for folder in folders if not (folder / "__init__.py").is_file()]
    packages = [name_of(folder).replace("/", ".") for folder in folders]
    assert not [name for name in packages if not any(fnmatch.fnmatchcase(name, pattern) for pattern in patterns)]


def private_names_of_others(nodes: list[ast.AST]) -> Iterator[str]:
    """Names like `_x` of product modules and their objects that a test file reads, imports or replaces."""
    for node in nodes:
        names: list[str] = []
        if isinstance(node, ast.Attribute) and ast.unparse(node.value) not in ("self", "cls"):
            names = [node.attr]
        elif isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            names = [str(node.slice.value)]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in ("main", *ROOMS):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.Call) and last_name(node.func) in (
            "getattr",
            "setattr",
            "delattr",
            "__getattribute__",
        ):
            texts = [argument.value for argument in node.args if isinstance(argument, ast.Constant)]
            names = [text.rpartition(".")[2] for text in texts if isinstance(text, str)]
        yield from (f"{node.lineno}: {name}" for name in names if re.match(r"_[A-Za-z]", name))


def test_tests_use_no_private_names():
    found = {
        name_of(path): list(private_names_of_others(nodes_of(path)))
        for path in TESTS
        if re.search(r"(?<!\w)_[A-Za-z]", path.read_text(encoding="utf-8"))
    }
    refuse((name for name, names in found.items() if names), "a test uses private names")


def seconds_asserted(nodes: list[ast.AST]) -> Iterator[int]:
    """Lines of assertions on what a clock said, in a file where names and helpers may carry it there."""

    def reads_clock(node: ast.AST | None) -> bool:
        return any(
            (isinstance(part, ast.Attribute) and part.attr in {*CLOCKS, "time", "time_ns"})
            or (isinstance(part, ast.Name) and part.id in measured)
            for part in (ast.walk(node) if node else ())
        )

    measured = set(CLOCKS)
    for _ in range(2):
        # Twice, because a name may be filled further down.
        for node in nodes:
            filled: list[ast.AST] = []
            if isinstance(node, ast.Assign | ast.AugAssign | ast.AnnAssign) and reads_clock(node.value):
                filled = node.targets if isinstance(node, ast.Assign) else [node.target]
            elif isinstance(node, ast.Call) and last_name(node.func) in ("append", "add"):
                filled = [node.func] if any(reads_clock(argument) for argument in node.args) else []
            elif isinstance(node, ast.FunctionDef):
                returned = (part.value for part in ast.walk(node) if isinstance(part, ast.Return))
                measured |= {node.name} if any(map(reads_clock, returned)) else set()
            elif isinstance(node, ast.ImportFrom):
                measured |= {alias.asname for alias in node.names if alias.asname and alias.name in CLOCKS}
            measured |= {part.id for target in filled for part in ast.walk(target) if isinstance(part, ast.Name)}
    return (node.lineno for node in nodes if isinstance(node, ast.Assert) and reads_clock(node.test))


def test_no_test_asserts_seconds():
    """How fast something is, is measured by tests/bench; a test that times out fails by itself."""
    found = {
        name_of(path): list(seconds_asserted(nodes_of(path)))
        for path in TESTS
        if any(clock in path.read_text(encoding="utf-8") for clock in {*CLOCKS, "time.time"})
    }
    refuse((f"{name}: {lines}" for name, lines in found.items() if lines), "a test asserts seconds")


def test_the_rules_find_what_they_look_for():
    """The two rules that search tests, on a sample that breaks them."""
    sample = """
import time
from time import monotonic as clock
from engine.core import _hidden
def took(work):
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
class Mine:
    _label = 3
def test(chart, monkeypatch):
    chart._label, vars(chart)["_lines"]
    monkeypatch.setattr(chart, "_size", 3)
    assert took(chart.redraw) < 1
    assert chart.seconds > 0
    began = clock()
    assert began + 1 > time.time()
"""
    nodes = list(ast.walk(ast.parse(sample)))
    assert sorted(private_names_of_others(nodes)) == ["12: _label", "12: _lines", "13: _size", "4: _hidden"]
    assert list(seconds_asserted(nodes)) == [14, 17]
