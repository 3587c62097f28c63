"""Drawings of several digits read as a number by a shipped model."""

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from engine.core.steps import finished
from engine.evaluation.calibration import Calibration, energy
from engine.evaluation.wording import percent
from engine.ink import features_from_drawing, features_from_drawings
from engine.ink.drawing import Drawing, Stroke
from engine.ink.drawing_files import read_drawings, write_drawings
from engine.ink.segmentation import candidate_groups
from engine.storage.model import Model
from engine.storage.model_file import save_model
from main import main
from models import PRESETS, load
from models.reading.numbers import NumberReading, ReadDigit, can_read_numbers, find_number, read_groups

HABITS = Path(__file__).parents[1] / "habits" / "drawings.jsonl.gz"


def read_number(model, drawing, memory=None):
    """What a drawing says, however unsure."""
    groups = candidate_groups(drawing)
    return finished(read_groups(model, drawing, groups, {} if memory is None else memory))


@pytest.fixture(scope="module")
def model():
    return load("cnn")


@pytest.fixture(scope="module")
def habits():
    """One drawing of each digit that the model reads right by itself."""
    return read_drawings(HABITS)


def placed(drawing, left, bottom, height):
    """The strokes of a digit, scaled and moved."""
    points = np.concatenate([stroke.points for stroke in drawing.strokes])
    lower, upper = points.min(axis=0), points.max(axis=0)
    scale = height / (upper[1] - lower[1])
    strokes = [
        Stroke((stroke.points - (lower[0], upper[1])) * scale + (left, bottom), width=0.02)
        for stroke in drawing.strokes
    ]
    return strokes, left + (upper[0] - lower[0]) * scale


def number(drawings, gap=0.08, height=0.3):
    strokes, left, owners = [], 0.05, []
    for position, drawing in enumerate(drawings):
        added, right = placed(drawing, left, 0.7 + 0.01 * position, height)
        strokes += added
        owners += [position] * len(added)
        left = right + gap
    return Drawing(tuple(strokes)), owners


def known(model, habits, digits):
    """A drawing of each of the digits that the model reads surely."""
    chosen = []
    for digit in digits:
        same = [drawing for drawing in habits if drawing.label == digit]
        answers = model.answer(np.stack(features_from_drawings(same)))
        chosen.append(same[int(answers[:, digit].argmax())])
    return chosen


@pytest.mark.parametrize("digits", [(4, 7), (5, 0, 8), (2, 0, 2, 9), (7, 1, 5, 4, 0, 3)])
def test_a_number_is_read_from_left_to_right(model, habits, digits):
    drawing, owners = number(known(model, habits, digits))
    reading = read_number(model, drawing)
    assert reading.text == "".join(map(str, digits))
    assert reading.is_number
    for position, digit in enumerate(reading.digits):
        assert digit.strokes == tuple(place for place, owner in enumerate(owners) if owner == position)
        assert digit.probability == digit.probabilities.max() == digit.probabilities[digits[position]]
        points = np.concatenate([drawing.strokes[stroke].points for stroke in digit.strokes])
        margins = [points.min(axis=0) - digit.box[:2], digit.box[2:] - points.max(axis=0)]
        np.testing.assert_allclose(margins, 0.01, atol=1e-12)
        alone = features_from_drawing(Drawing(tuple(drawing.strokes[stroke] for stroke in digit.strokes)))
        np.testing.assert_array_equal(digit.features, alone)
    lefts = [digit.box[0] for digit in reading.digits]
    assert lefts == sorted(lefts)


def test_a_single_digit_answers_as_it_does_without_reading_numbers(model, habits):
    for drawing in habits[::12]:
        reading = read_number(model, drawing)
        assert len(reading.digits) == 1
        assert not reading.is_number
        np.testing.assert_allclose(
            reading.digits[0].probabilities, model.answer(features_from_drawing(drawing))[0], atol=1e-6
        )


def test_habits_of_several_strokes_are_never_cut(model, habits):
    cut = [drawing.extra["habit"] for drawing in habits if len(read_number(model, drawing).digits) != 1]
    assert cut == []


