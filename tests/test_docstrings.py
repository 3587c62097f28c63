"""Docstrings that a newcomer can rely on: shapes of arrays, and what a function raises."""

import ast
import re
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
SOURCES = sorted(path for room in ("engine", "models") for path in (ROOT / room).rglob("*.py"))
# What array types are called in annotations.
ARRAY = re.compile(r"\b(FloatArray|IntArray|NDArray|ArrayLike|Float64Array|BoolArray)\b")
# "(n, 20, 20)", "(batch, height, width, channels)", "(count,)", "(*input_shape)", or words that say there is one axis or none.
SHAPE = re.compile(r"\((?:\*?[\w.+\-*·×/ ]+,)+[^()]*(?:\([^()]*\)[^()]*)*\)|\bany shape\b|\bsame shape\b|\belementwise\b|\bscalar\b")
ERRORS = {"ConfigurationError", "DataError", "EngineError", "ModelFileError", "ShapeError"}
# Where a sentence about shapes would say nothing: at most ten.
WITHOUT_SHAPES: set[str] = set()
WITHOUT_RAISES: set[str] = set()


def public_functions():
    """(name, node, docstrings that cover it): module functions, and methods of public classes."""
    for path in SOURCES:
        tree = ast.parse(path.read_text(encoding="utf-8"))
        module = path.relative_to(ROOT).with_suffix("").as_posix().replace("/", ".")
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield f"{module}.{node.name}", node, ast.get_docstring(node) or ""
            if isinstance(node, ast.ClassDef) and not node.name.startswith("_"):
                about = ast.get_docstring(node) or ""
                for part in node.body:
                    if isinstance(part, ast.FunctionDef) and (not part.name.startswith("_") or part.name == "__init__"):
                        text = ast.get_docstring(part) or ""
                        yield f"{module}.{node.name}.{part.name}", part, text if part.name != "__init__" else about + text


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
