import threading

import numpy as np
import pytest
from threadpoolctl import threadpool_info

from engine.errors import EngineError, ShapeError
from engine.evaluation.wording import percent
from engine.ink.drawing import Drawing
from gui.lab.classifier import Classifier
from gui.lab.wording import BLANK_TEXT, BROKEN_TEXT, describe_angle, describe_classes, describe_refusal, scope_text
from models import PRESETS, load

SEVEN = Drawing.from_points([[(0.28, 0.25), (0.7, 0.25), (0.55, 0.58), (0.47, 0.8)]])
BLANK = Drawing()


@pytest.fixture
def recogniser(qapp):
    return Classifier()


def fresh(name, seed=0):
    preset = PRESETS[name]
    return preset.model(preset.build(seed))


def test_without_a_model_there_is_no_answer(recogniser):
    assert recogniser.answer(BLANK).text == BLANK_TEXT
    answer = recogniser.answer(SEVEN)
    assert answer.probabilities is None
    assert answer.features.shape == (20, 20)
    with pytest.raises(EngineError):
        recogniser.set_weights(np.zeros(3))


def test_a_blank_drawing_has_no_answer(recogniser):
    recogniser.set_model(load("cnn"))
    answer = recogniser.answer(BLANK)
    assert (answer.features, answer.probabilities, answer.best, answer.text) == (None, None, "", "Draw a digit")


def test_a_drawing_is_answered_as_the_model_answers(recogniser, qtbot):
    model = load("cnn")
    with qtbot.waitSignal(recogniser.model_changed):
        recogniser.set_model(model)
    answer = recogniser.answer(SEVEN)
    np.testing.assert_allclose(answer.probabilities, model.answer(answer.features)[0], atol=1e-6)
    assert answer.best == "7"
    assert answer.confidence == pytest.approx(answer.probabilities.max())
    assert recogniser.model is model
    assert recogniser.parameter_count == model.network.count_params()
    assert not answer.probabilities.flags.writeable


@pytest.mark.parametrize("name", PRESETS)
def test_every_preset_answers(recogniser, name):
    recogniser.set_model(fresh(name))
    answer = recogniser.answer(SEVEN)
    assert answer.task == PRESETS[name].task
    assert answer.probabilities.shape == (len(answer.labels),)
    assert answer.text
    assert (answer.confidence is None) == (answer.task in ("regression", "multilabel"))


def test_a_snapshot_answers_and_leaves_the_model_alone(recogniser):
    model, other = fresh("softmax"), fresh("softmax", seed=1)
    other.network.store.values[:] += np.linspace(0, 1, other.network.store.values.size, dtype=np.float32)
    before = model.network.store.snapshot()
    recogniser.set_model(model)
    recogniser.set_weights(other.network.store.snapshot())
    assert recogniser.in_training
    answer = recogniser.answer(SEVEN)
    np.testing.assert_allclose(answer.probabilities, other.answer(answer.features)[0], atol=1e-6)
    np.testing.assert_array_equal(model.network.store.snapshot(), before)
    recogniser.set_model(model)
    assert not recogniser.in_training
    np.testing.assert_allclose(recogniser.answer(SEVEN).probabilities, model.answer(answer.features)[0], atol=1e-6)


def test_a_snapshot_of_another_network_is_refused(recogniser):
    recogniser.set_model(fresh("softmax"))
    with pytest.raises(ShapeError):
        recogniser.set_weights(fresh("mlp").network.store.snapshot())


def test_numbers_that_are_not_finite_are_told_in_words(recogniser):
    model = fresh("softmax")
    recogniser.set_model(model)
    snapshot = model.network.store.snapshot().copy()
    snapshot[:] = np.nan
    recogniser.set_weights(snapshot)
    answer = recogniser.answer(SEVEN)
    assert answer.text == BROKEN_TEXT
    assert "not finite" in answer.detail
    assert answer.probabilities is None


def test_the_model_may_be_used_by_another_thread_meanwhile(recogniser, rng):
    model = load("cnn")
    recogniser.set_model(model)
    expected = recogniser.answer(SEVEN).probabilities
    images = rng.random((200, 20, 20)).astype(np.float32)
    stop = threading.Event()

    def work():
        while not stop.is_set():
            model.answer(images)

    thread = threading.Thread(target=work)
    thread.start()
    try:
        for _ in range(100):
            np.testing.assert_array_equal(recogniser.answer(SEVEN).probabilities, expected)
    finally:
        stop.set()
        thread.join()


@pytest.mark.parametrize(
    ("probability", "text"),
    [(0.979, "97.9 %"), (1.0, "100.0 %"), (0.99999, "> 99.9 %"), (0.0, "0.0 %"), (0.0001, "< 0.1 %"), (0.5, "50.0 %")],
)
def test_percent_never_claims_more_than_it_knows(probability, text):
    assert percent(probability) == text


def probabilities(**values):
    rest = (1 - sum(values.values())) / (10 - len(values))
    return np.array([values.get(f"p{digit}", rest) for digit in range(10)])


@pytest.mark.parametrize(
    ("values", "best", "detail"),
    [
        ({"p5": 0.979}, "5", "97.9 % sure"),
        ({"p3": 0.45, "p5": 0.41}, "3", "or 5? 45 % to 41 %"),
        ({"p3": 0.4, "p5": 0.2}, "3", "not sure: 40.0 %"),
        ({}, "0", "near chance: 10.0 %"),
    ],
)
def test_words_for_classes(values, best, detail):
    assert describe_classes("0123456789", probabilities(**values)) == (best, detail)


def test_words_for_angles():
    assert describe_angle(-12.4) == ("−12°", "turned anticlockwise")
    assert describe_angle(30.0) == ("+30°", "turned clockwise")
    assert describe_angle(-0.3) == ("0°", "upright")


def test_a_model_of_two_digits_says_so():
    assert scope_text("binary", ("0", "1"), False) == "This model can tell only 0 from 1, and never refuses."
    assert scope_text("multiclass", tuple("0123456789"), True) == ""


def test_what_comes_closest_is_told_where_something_does():
    equal = np.full(10, 0.1)
    equal[8] += 0.01
    assert describe_refusal("0123456789", equal) == "nothing comes close"
    equal[8] = 0.4
    assert describe_refusal("0123456789", equal) == "closest: 8"


def test_a_warm_recogniser_keeps_blas_to_one_thread_until_it_is_released():
    def threads():
        return {item["num_threads"] for item in threadpool_info() if item["user_api"] == "blas"}

    before = threads()
    recogniser = Classifier()
    recogniser.warm_up()
    recogniser.warm_up()
    assert threads() == {1}
    recogniser.release()
    recogniser.release()
    assert threads() == before