def test_reading_is_deterministic(model, habits):
    drawing, _ = number(known(model, habits, (3, 1, 4)), gap=0.03)
    first, second = read_number(model, drawing), read_number(model, drawing)
    assert first.text == second.text
    assert first.confidence == second.confidence


def test_a_blank_drawing_has_no_digits(model):
    for drawing in (Drawing(), Drawing.from_points([[]])):
        reading = read_number(model, drawing)
        assert (reading.text, reading.digits, reading.confidence) == ("", (), 0.0)
        assert not reading.is_number


def test_labels_in_another_order_read_the_same(model, habits):
    order = np.array([9, 8, 7, 6, 5, 4, 3, 2, 1, 0])

    class Turned(Model):
        def logits(self, features):
            return model.logits(features)[:, order]

    turned = Turned(model.network, model.name, model.title, tuple(model.labels[place] for place in order), model.task)
    drawing, _ = number(known(model, habits, (4, 0, 7)))
    assert read_number(turned, drawing).text == "407"


def test_only_models_of_all_ten_digits_read_numbers(model):
    assert can_read_numbers(model)
    for name in ("logistic", "multilabel", "angle"):
        preset = PRESETS[name]
        other = preset.model(preset.build(0))
        assert not can_read_numbers(other)
        assert find_number(other, Drawing()) is None


def test_a_network_with_broken_weights_has_no_confidence(model, habits):
    network = model.network.replica()
    twin = PRESETS["cnn"].build(0)
    twin.set_weights([np.full_like(weight, np.nan) for weight in network.get_weights()])
    reading = read_number(replace(model, network=twin), number(known(model, habits, (4, 7)))[0])
    assert reading.confidence == 0.0
    assert not reading.is_number


def test_a_drawing_in_progress_is_looked_at_only_where_it_is_new(model, habits):
    drawing = number(known(model, habits, (4, 0, 7)))[0]
    asked = []

    class Counting(Model):
        def logits(self, features):
            asked.append(features)
            return model.logits(features)

    counting = Counting(model.network, model.name, model.title, model.labels, model.task, calibration=model.calibration)
    memory = {}
    first = read_number(counting, drawing, memory)
    looks = len(asked)
    again = read_number(counting, drawing, memory)
    assert len(asked) == looks
    assert (
        (first.text, first.confidence)
        == (again.text, again.confidence)
        == ("407", read_number(model, drawing).confidence)
    )
    read_number(counting, Drawing(drawing.strokes[:1]), memory)
    assert len(memory) == 1


def test_digits_that_the_model_does_not_know_are_marked(model, habits):
    drawing = number(known(model, habits, (4, 0, 7)))[0]
    assert not any(digit.rejected for digit in read_number(model, drawing).digits)
    strict = replace(model, calibration=Calibration(1.0, 1e5))
    assert all(digit.rejected for digit in read_number(strict, drawing).digits)


def test_a_number_is_found_only_where_the_model_knows_half_of_the_digits(model, habits):
    chosen = known(model, habits, (4, 0, 7, 2))
    drawing = number(chosen)[0]
    assert find_number(model, drawing).text == "4072"
    assert find_number(model, chosen[0]) is None
    assert find_number(model, Drawing()) is None
    strict = replace(model, calibration=Calibration(1.0, 1e5))
    assert read_number(strict, drawing).doubtful == {0, 1, 2, 3}
    assert find_number(strict, drawing) is None
    logistic = PRESETS["logistic"]
    assert find_number(logistic.model(logistic.build(0)), drawing) is None


def reading(cut_confidence, *probabilities, rejected=0):
    """A reading whose digits are so probable; the first ones are refused."""
    nothing = np.zeros(10)
    digits = tuple(
        ReadDigit("0", probability, nothing, nothing, (0, 0, 1, 1), (place,), place < rejected)
        for place, probability in enumerate(probabilities)
    )
    return NumberReading("0" * len(digits), digits, cut_confidence, cut_confidence * float(np.prod(probabilities)))


