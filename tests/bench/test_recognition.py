"""The folds' report: whom it takes for held out, and what it says about figures that miss their demand."""

import json

import by_source
import numpy as np
import recognition
from held_out import last_images, writers_of_fold

from engine.data.synthetic.writing_styles import WRITING_STYLES, draw_style
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import write_drawings
from models import load


def pen_file(path, writers):
    rng = np.random.default_rng(0)
    names = list(WRITING_STYLES)[:3]
    drawings = [
        Drawing(draw_style(name, rng).strokes, WRITING_STYLES[name].label, {"writer": writer})
        for writer in range(writers)
        for name in names
    ]
    write_drawings(path, [*drawings, Drawing(drawings[0].strokes, None, {"writer": 0})])
    return str(path)


def image_file(path):
    rng = np.random.default_rng(1)
    np.savez(path, images=rng.integers(0, 256, (30, 28, 28), dtype=np.uint8), labels=np.arange(30) % 10)
    return str(path)


def test_the_writers_are_those_that_training_holds_out(tmp_path):
    path = pen_file(tmp_path / "pen.jsonl", 12)
    # Sorted as texts: 0, 1, 10, 11, 2, 3, …
    assert list(writers_of_fold(path, 1)) == ["1", "4", "9"]
    everybody = [writer for fold in range(5) for writer in writers_of_fold(path, fold)]
    assert sorted(everybody, key=int) == [str(number) for number in range(12)]
    assert {len(hand) for hand in writers_of_fold(path, 0).values()} == {3}


def test_the_images_are_the_last_ones(tmp_path):
    held = last_images(image_file(tmp_path / "digits.npz"), 7)
    assert held.labels.tolist() == [3, 4, 5, 6, 7, 8, 9]


def test_a_mean_that_misses_its_demand_is_marked():
    runs = [
        {"writers: right %": 98.0, "images: refused %": 0.5, "habit open 4: right %": 90.0, "writer 1: right %": 9.0},
        {"writers: right %": 99.0, "images: refused %": 1.3, "habit open 4: right %": 100.0, "writer 2: right %": 8.0},
    ]
    lines = {line[:38].strip(): line for line in recognition.table([0, 1], runs)}
    assert lines["writers: right %"].endswith("98.50  ≥ 99  MISSED")
    assert lines["images: refused %"].endswith("0.90  ≤ 1")
    assert lines["habit open 4: right %"].endswith("95.00  ≥ 95")
    assert lines["writer 2: right %"].split()[-2:] == ["8.00", "8.00"]


def test_a_report_has_every_figure_that_is_asked(tmp_path, monkeypatch, capsys):
    monkeypatch.setattr(recognition, "TIMED_ANSWERS", 2)
    pens, images = pen_file(tmp_path / "pen.jsonl", 6), image_file(tmp_path / "digits.npz")
    arguments = ["--model", "cnn", "--fold", "0", "--data", pens, "--images", images, "--hold-out-images", "5"]
    monkeypatch.setattr("sys.argv", ["recognition.py", *arguments, "--numbers", "3", "--json"])
    recognition.main()
    figures, means = map(json.loads, capsys.readouterr().out.splitlines())
    assert figures["model"] == "cnn"
    # The model's name is no file whose size could be asked.
    assert set(recognition.DEMANDS) - set(figures) == {"file MB"}
    assert sum(name.startswith("habit ") for name in figures) == 37
    assert means["mean of"] == 1
    assert "images: right %" in means["missed"]


def test_each_source_has_its_figures(tmp_path):
    pens = pen_file(tmp_path / "pen.jsonl", 6)
    images, digits = by_source.digits_of(pens)
    # The drawing without a label is no digit.
    assert (len(digits), int((digits < 0).sum())) == (19, 1)
    figures = by_source.figures_of(load("cnn"), images, digits)
    assert figures["right"] == figures["right and answered"] == 100
    assert figures["refused"] == 0
    assert figures["no digits refused"] in (0, 100)
    assert by_source.digits_of(image_file(tmp_path / "digits.npz"))[0].shape == (30, 20, 20)
