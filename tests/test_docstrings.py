"""Docstrings that a newcomer can rely on: shapes of arrays, and what a function raises."""

import ast
import re
from pathlib import Path

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


def classes():
    """Every class by name, with its module."""
    found = {}
    for path in SOURCES:
        module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found[node.name] = (module, node)
    return found


CLASSES = classes()
MODULES = {
    path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__"): ast.get_docstring(
        ast.parse(path.read_text(encoding="utf-8"))
    )
    or ""
    for path in SOURCES
}


def described(node, name):
    """What a reader learns of a method: from its module, class, itself, and the classes whose method it overrides."""
    texts = [MODULES[CLASSES[node.name][0]], ast.get_docstring(node) or ""]
    texts += [
        ast.get_docstring(part) or "" for part in node.body if isinstance(part, ast.FunctionDef) and part.name == name
    ]
    bases = [base.id for base in node.bases if isinstance(base, ast.Name) and base.id in CLASSES]
    return "\n".join(texts + [described(CLASSES[base][1], name) for base in bases])


def public_functions():
    """(name, node, what its reader learns) of functions of modules and methods of public classes."""
    for path in SOURCES:
        module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".").removesuffix(".__init__")
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield f"{module}.{node.name}", node, f"{MODULES[module]}\n{ast.get_docstring(node) or ''}"
    for name, (module, node) in CLASSES.items():
        for part in node.body:
            is_public = isinstance(part, ast.FunctionDef) and (not part.name.startswith("_") or part.name == "__init__")
            if is_public and not name.startswith("_"):
                yield f"{module}.{name}.{part.name}", part, described(node, part.name)


def has_arrays(node):
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
    annotations = [argument.annotation for argument in arguments] + [node.returns]
    return any(annotation is not None and ARRAY.search(ast.unparse(annotation)) for annotation in annotations)


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
