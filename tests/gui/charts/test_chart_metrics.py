import numpy as np
import pytest
from chart_helpers import falling, line, progress, started, trained
from fake_training import epoch_ended

from engine.training.messages import TrainingFinished
from gui.theme.tokens import LIGHT
from models import PRESETS


@pytest.mark.parametrize(
    ("preset", "metric", "title", "words"),
    [
        ("softmax", "accuracy", "Accuracy", "validation 87.5 %"),
        ("multilabel", "f1", "F1 score", "validation 87.5 %"),
        ("angle", "rmse", "RMSE in degrees", "validation 0.9°"),
    ],
)
def test_the_figure_fits_the_task(show, preset, metric, title, words):
    card = show("accuracy")
    chart = card.chart
    chart.begin(started(preset))
    accuracies = [np.nan] * 10 if preset == "angle" else None
    chart.add(progress(0, falling(10), accuracies=accuracies, epochs=[epoch_ended(1, metrics={metric: 0.875})]))
    chart.redraw()
    assert chart.metric_key == metric
    assert chart.heading == f"{title} · 8,500 training digits"
    assert card.title in (title, chart.heading)
    assert card.subtitle.startswith(words)
    assert line(chart, "validation").series.y.tolist() == [0.875]
    assert len(line(chart, "training").series) == (10 if metric == "accuracy" else 1)


def test_after_the_first_epoch_accuracy_no_longer_shows_its_steep_start(show):
    chart = show("accuracy").chart
    chart.begin(started())
    chart.add(progress(0, falling(10), accuracies=np.linspace(0.1, 0.9, 10)))
    chart.redraw()
    assert chart.view.ranges[1][0] < 0.2
    ended = epoch_ended(1, metrics={"accuracy": 0.91})
    chart.add(progress(10, falling(10), accuracies=np.full(10, 0.95), epochs=[ended]))
    chart.redraw()
    assert chart.view.ranges[1][0] > 0.4


@pytest.mark.parametrize("name", ["loss", "accuracy"])
def test_a_continued_run_goes_on_where_the_curves_end_and_a_fresh_one_clears(show, name):
    chart = trained(show(name))
    count = len(chart.lines[-1].series)
    chart.begin(started(continued=True, first_epoch=3.0))
    chart.add(progress(0, falling(10), epochs=[epoch_ended(1)]))
    assert len(chart.lines[-1].series) > count
    assert max(line.series.last()[0] for line in chart.lines if len(line.series)) == 4.0
    chart.begin(started())
    assert chart.empty


@pytest.mark.parametrize(("name", "label"), [("loss", "training_smoothed"), ("accuracy", "training")])
def test_one_bad_batch_is_smoothed_after_a_continuation_too(show, name, label):
    """The curve would fall to the first batch's own metric, as if the model had forgotten."""
    chart = show(name).chart
    chart.begin(started())
    chart.add(progress(0, np.full(100, 0.1), accuracies=np.full(100, 0.9), steps_per_epoch=100))
    chart.begin(started(continued=True))
    chart.add(progress(100, [1.0], accuracies=[0.0], steps_per_epoch=100))
    before, after = line(chart, label).series.y[-2:]
    assert abs(after - before) < 0.15
    chart.begin(started())
    chart.add(progress(0, [1.0], accuracies=[0.0], steps_per_epoch=100))
    assert line(chart, label).series.y[-1] == (1.0 if name == "loss" else 0.0)


def test_the_ring_is_at_the_best_of_its_own_curve(show):
    """The epoch of the lowest loss need not be the one of the highest accuracy."""
    chart = show("accuracy").chart
    chart.begin(started())
    for epoch, (loss, accuracy) in enumerate([(0.5, 0.9), (0.3, 0.97), (0.2, 0.96)], start=1):
        ended = epoch_ended(epoch, validation=loss, metrics={"accuracy": accuracy})
        chart.add(progress(10 * (epoch - 1), falling(10), epochs=[ended]))
    assert chart.best_point() == (2.0, 0.97)
    assert chart.accessibleDescription() == "validation 96.0 % · best 97.0 % at epoch 2"
    error = show("accuracy").chart
    error.begin(started("angle"))
    for epoch, degrees in enumerate([9.0, 4.0, 5.0], start=1):
        error.add(progress(10 * (epoch - 1), falling(10), epochs=[epoch_ended(epoch, metrics={"rmse": degrees})]))
    assert error.best_point() == (2.0, 4.0)


