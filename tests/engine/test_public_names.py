"""The public names of `engine` and `models`: complete, loaded on demand, the same for people and for type checkers."""

import ast
import importlib
import json
import subprocess
import sys
from pathlib import Path

import pytest

import engine
import models

ROOT = Path(engine.__file__).resolve().parent.parent


@pytest.mark.parametrize("package", [engine, models])
def test_every_name_of_the_stub_is_there_and_no_other(package):
    stub = ast.parse(Path(package.__file__).with_suffix(".pyi").read_text(encoding="utf-8"))
    imports = [node for node in stub.body if isinstance(node, ast.ImportFrom)]
    told = {
        alias.asname: getattr(importlib.import_module(node.module), alias.name)
        for node in imports
        for alias in node.names
    }
    assert None not in told, "a stub exports only `name as name`"
    assert package.__all__ == sorted(told)
    assert {name: getattr(package, name) for name in package.__all__} == told
    assert set(told) <= set(dir(package))


def test_unknown_names_are_refused():
    with pytest.raises(AttributeError, match="has no attribute 'Luck'"):
        engine.Luck  # noqa: B018


def loaded_after(code):
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport json, sys; print(json.dumps(list(sys.modules)))"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return set(json.loads(done.stdout))


def test_an_import_loads_next_to_nothing():
    """Not even NumPy: so it takes less than two imports of NumPy on any machine."""
    loaded = loaded_after("import engine, models")
    assert "numpy" not in loaded
    ours = {name for name in loaded if name.split(".")[0] in ("engine", "models")}
    assert ours == {"engine", "models", "engine.core", "engine.core.public_names"}


def test_a_network_loads_neither_training_loop_nor_large_libraries():
    loaded = loaded_after(
        "from engine import Sequential, Dense; network = Sequential([Dense(2)]); network.build((3,));"
        "network.predict([[1, 2, 3]])"
    )
    assert not loaded & {"scipy", "PIL", "safetensors", "rich", "engine.training.trainer"}
