"""Docstrings that a newcomer can rely on: shapes of arrays, and what a function raises."""

import ast
import gc
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
SOURCES = [ROOT / "main.py", *(path for room in ("engine", "models", "gui") for path in (ROOT / room).rglob("*.py"))]
# What array types are called in annotations, beside the names that a module gives to such types.
ARRAYS = {"NDArray", "ArrayLike", "ndarray"}
# How a type is written, and a quoted one.
TYPES = (ast.Subscript, ast.BinOp, ast.Name, ast.Constant)
# Such as "(n, 20, 20)", "(batch, height, width, channels)", "(count,)"; or words for arrays that may have any shape.
SHAPE = re.compile(
    r"\((?:\*?[\w.…+\-*·×/ ]+,)+[^()]*(?:\([^()]*\)[^()]*)*\)|any shape|same shape|shaped like|elementwise|scalar"
)
# What an abstract method says to its author alone.
UNTOLD = {"NotImplementedError"}
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
def imported(module):
    """Name in a module → (module, name) where it comes from."""
    blocks = [modules()[module], *(node for node in modules()[module].body if isinstance(node, ast.If))]
    froms = (node for block in blocks for node in block.body if isinstance(node, ast.ImportFrom))
    return {alias.asname or alias.name: (node.module, alias.name) for node in froms for alias in node.names}


@cache
def definitions():
    """Every class, and every type that a module gives a name to, by (module, name)."""
    found = {}
    for module, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.ClassDef):
                found[module, node.name] = node
            elif isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, TYPES):
                target = node.targets[0] if isinstance(node, ast.Assign) else node.target
                found[module, getattr(target, "id", "")] = node.value
    return found


def definition(module, name):
    """(where it is, node) of a name that a module uses; None where it is from elsewhere, or a package's lazy name."""
    place = (module, name) if (module, name) in definitions() else imported(module).get(name)
    return (place, definitions()[place]) if place in definitions() else None


@cache
def docstring(node):
    return ast.get_docstring(node) or ""


def described(module, node, name):
    """What a reader learns of a method: from its module, class, itself, and the classes whose method it overrides."""
    texts = [docstring(modules()[module]), docstring(node)]
    texts += [docstring(part) for part in node.body if isinstance(part, ast.FunctionDef) and part.name == name]
    for base in node.bases:
        found = definition(module, getattr(getattr(base, "value", base), "id", ""))
        if found and isinstance(found[1], ast.ClassDef):
            texts.append(described(found[0][0], found[1], name))
    return "\n".join(texts)


@cache
def public_functions():
    """(module, name, node, what its reader learns) of functions of modules and methods of public classes."""
    return tuple(_public_functions())


def _public_functions():
    for module, tree in modules().items():
        for node in tree.body:
            if isinstance(node, ast.FunctionDef) and not node.name.startswith("_"):
                yield module, node.name, node, f"{docstring(tree)}\n{docstring(node)}"
            for part in node.body if isinstance(node, ast.ClassDef) and not node.name.startswith("_") else ():
                if isinstance(part, ast.FunctionDef) and (part.name == "__init__" or not part.name.startswith("_")):
                    yield module, f"{node.name}.{part.name}", part, described(module, node, part.name)


def words(annotation):
    """The names in an annotation, in a quoted one, too."""
    for node in ast.walk(annotation):
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            yield from re.findall(r"\w+", node.value)
        yield getattr(node, "id", getattr(node, "attr", ""))


@cache
def names_arrays(module, word):
    """Whether a name stands for an array type: by itself, or by what a module calls such a type."""
    found = word not in ARRAYS and definition(module, word)
    return word in ARRAYS or (found and not isinstance(found[1], ast.ClassDef) and is_array(found[0][0], found[1]))


def is_array(module, annotation):
    """Whether an annotation says array; a function that takes arrays is none."""
    names = set(words(annotation)) - {""}
    return "Callable" not in names and any(names_arrays(module, name) for name in names)


def has_arrays(module, node):
    arguments = [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs, node.args.vararg, node.args.kwarg]
    annotations = [argument.annotation for argument in arguments if argument] + [node.returns]
    return any(is_array(module, annotation) for annotation in annotations if annotation)


def raised(node):
    """Names of exceptions, which begin with a capital letter, but those that the function catches itself."""
    names = set()
    for part in ast.iter_child_nodes(node):
        names |= raised(part)
    if isinstance(node, ast.Raise) and node.exc:
        names |= {name for name in words(getattr(node.exc, "func", node.exc)) if name[:1].isupper()}
    if isinstance(node, ast.Try):
        names -= {word for handler in node.handlers if handler.type for word in words(handler.type)}
    return names - UNTOLD


def test_functions_of_arrays_say_their_shapes():
    missing = {
        f"{module}.{name}"
        for module, name, node, text in public_functions()
        if has_arrays(module, node) and not SHAPE.search(text)
    }
    assert missing == WITHOUT_SHAPES


def test_functions_that_raise_say_so():
    missing = {
        f"{module}.{name}"
        for module, name, node, text in public_functions()
        if any(error not in text for error in raised(node))
    }
    assert missing == WITHOUT_RAISES


def test_few_are_excused():
    assert len(WITHOUT_SHAPES) + len(WITHOUT_RAISES) <= 10