def test_one_badly_written_digit_does_not_hide_a_number():
    assert reading(0.98, 0.99, 0.99, 0.4).is_number
    assert reading(0.98, 0.45, 0.99, rejected=1).is_number
    assert not reading(0.6, 0.99, 0.99).is_number
    # A stranger's bare 1 beside a 0 that nobody doubts; two that are both rather wrong.
    assert reading(0.98, 0.2, 0.99, rejected=1).is_number
    assert not reading(0.98, 0.35, 0.35).is_number
    assert not reading(0.98, 0.99, 0.99, 0.99, rejected=2).is_number
    assert not reading(0.98, 0.99).is_number


@pytest.fixture
def classify(model, tmp_path, capsys):
    """Runs `classify` on drawings; gives the lines."""

    def run(drawings, *options, calibration=None):
        write_drawings(tmp_path / "drawings.jsonl", drawings)
        save_model(tmp_path / "model.safetensors", replace(model, calibration=calibration or model.calibration))
        files = [str(tmp_path / "drawings.jsonl"), "--model", str(tmp_path / "model.safetensors")]
        assert main(["classify", *files, *options]) == 0
        return capsys.readouterr().out.splitlines()

    return run


def test_the_command_line_reads_numbers_and_answers_single_digits_as_ever(classify, model, habits):
    drawing, owners = number(known(model, habits, (2, 0, 4, 9)))
    single = next(digit for digit in habits if digit.label == 4 and len(digit.strokes) > 1)
    lines = classify([drawing, single, Drawing()], "--json")
    whole, alone, blank = map(json.loads, lines)
    entries = {"file", "drawing", "label", "probabilities", "labels", "rejected"}
    assert set(alone) == set(blank) == entries
    assert set(whole) == entries | {"number", "confidence", "digits"}
    assert alone["label"] == 4
    # As one digit it is still answered, so that readers of the old form see no difference.
    assert whole["probabilities"] == pytest.approx(model.answer(features_from_drawing(drawing))[0].tolist(), abs=1e-5)
    reading = read_number(model, drawing)
    assert whole["number"] == "2049"
    assert whole["confidence"] == pytest.approx(reading.confidence)
    for place, (digit, read) in enumerate(zip(whole["digits"], reading.digits, strict=True)):
        assert digit["label"] == int(reading.text[place])
        assert digit["probability"] == digit["probabilities"][digit["label"]]
        assert digit["box"] == pytest.approx(read.box)
        assert digit["strokes"] == [stroke for stroke, owner in enumerate(owners) if owner == place]
        assert digit["rejected"] is False
    assert [set(json.loads(line)) for line in classify([drawing], "--json", "--one-digit")] == [entries]


def test_the_command_line_says_a_number_in_words(classify, model, habits):
    drawing, _ = number(known(model, habits, (2, 0, 4, 9)))
    line = classify([drawing])[0]
    assert f": 2049 ({percent(read_number(model, drawing).confidence)})" in line
    # A digit that the model would not know alone is in doubt.
    levels = sorted(float(energy(model.logits(digit.features))[0]) for digit in read_number(model, drawing).digits)
    between = Calibration(1.0, (levels[0] + levels[1]) / 2)
    assert classify([drawing], calibration=between)[0].count("?") == 1


def test_the_command_line_reads_a_number_in_a_picture(model, habits, tmp_path, capsys):
    drawing, owners = number(known(model, habits, (2, 0, 7)))
    picture = Image.new("L", (400, 300), 235)
    for stroke in drawing.strokes:
        ImageDraw.Draw(picture).line([(400 * x, 400 * y - 50) for x, y in stroke.points], fill=30, width=9)
    file = str(tmp_path / "photo.png")
    picture.save(file)
    assert main(["classify", file, "--model", "cnn", "--json"]) == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["number"] == "207"
    for place, digit in enumerate(answer["digits"]):
        own = [stroke.points for stroke, owner in zip(drawing.strokes, owners, strict=True) if owner == place]
        points = np.concatenate(own) * 400 - (0, 50)
        # The centre lines, and half the pen around them.
        assert digit["box"] == pytest.approx([*points.min(axis=0), *points.max(axis=0)], abs=8)
    assert main(["classify", file, "--model", "cnn", "--one-digit"]) == 0
    assert "207" not in capsys.readouterr().out
