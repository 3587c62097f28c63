"""The newest prediction of the drawing, whoever hears of a change first."""

import time

import numpy as np
import pytest

from engine.ink.drawing import Drawing
from gui.lab.drawing_document import OpenedImage
from gui.lab.wording import LATE_DETAIL
from models import load

SEVEN = Drawing.from_points([[(0.28, 0.25), (0.7, 0.25), (0.55, 0.58), (0.47, 0.8)]])
SEVENTY_ONE = Drawing.from_points([[(0.1, 0.3), (0.35, 0.3), (0.2, 0.7)], [(0.7, 0.3), (0.7, 0.7)]])


@pytest.fixture
def asked(lab, monkeypatch):
    """What the classifier was asked, one entry for each time."""
    requests = []
    answer = lab.classifier.answer_in_steps
    monkeypatch.setattr(lab.classifier, "answer_in_steps", lambda request: requests.append(request) or answer(request))
    lab.models.choose("cnn")
    lab.prediction.predict_now()
    requests.clear()
    return requests


def one_image(rng):
    features = np.zeros((20, 20), np.float32)
    features[:, 8:12] = 1.0
    return OpenedImage(np.zeros((30, 30, 4), np.uint8), features, "one.png")


def test_many_changes_in_a_row_are_predicted_once(lab, asked, qtbot):
    lab.prediction.predict_now()
    asked.clear()
    for _ in range(50):
        lab.drawing.set_drawing(SEVEN)
        lab.drawing.clear()
    lab.drawing.set_drawing(SEVEN)
    assert asked == []
    with qtbot.waitSignal(lab.prediction.changed):
        pass
    assert len(asked) == 1
    assert lab.prediction.newest.best == "7"


def test_the_same_strokes_are_not_prepared_twice(lab, asked):
    lab.drawing.set_drawing(SEVEN)
    lab.prediction.predict_now()
    lab.models.choose("softmax")
    lab.prediction.predict_now()
    assert isinstance(asked[0], Drawing)
    np.testing.assert_array_equal(asked[1], lab.prediction.newest.features)
    lab.drawing.clear()
    lab.prediction.predict_now()
    assert isinstance(asked[2], Drawing)
    assert lab.prediction.newest.features is None


@pytest.mark.parametrize("first", [True, False])
def test_a_listener_of_the_drawing_may_ask_before_or_after(make_lab, first, monkeypatch):
    """Whoever predicts in the middle of a change gets the new drawing's prediction, not the old one's."""
    seen = []
    lab = make_lab()
    lab.models.choose("cnn")
    if first:
        # Heard before the predictor itself hears of the change.
        lab.drawing.changed.disconnect(lab.prediction.request)
    lab.drawing.changed.connect(lambda: (lab.prediction.predict_now(), seen.append(lab.prediction.newest.best)))
    if first:
        lab.drawing.changed.connect(lab.prediction.request)
    lab.drawing.set_drawing(SEVEN)
    lab.drawing.clear()
    lab.drawing.set_drawing(SEVENTY_ONE)
    assert seen == ["7", "", "71"]


def test_an_image_is_predicted_until_something_is_drawn(lab, asked, rng):
    lab.drawing.set_drawing(SEVEN)
    lab.prediction.predict_now()
    lab.drawing.set_image(one_image(rng))
    lab.prediction.predict_now()
    assert lab.prediction.newest.best == "1"
    lab.drawing.undo()
    lab.prediction.predict_now()
    assert lab.prediction.newest.best == "7"
    lab.drawing.redo()
    lab.drawing.clear()
    lab.prediction.predict_now()
    assert lab.prediction.newest.features is None


def test_the_chosen_digit_of_a_number_stays_chosen(lab, asked):
    lab.drawing.set_drawing(SEVENTY_ONE)
    lab.prediction.predict_now()
    assert (lab.prediction.newest.text, lab.prediction.newest.digit) == ("71", 1)
    lab.prediction.choose_digit(0)
    assert len(lab.prediction.predicted_drawing().strokes) == 1
    lab.prediction.predict_now()
    assert lab.prediction.newest.digit == 0
    lab.drawing.undo()
    lab.drawing.redo()
    lab.prediction.predict_now()
    assert lab.prediction.newest.digit == 0


def test_numbers_are_read_anew_when_reading_is_switched_on(lab, asked):
    lab.classifier.set_reads_numbers(False)
    lab.drawing.set_drawing(SEVENTY_ONE)
    lab.prediction.predict_now()
    assert lab.prediction.newest.number is None
    lab.classifier.set_reads_numbers(True)
    lab.prediction.predict_now()
    assert lab.prediction.newest.text == "71"


def test_a_new_model_and_new_weights_are_predicted(lab, asked, qtbot):
    lab.drawing.set_drawing(SEVEN)
    lab.prediction.predict_now()
    with qtbot.waitSignal(lab.prediction.changed):
        lab.models.choose("softmax")
    assert lab.classifier.model.name == "softmax"
    weights = load("softmax").network.store.snapshot().copy()
    weights[-7] = 50.0  # the bias of the digit 3
    with qtbot.waitSignal(lab.prediction.changed):
        lab.classifier.set_weights(weights)
    assert lab.prediction.newest.best == "3"


def test_a_row_of_many_strokes_never_holds_the_window(lab, qtbot, monkeypatch):
    lab.models.choose("cnn")
    lab.prediction.predict_now()
    row = Drawing.from_points([[(x / 20, 0.3), (x / 20 + 0.01, 0.7)] for x in range(20)])
    said, steps = [], []
    answer = lab.classifier.answer_in_steps

    def slow(request):
        """As on a busy machine: each step takes all the time of a slice."""
        asked = answer(request)
        while True:
            try:
                yield next(asked)
            except StopIteration as end:
                return end.value
            steps.append(len(said))
            until = time.perf_counter() + 0.009
            while time.perf_counter() < until:
                pass

    monkeypatch.setattr(lab.classifier, "answer_in_steps", slow)
    lab.prediction.changed.connect(lambda prediction: said.append(prediction.detail))
    lab.drawing.set_drawing(row)
    qtbot.waitUntil(lambda: bool(said) and not lab.prediction.is_due)
    # What all strokes together look like was said while there was more to look at, and the whole truth in the end.
    assert said[0] == LATE_DETAIL
    assert steps[-1] == 1
    monkeypatch.undo()
    assert said[1:] == [lab.classifier.answer(row).detail]
