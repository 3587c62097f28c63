"""The newcomers' benchmark finds writers, keeps what is learned from apart from what judges, and tells both figures."""

import sys

import newcomers
import numpy as np

from engine.data import bundled_split
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import write_drawings


def _folder(tmp_path):
    """Two writers of three samples a digit each; the second one's images are turned upside down."""
    digits = bundled_split()[0]
    places = np.concatenate([np.flatnonzero(digits.labels == digit)[:6] for digit in range(10)])
    images, writers = digits.images[places], np.arange(60) % 2
    images[writers == 1] = images[writers == 1][:, ::-1, ::-1]
    np.savez(tmp_path / "two.npz", images=images, labels=digits.labels[places], writers=writers)
    (tmp_path / "README.md").write_text("no data")
    return tmp_path


def test_the_writers_that_the_model_fails_come_first(tmp_path, monkeypatch, capsys):
    few = ["--vary", "epochs=1", "--vary", "old=300", "--vary", "styles=1"]
    arguments = ["newcomers", str(_folder(tmp_path)), "--model", "mlp", "--writers", "1", "--samples", "1", *few]
    monkeypatch.setattr(sys, "argv", arguments)
    write_drawings(tmp_path / "scribble.jsonl", [Drawing.from_points([[(0, 0), (5, 9), (1, 2), (7, 3)]])])
    monkeypatch.setattr(newcomers, "NEGATIVES", tmp_path / "scribble.jsonl")
    newcomers.main()
    first, mean = capsys.readouterr().out.splitlines()
    assert first.startswith("two.npz 1 ")
    assert "errors" in first
    assert "validation" in first
    assert mean.startswith("mean of 1 ")


def test_nobody_is_judged_by_what_was_learned(tmp_path):
    writers = newcomers.writers_in(_folder(tmp_path), 3)
    assert {name: len(digits) for name, digits in writers.items()} == {"two.npz 0": 30, "two.npz 1": 30}
    assert newcomers.writers_in(tmp_path, 4) == {}
    few, rest = newcomers.split(writers["two.npz 0"], 2, 1)
    assert np.bincount(few.labels).tolist() == [2] * 10
    assert np.bincount(rest.labels).tolist() == [1] * 10
    seen = {image.tobytes() for image in few.images}
    assert not any(image.tobytes() in seen for image in rest.images)
