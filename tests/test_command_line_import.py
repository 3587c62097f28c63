"""`import` on the command line, and models of other programs as `--model`."""

import json

import numpy as np
import pytest

from engine.storage.exporters import EXPORTERS
from engine.storage.exporters.steps import export_plan
from engine.storage.model_file import load_model
from main import main
from models import load


@pytest.fixture(scope="module")
def exported(tmp_path_factory):
    path = tmp_path_factory.mktemp("exported") / "digits.py"
    return EXPORTERS["pytorch"].write(export_plan(load("softmax")), path)[-1]


def test_weights_become_a_model_file(exported, tmp_path, capsys):
    saved = tmp_path / "digits.safetensors"
    assert main(["import", str(exported), "--save", str(saved), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"file", "saved", "layers", "parameters", "accuracy", "told"}
    assert told["parameters"] == 4010
    assert told["accuracy"] > 0.8
    images = np.random.default_rng(0).random((3, 20, 20)).astype(np.float32)
    np.testing.assert_allclose(load_model(saved).answer(images), load("softmax").answer(images), atol=1e-5)
    assert main(["import", str(exported), "--save", str(saved), "--architecture", "softmax"]) == 0
    assert "2 arrays by name, in PyTorch's layout. It is right on" in capsys.readouterr().out
    assert main(["evaluate", "--model", str(exported), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["accuracy"] > 0.8


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("bare.npz", [], "weights alone: say for which layers, with --architecture"),
        ("bare.npz", ["--architecture", "mlp"], "does not fit: the layer “dense” needs a kernel of shape (400, 128)"),
        ("bare.npz", ["--architecture", "no-such"], "There is no model 'no-such'"),
        ("bare.npz", ["--layout", "caffe"], "caffe"),
        ("model.pt", ["--architecture", "mlp"], "pickle of PyTorch"),
        ("none.onnx", [], "no such file"),
    ],
)
def test_what_cannot_be_imported_is_one_sentence(name, arguments, sentence, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    np.savez("bare.npz", np.ones((9, 4)), np.ones(4), np.ones((4, 10)))
    (tmp_path / "model.pt").write_bytes(b"\x80\x02}q\x00.")
    before = sorted(tmp_path.iterdir())
    assert main(["import", name, "--save", "m.safetensors", *arguments]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
    assert sorted(tmp_path.iterdir()) == before


def test_weights_alone_answer_nothing(tmp_path, capsys):
    np.savez(tmp_path / "bare.npz", np.ones((9, 4)), np.ones(4), np.ones((4, 10)))
    assert main(["classify", "x.png", "--model", str(tmp_path / "bare.npz")]) == 2
    assert "holds weights alone" in capsys.readouterr().err
