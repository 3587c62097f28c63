"""What is learned from my digits, and what all models and the report say, through real events."""

import numpy as np
from canvas_helpers import draw
from fake_training import few_digits, short
from my_digits_helpers import ONE, SEVEN, labels
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog, QLabel

from engine.ink import features_from_drawing
from engine.ink.drawing import Drawing
from gui.lab.my_digits import MY_DIGITS_KEY
from gui.widgets.eliding_label import ElidingLabel
from models import PRESETS
from models.recipes.fine_tuning import FineTuning


def learn(qtbot, digits_tab, lab, count=20):
    """Let the current model learn from drawings of a 1 that are meant as a 7, and of a 7."""
    one, seven = (features_from_drawing(drawing) for drawing in (ONE, SEVEN))
    half = count // 2
    lab.my_digits.add([(Drawing(ONE.strokes, 7), one)] * half + [(Drawing(SEVEN.strokes, 7), seven)] * half)
    digits_tab.refresh_now()
    digits_tab.fine_tuning = FineTuning(learning_rate=0.01, epochs=4, old=500, styles=1, weight=10.0, most_lost=1.0)
    qtbot.mouseClick(digits_tab.learn.learn_button, Qt.MouseButton.LeftButton)


def test_learning_shows_before_and_after_and_keep_lets_the_new_model_answer(qtbot, digits_tab, lab):
    before = lab.models.current
    numbers = before.model.network.store.snapshot()
    learn(qtbot, digits_tab, lab)
    assert digits_tab.learn.cancel_button.isVisible()
    qtbot.waitUntil(lambda: digits_tab.learn.learned is not None, timeout=20_000)
    mine, validation = digits_tab.learn.learned.changes
    assert (mine.count, validation.count) == (20, 1_500)
    assert mine.right[0] < 0.6 < mine.right[1]
    texts = {label.text() for label in digits_tab.learn.findChildren(QLabel)}
    assert {f"{100 * share:.1f} %" for share in validation.right} <= texts
    assert lab.models.current is before
    qtbot.mouseClick(digits_tab.learn.keep_button, Qt.MouseButton.LeftButton)
    now = lab.models.current
    assert now.unsaved
    assert "with 20 digits of mine" in now.title
    assert now.model.answer(features_from_drawing(ONE)).argmax() == 7
    np.testing.assert_array_equal(before.model.network.store.snapshot(), numbers)
    assert digits_tab.learn.learn_button.isVisible()