def test_a_tiny_penalty_does_not_flatten_the_loss(show):
    chart = show("loss").chart
    chart.begin(started())
    chart.add(progress(0, falling(50), penalties=1e-6))
    chart.redraw()
    assert chart.view.ranges[1][0] > -2.0


def test_after_a_spike_the_present_loss_is_in_the_picture(show):
    chart = show("loss").chart
    chart.begin(started())
    chart.add(progress(0, [*np.full(5, 1e14), *np.full(3000, 1e-3)]))
    chart.redraw()
    low, high = chart.view.ranges[1]
    assert low < np.log10(line(chart, "training_smoothed").series.y[-1]) < high


def test_a_diverged_run_says_so(show):
    card = show("loss")
    chart = trained(card)
    chart.finish(TrainingFinished("diverged", "", 3, 3, (), 1.0, 1.0))
    assert card.subtitle == "diverged"
    assert chart.accessibleDescription().endswith("the run diverged")


def test_pinned_lines_have_colours_names_and_dashes_by_importance(show, themes):
    chart = show("pinned").chart
    chart.begin(started("cnn"))
    for step in range(30):
        probabilities = np.full(10, 0.01)
        probabilities[3], probabilities[5] = (0.6, 0.32) if step < 5 else (0.02, 0.9)
        chart.add_answer(step / 10, probabilities)
    chart.redraw()
    labelled = {line.label: line for line in chart.lines if line.label}
    assert set(labelled) == {"3", "5"}
    # The label that is likeliest now is thicker; its colour says which one it is, and stays.
    assert labelled["5"].style.width > labelled["3"].style.width
    assert (labelled["3"].color, labelled["5"].color) == (LIGHT.series[3], LIGHT.series[5])
    assert "5 is likeliest with 90 %" in chart.accessibleDescription()
    assert sorted(chart.end_labels.texts) == ["3", "5"]
    assert chart.view.axes["bottom"].word == "epoch"


def test_a_digit_keeps_its_colour_and_dash_and_no_two_share_both(show):
    chart = show("pinned").chart
    chart.begin(started("cnn"))
    looks = {}
    for step in range(60):
        probabilities = np.full(10, 0.05)
        probabilities[step // 6] = 0.55
        chart.add_answer(step / 10, probabilities)
        for curve in chart.lines:
            if curve.label:
                looks.setdefault(curve.label, set()).add((curve.color, curve.style.dash))
    assert set(looks) == set("0123456789")
    assert all(len(seen) == 1 for seen in looks.values())
    assert len(set().union(*looks.values())) == 10


@pytest.mark.parametrize(("preset", "count"), [("multilabel", 4), ("angle", 1), ("logistic", 2)])
def test_pinned_answers_of_other_tasks(show, preset, count):
    chart = show("pinned").chart
    chart.begin(started(preset))
    value = -12.0 if preset == "angle" else 0.6
    for step in range(3):
        chart.add_answer(step, np.full(count, value))
    chart.redraw()
    assert [line.label for line in chart.lines if line.label] == list(PRESETS[preset].labels)
    if preset == "angle":
        assert chart.view.ranges[1][0] < -12 < chart.view.ranges[1][1]
        assert "-12 degrees" in chart.accessibleDescription()


def test_pinned_answers_that_make_no_sense_are_left_out(show):
    chart = show("pinned").chart
    chart.begin(started())
    chart.add_answer(1.0, np.full(10, 0.1))
    chart.add_answer(0.5, np.full(10, 0.1))
    chart.add_answer(2.0, np.full(10, np.nan))
    chart.add_answer(2.0, np.full(40, 0.1))
    assert len(chart.lines[0].series) == 1


def test_where_an_epoch_has_few_batches_their_noise_is_smoothed_over_all_of_them(show):
    chart = show("loss").chart
    chart.begin(started("logistic"))
    noise = np.random.default_rng(0).normal(1.0, 0.3, 280)
    chart.add(progress(0, noise, steps_per_epoch=14))
    # An average with a span of n has 1/√n of the noise; with the five batches of before it had nearly half.
    assert line(chart, "training_smoothed").series.y[50:].std() < 0.3 / 3
