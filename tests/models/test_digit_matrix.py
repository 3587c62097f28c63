"""Tables whose cells are digits, and robustness curves, on shipped models."""

import numpy as np
import pytest

from engine.data import load_bundled
from models import load
from models.scoring import answer_dataset
from models.scoring.matrix import AXES, MEASURES, digit_matrix
from models.scoring.robustness_curve import MOST_DIGITS, SEEDS, robustness_curve

DIGITS = load_bundled().subset(np.arange(8500, 9100))


@pytest.mark.parametrize("name", ["softmax", "logistic", "multilabel", "angle"])
@pytest.mark.parametrize("axes", AXES)
def test_the_members_of_a_cell_are_as_many_as_it_says(name, axes):
    answers = answer_dataset(load(name), DIGITS)
    matrix = digit_matrix(answers, answer_dataset(load("mlp"), DIGITS), axes)
    counts = matrix.counts()
    for row in range(len(matrix.rows)):
        for column in range(len(matrix.columns)):
            assert len(matrix.members(row, column)) == counts[row, column]
    assert set(matrix.members(-1, -1).tolist()) == set(matrix.places.tolist())
    for measure in MEASURES:
        table = matrix.table(measure)
        assert table.shape == (len(matrix.rows) + 1, len(matrix.columns) + 1)
        assert np.isfinite(table).all()
    assert matrix.good.shape == counts.shape


def test_shares_add_up():
    matrix = digit_matrix(answer_dataset(load("softmax"), DIGITS), None, AXES[0])
    assert matrix.table("share of row")[:10, :10].sum(axis=1) == pytest.approx(np.ones(10))
    assert matrix.table("share of column")[:10, :10].sum(axis=0) == pytest.approx(np.ones(10))
    assert matrix.table("digits")[10, 10] == 600
    assert matrix.table("sum of probabilities")[10, 10] == pytest.approx(600, rel=1e-4)


def test_a_robustness_curve_begins_at_the_clean_accuracy():
    models = [load("softmax"), load("logistic")]
    shares = []
    curve = robustness_curve(models, DIGITS.subset(np.arange(200)), "blur", shares.append)
    for number, model in enumerate(models):
        clean = answer_dataset(model, DIGITS.subset(np.arange(200))).right.mean()
        assert curve.accuracy[number, 0] == pytest.approx([clean] * SEEDS)
        assert curve.accuracy[number, -1].mean() < clean
    assert shares == sorted(shares)
    flipped = curve.flipped(0, 3)
    assert curve.right[0, 2][flipped].all()
    assert not curve.right[0, 3][flipped].any()
    assert len(curve.flipped(0, 0)) == 0


def test_a_robustness_curve_is_measured_on_all_classes_of_a_sorted_data_set():
    bundled = load_bundled()
    ordered = bundled.subset(np.argsort(bundled.labels, kind="stable"))
    curve = robustness_curve([load("logistic")], ordered, "contrast")
    assert len(np.unique(curve.places)) == MOST_DIGITS
    counts = np.bincount(ordered.labels[curve.places], minlength=10)
    np.testing.assert_allclose(counts, np.bincount(bundled.labels, minlength=10) / 10, atol=1)
