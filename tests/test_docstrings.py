"""Docstrings that a newcomer can rely on: shapes of arrays, and what a function raises."""

import ast
import gc
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(path for room in ("engine", "models") for path in (ROOT / room).rglob("*.py"))
# What array types are called in annotations.
ARRAY = re.compile(r"\b(FloatArray|IntArray|NDArray|ArrayLike|Float64Array|BoolArray)\b")
# Such as "(n, 20, 20)", "(batch, height, width, channels)", "(count,)"; or words for arrays that may have any shape.
SHAPE = re.compile(
    r"\((?:\*?[\w.+\-*·×/ ]+,)+[^()]*(?:\([^()]*\)[^()]*)*\)|any shape|same shape|shaped like|elementwise|scalar"
)
ERRORS = {"ConfigurationError", "DataError", "EngineError", "ModelFileError", "ShapeError"}
# Where a sentence about shapes would say nothing: at most ten.
WITHOUT_SHAPES: set[str] = set()
WITHOUT_RAISES: set[str] = set()


@pytest.fixture(scope="module", autouse=True)
def no_garbage_collection():
    """The trees have no cycles to look for."""
    gc.disable()
    yield
    gc.enable()


@cache
def modules():
    """The syntax tree of every module by name."""
    return {
        path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"): ast.parse(
            path.read_text(encoding="utf-8")
        )
        for path in SOURCES
    }


@cache
def classes():
    """Every class by name, with its module."""
    return {
        node.name: (module, node)
        for module, tree in modules().items()
        for node in tree.body
        if isinstance(node, ast.ClassDef)
    }


@cache
def docstring(node):
    return ast.get_docstring(node) or ""


def described(node, name):
    """What a reader learns of a method: from its module, class, itself, and the classes whose method it overrides."""
    texts = [docstring(modules()[classes()[node.name][0]]), docstring(node)]
    texts += [docstring(part) for part in node.body if isinstance(part, ast.FunctionDef) and part.name == name]
    bases = [base.id for base in node.bases if isinstance(base, ast.Name) and base.id in classes()]
    return "\n".join(texts + [described(classes()[base][1], name) for base in bases])


@cache
def public_functions():
    """(name, node, what its reader learns) of functions of modules and methods of public classes."""
    return tuple(_public_functions())


def _public_functions():
    for module, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield f"{module}.{node.name}", node, f"{docstring(tree)}\n{docstring(node)}"
    for name, (module, node) in classes().items():
        for part in node.body:
            is_public = isinstance(part, ast.FunctionDef) and (not part.name.startswith("_") or part.name == "__init__")
            if is_public and not name.startswith("_"):
                yield f"{module}.{name}.{part.name}", part, described(node, part.name)


def has_arrays(node):
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    annotations = [argument.annotation for argument in arguments] + [node.returns]
    texts = (ast.unparse(annotation) for annotation in annotations if not isinstance(annotation, ast.Name | None))
    names = {annotation.id for annotation in annotations if isinstance(annotation, ast.Name)}
    return any(ARRAY.search(text) for text in (*names, *texts))


def raised(node):
    names = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Raise) and part.exc is not None:
            called = part.exc.func if isinstance(part.exc, ast.Call) else part.exc
            if isinstance(called, ast.Name) and called.id in ERRORS:
                names.add(called.id)
    return names


def test_functions_of_arrays_say_their_shapes():
    missing = {name for name, node, text in public_functions() if has_arrays(node) and not SHAPE.search(text)}
    assert missing == WITHOUT_SHAPES


def test_functions_that_raise_say_so():
    missing = {name for name, node, text in public_functions() if any(error not in text for error in raised(node))}
    assert missing == WITHOUT_RAISES


def test_few_are_excused():
    assert len(WITHOUT_SHAPES) + len(WITHOUT_RAISES) <= 10
