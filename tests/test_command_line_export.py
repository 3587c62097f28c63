"""`export` on the command line."""

import json

import pytest

from main import main


def test_export_writes_compares_and_tells(tmp_path, capsys):
    path = tmp_path / "digits.py"
    assert main(["export", "--model", "softmax", "--format", "numpy", "--out", str(path), "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"format", "files", "count", "largest_difference", "program"}
    assert told["files"] == [str(path), str(path.with_suffix(".npz"))]
    assert told["count"] == 1000
    assert told["largest_difference"] <= 1e-5


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--format", "numpy", "--out", "digits.txt"], "digits.txt should end in .py"),
        (["--format", "caffe", "--out", "digits"], "caffe"),
        (["--format", "numpy", "--out", "no/such/folder/digits.py"], "cannot be written"),
    ],
)
def test_what_cannot_be_exported_is_one_sentence(arguments, sentence, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert main(["export", *arguments]) == 2
    error = capsys.readouterr().err
    assert sentence in error
    assert error.count("\n") == 1
    assert list(tmp_path.iterdir()) == []
