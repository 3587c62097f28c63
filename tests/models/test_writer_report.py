"""The report finds the habit that costs most, and says which ones cost nothing."""

from dataclasses import replace

import numpy as np
import pytest

from engine.data.synthetic.writing_styles import WRITING_STYLES, draw_style
from engine.errors import DataError
from engine.ink.drawing import Drawing
from models import load
from models.scoring.writer_report import writer_report


def _drawings(lean=0.0, side=0.5):
    """Every habit twice, in the middle of a canvas, leaning so far to the right."""
    rng = np.random.default_rng(3)
    drawn = []
    for name in WRITING_STYLES:
        for _ in range(2):
            drawing = draw_style(name, rng, wobble=0.0)
            points = np.concatenate([stroke.points for stroke in drawing.strokes])
            low, size = points.min(axis=0), float(np.ptp(points, axis=0).max())
            strokes = []
            for stroke in drawing.strokes:
                place = (stroke.points - low) / size * side + 0.2
                place = place + np.stack([-lean * (place[:, 1] - 0.45), np.zeros(len(place))], axis=1)
                strokes.append(replace(stroke, points=place))
            drawn.append(replace(drawing, strokes=tuple(strokes)))
    return drawn


@pytest.fixture(scope="module")
def model():
    return load("mlp")


def test_the_slant_of_a_leaning_hand_costs_most(model):
    report = writer_report(model, _drawings(lean=1.1))
    assert report.costs[0].name == "slant"
    assert report.costs[0].gain > 0.05
    assert report.costs[0].more_right > 0
    assert "to the right" in report.costs[0].habit
    assert report.summary.startswith("Slant costs most")


def test_what_the_path_takes_away_costs_nothing(model):
    near, far = (writer_report(model, _drawings(side=side)[::3]) for side in (0.2, 0.7))
    for report in (near, far):
        costs = {cost.name: cost for cost in report.costs}
        assert set(costs) == {"position", "size", "slant", "pen", "speed"}
        for name in ("position", "size", "pen"):
            assert abs(costs[name].gain) < 0.01
            assert costs[name].more_right == 0
    assert near.right == far.right


def test_counts_agree_with_the_matrix(model):
    drawings = [*_drawings(), Drawing((), 3), Drawing.from_points([[(0.1, 0.2), (0.6, 0.7)]])]
    told = []
    report = writer_report(model, drawings, told.append)
    assert report.count == report.confusion.sum() == len(drawings) - 2
    assert report.right == np.trace(report.confusion)
    assert [cost.gain for cost in report.costs] == sorted((cost.gain for cost in report.costs), reverse=True)
    assert told == sorted(told)


@pytest.mark.parametrize(("name", "drawings"), [("angle", _drawings()), ("mlp", []), ("mlp", [Drawing((), 3)])])
def test_what_cannot_be_reported_is_said(name, drawings):
    with pytest.raises(DataError, match=r"ten digits|draw some"):
        writer_report(load(name), drawings)
