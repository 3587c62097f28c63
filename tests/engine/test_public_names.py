"""The engine's public names: complete, loaded on demand, quick to import."""

import ast
import importlib
import statistics
import subprocess
import sys
from pathlib import Path

import pytest

import engine

ROOT = Path(engine.__file__).resolve().parent.parent


@pytest.mark.parametrize("name", engine.__all__)
def test_every_public_name_is_there(name):
    value = getattr(engine, name)
    assert value is getattr(importlib.import_module(engine._HOME_OF[name]), name)
    assert name in dir(engine)


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match="has no attribute 'Luck'"):
        engine.Luck  # noqa: B018


def test_type_checkers_read_the_same_names():
    tree = ast.parse(Path(engine.__file__).read_text(encoding="utf-8"))
    block = next(node for node in tree.body if isinstance(node, ast.If))
    told = {(alias.name, node.module) for node in block.body for alias in node.names}
    assert told == set(engine._HOME_OF.items())


def seconds_to_import(module):
    code = f"import time; start = time.perf_counter(); import {module}; print(time.perf_counter() - start)"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    return float(done.stdout)


def test_import_takes_less_than_two_imports_of_numpy():
    # A ratio within one run, and again when another program disturbed the measurement.
    for _ in range(3):
        pairs = [(seconds_to_import("engine, numpy"), seconds_to_import("numpy")) for _ in range(5)]
        ratio = statistics.median(ours for ours, _ in pairs) / statistics.median(numpy for _, numpy in pairs)
        if ratio < 2:
            return
    pytest.fail(f"importing the engine takes {ratio:.1f} times as long as importing NumPy")


def test_a_network_loads_neither_training_loop_nor_large_libraries():
    code = (
        "import sys; from engine import Sequential, Dense; network = Sequential([Dense(2)]); network.build((3,));"
        "network.predict([[1, 2, 3]]);"
        "print([n for n in ('scipy', 'PIL', 'safetensors', 'rich', 'engine.training.trainer') if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
