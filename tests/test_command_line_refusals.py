"""Bad input to the command line: one plain sentence on stderr, exit code 2, and nothing changed."""

import os

import numpy as np
import pytest

import main
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import write_drawings


@pytest.fixture
def refused(capsys):
    """Runs a command line that has to be refused in one sentence; gives the sentence."""

    def run_refused(*arguments):
        code = main.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        out, err = captured.out.splitlines(), captured.err.splitlines()
        assert code == 2
        assert out == []
        assert len(err) == 1, err
        assert err[0].endswith(".")
        assert "Traceback" not in err[0]
        return err[0]

    return run_refused


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([""], "choice"),
        (["fly"], "fly"),
        (["--verbose"], "required"),
        (["train"], "--preset"),
        (["train", "--preset", "mlp", "--rate", "1"], "--rate 1; see 'digitlab train --help'"),
        (["sweep", "--preset", "mlp", "--vary", "l2=0,1", "--epochs", "1"], "such as --vary epochs=5"),
        (["train", "--preset", "gpt"], "There is no preset 'gpt'"),
        (["train", "--preset", "cnn", "--epochs", "many"], "whole number"),
        (["train", "--preset", "cnn", "--epochs", "0"], "Epochs must be from 1"),
        (["train", "--preset", "cnn", "--batch-size", "-3"], "Batch size"),
        (["train", "--preset", "cnn", "--learning-rate", "nan"], "number"),
        (["train", "--preset", "cnn", "--learning-rate", "-1"], "Learning rate must be greater than 0"),
        (["train", "--preset", "cnn", "--optimizer", "hope"], "no optimizer 'hope'"),
        (["train", "--preset", "cnn", "--schedule", "lunar"], "no schedule 'lunar'"),
        (["train", "--preset", "cnn", "--digits", "1", "2"], "logistic"),
        (["train", "--preset", "logistic", "--digits", "1", "1"], "two different ones"),
        (["train", "--preset", "angle", "--augment"], "would change the answer"),
        (["train", "--preset", "cnn", "--seed", "-1"], "Seed"),
        (["train", "--preset", "cnn", "--data", "nowhere.npz"], "nowhere.npz"),
        (["train", "--preset", "cnn", "--save", "no/such/folder/x"], "cannot be saved"),
        (["train", "--preset", "cnn", "--save", "."], "folder"),
        (["evaluate", "nowhere.npz"], "nowhere.npz"),
        (["evaluate", "--model", "gpt"], "no model 'gpt'"),
        (["classify"], "FILE"),
        (["classify", "nowhere.jsonl"], "nowhere.jsonl"),
        (["classify", "nowhere.png"], "nowhere.png"),
        (["gradcheck", "--preset", "x"], "no preset"),
        (["gradcheck", "--preset", "softmax", "--seed", "-5"], "Seed"),
        (["bench", "--threads", "-1"], "Threads"),
    ],
)
def test_bad_input_is_one_sentence(refused, arguments, sentence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert sentence in refused(*arguments)
    assert os.listdir(tmp_path) == []


def test_files_of_the_wrong_kind(refused, tmp_path):
    for name, content in {
        "empty.npz": b"", "text.npz": b"hello", "empty.jsonl": b"", "text.jsonl": b"hello\n", "empty.png": b"",
        "text.png": b"hello", "label.jsonl": b'{"label": 12, "strokes": [[[0, 0], [1, 1]]]}\n',
    }.items():  # fmt: skip
        path = tmp_path / name
        path.write_bytes(content)
        assert name in refused("evaluate", path)
        if name != "empty.jsonl" and not name.endswith(".npz"):
            assert name in refused("classify", path)
    path = tmp_path / "model.safetensors"
    path.write_bytes(b"hello")
    assert "model.safetensors" in refused("evaluate", "--model", path)
    np.savez(tmp_path / "counts.npz", images=np.zeros((3, 20, 20), np.uint8), labels=np.zeros(2, np.int64))
    assert "counts.npz" in refused("evaluate", tmp_path / "counts.npz")


def test_nothing_is_printed_when_a_later_file_is_bad(refused, tmp_path):
    path = tmp_path / "seven.jsonl"
    write_drawings(path, [Drawing.from_points([[(20, 20), (60, 20), (50, 160)]])])
    refused("classify", path, tmp_path / "missing.png")