def test_what_was_learned_can_be_discarded_and_learning_cancelled(qtbot, digits_tab, lab):
    entries = lab.models.entries
    learn(qtbot, digits_tab, lab, 4)
    qtbot.waitUntil(lambda: digits_tab.learn.learned is not None, timeout=20_000)
    qtbot.mouseClick(digits_tab.learn.discard_button, Qt.MouseButton.LeftButton)
    assert digits_tab.learn.learned is None
    qtbot.mouseClick(digits_tab.learn.learn_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(digits_tab.learn.cancel_button, Qt.MouseButton.LeftButton)
    assert not digits_tab.tasks.is_running("learn")
    assert digits_tab.learn.learn_button.isVisible()
    assert lab.models.entries == entries


def test_a_model_of_other_things_is_refused_in_words(qtbot, digits_tab, lab):
    lab.models.current.model.labels = tuple("abcdefghij")
    with qtbot.waitSignal(lab.messages.error) as told:
        learn(qtbot, digits_tab, lab, 2)
    assert "no question about digits" in str(told.args[0])
    assert digits_tab.learn.learn_button.isVisible()


def test_all_models_answer_beside_each_other_and_say_what_they_cannot(qtbot, digits_tab, lab):
    assert digits_tab.opinions.opinions == []
    lab.drawing.set_drawing(SEVEN)
    lab.prediction.predict_now()
    qtbot.waitUntil(lambda: len(digits_tab.opinions.opinions) == len(lab.models.entries), timeout=20_000)
    found = {opinion.key: opinion for opinion in digits_tab.opinions.opinions}
    assert set(found) == set(PRESETS)
    for key in ("softmax", "mlp", "cnn", "cnn-large"):
        assert found[key].prediction.best == "7"
    assert found["cnn"].limits == ""
    assert found["softmax"].limits == "can't refuse"
    assert found["logistic"].limits == "only 0 or 1"
    knowing = sum(len(preset.labels) == 10 for preset in PRESETS.values())
    assert digits_tab.opinions.subtitle == f"All {knowing} that know ten digits say 7."
    shown = [label.full_text for label in digits_tab.opinions.findChildren(ElidingLabel)]
    assert shown.count("can't refuse") == sum(opinion.limits == "can't refuse" for opinion in found.values()) >= 4
    # A dash: some refuse it, and softmax calls it a digit.
    lab.drawing.set_drawing(Drawing.from_points([[(0.2, 0.5), (0.8, 0.5)]]))
    lab.prediction.predict_now()
    qtbot.waitUntil(lambda: "refuse" in digits_tab.opinions.subtitle)
    assert "do not agree" in digits_tab.opinions.subtitle
    lab.drawing.clear()
    lab.prediction.predict_now()
    qtbot.waitUntil(lambda: digits_tab.opinions.opinions == [])


def test_the_chosen_epoch_answers_here_too(qtbot, digits_tab, lab):
    lab.session.set_data_source(few_digits)
    with qtbot.waitSignal(lab.session.finished, timeout=10_000):
        lab.session.start(PRESETS["softmax"], short(PRESETS["softmax"], epochs=2))
    lab.drawing.set_drawing(SEVEN)
    answers = []
    for epoch in (2, 1):
        lab.epoch.show_epoch(epoch)
        lab.prediction.predict_now()
        found = digits_tab.opinions
        qtbot.waitUntil(lambda: any(one.title.endswith(f"epoch {epoch}") for one in found.opinions), timeout=20_000)  # noqa: B023
        answers += [one.prediction.probabilities for one in found.opinions if one.key == lab.models.current.key]
        np.testing.assert_allclose(answers[-1], lab.prediction.newest.probabilities, atol=1e-6)
    assert not np.allclose(*answers)


def test_the_report_asks_for_each_digit_three_times_and_is_saved_as_a_picture(
    qtbot, digits_tab, column, lab, mine, tmp_path, monkeypatch
):
    report, canvas = digits_tab.report, column.canvas_card.canvas
    lab.settings.writer = "Anna"
    qtbot.mouseClick(report.begin_button, Qt.MouseButton.LeftButton)
    qtbot.keyClick(canvas, Qt.Key.Key_Return)
    assert mine.digits == []
    asked, went_back = [], False
    while report.guide.asked is not None:
        asked.append(report.guide.asked)
        assert report.prompt_label.text().startswith(f"Draw a {asked[-1]}")
        draw(canvas, (0.3, 0.25), (0.7, 0.25), (0.5, 0.8))
        if len(asked) % 2:
            qtbot.keyClick(canvas, Qt.Key.Key_Return)
        else:
            qtbot.mouseClick(report.next_button, Qt.MouseButton.LeftButton)
        assert lab.drawing.is_blank
        if len(asked) == 4 and not went_back:
            went_back = True
            qtbot.mouseClick(report.back_button, Qt.MouseButton.LeftButton)
            assert len(mine.digits) == 3
            assert report.guide.asked == asked.pop()
    assert sorted(asked) == sorted(list(range(10)) * 3)
    assert sorted(labels(mine)) == sorted(asked)
    qtbot.waitUntil(lambda: report.report is not None, timeout=20_000)
    assert report.report.count == 30
    assert report.report.right == 3
    assert report.report.confusion[:, 7].tolist() == [3] * 10
    assert "3 of 30 drawings are read rightly" in report.summary_label.text()
    for habit in ("position", "size", "slant", "pen", "speed"):
        assert f"{habit}: " in report.habits_label.text()
    assert "Anna" in report.page.findChild(QLabel).text()
    path = tmp_path / "hand.png"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    qtbot.mouseClick(report.save_button, Qt.MouseButton.LeftButton)
    picture = QImage(str(path))
    assert picture.width() > 2 * report.page.width()
    assert len({picture.pixel(x, y) for x in range(0, picture.width(), 7) for y in range(0, picture.height(), 7)}) > 20


def test_a_report_can_be_ended_and_made_again_later(qtbot, digits_tab, lab, mine):
    report = digits_tab.report
    assert not report.show_button.isEnabled()
    qtbot.mouseClick(report.begin_button, Qt.MouseButton.LeftButton)
    lab.drawing.set_drawing(ONE)
    qtbot.mouseClick(report.next_button, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(report.end_button, Qt.MouseButton.LeftButton)
    assert report.guide.asked is None
    digits_tab.refresh_now()
    qtbot.mouseClick(report.show_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: report.report is not None, timeout=20_000)
    assert report.report.count == 1
    lab.models.choose("angle")
    with qtbot.waitSignal(lab.messages.error) as told:
        qtbot.mouseClick(report.show_button, Qt.MouseButton.LeftButton)
    assert "ten digits" in str(told.args[0])


def test_the_data_tab_changes_my_digits_themselves(qtbot, lab, mine, show_data):
    features = [features_from_drawing(drawing) for drawing in (ONE, SEVEN)]
    mine.add([(Drawing(ONE.strokes, None), features[0])])
    mine.add([(Drawing(ONE.strokes, digit), features[0]) for digit in (1, 2, 3) * 8])
    qtbot.waitUntil(lambda: lab.datasets.choose(MY_DIGITS_KEY))
    data = show_data(lab, complete=False)
    qtbot.waitUntil(lambda: data.digits.grid.count == 24, timeout=20_000)
    lab.selection.select([1])
    qtbot.keyClick(data.digits.grid, Qt.Key.Key_8)
    assert labels(mine)[:4] == [None, 1, 8, 3]
    assert not lab.edits.of(MY_DIGITS_KEY)
