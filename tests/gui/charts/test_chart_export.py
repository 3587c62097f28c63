import csv
import re
import threading

import pytest
from chart_helpers import drawn, falling, progress, started, trained
from PySide6.QtCore import QPoint, Qt, QTimer
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMessageBox, QToolButton, QWidget

from engine.core.file_io import write_atomically
from gui.charts.chart_card import ChartCard
from gui.services import csv_export as table_export
from gui.services.redraw_scheduler import TICK_MS, RedrawScheduler
from gui.theme.tokens import LIGHT
from gui.widgets.export_folder import ExportFolder
from gui.workspaces.train.charts.registry import CHARTS


def test_export_png_and_csv(qtbot, show, tmp_path):
    card = show("loss")
    trained(card)
    told = []
    card.menu.files.written.connect(told.append)
    with qtbot.waitSignal(card.menu.files.written):
        card.menu.export(card.chart, tmp_path / "loss.png")
    with qtbot.waitSignal(card.menu.files.written):
        card.menu.export(card.chart, tmp_path / "loss.csv")
    assert told == [str(tmp_path / "loss.png"), str(tmp_path / "loss.csv")]
    image = QImage(str(tmp_path / "loss.png"))
    assert image.width() > 2 * card.chart.width()
    colours = {image.pixelColor(x, y).name() for x in range(0, image.width(), 3) for y in range(0, image.height(), 3)}
    assert {LIGHT.surface, LIGHT.accent, LIGHT.second} <= colours
    with open(tmp_path / "loss.csv", newline="") as file:
        lines = file.readlines()
    rows = list(csv.DictReader(line for line in lines if not line.startswith("#")))
    assert [float(row["value"]) for row in rows if row["series"] == "validation"] == pytest.approx([1, 0.5, 1 / 3])
    assert len([row for row in rows if row["series"] == "training_batch"]) == 30
    assert (rows[0]["epoch"], rows[0]["step"], rows[0]["kind"]) == ("0.1", "1", "raw")
    assert {row["kind"] for row in rows if row["series"] == "training_smoothed"} == {"smoothed"}
    assert "# preset: cnn\n" in lines
    assert "# batch_size: " in "".join(lines)
    assert max(len(row["value"]) for row in rows) <= 11


def test_a_drawing_in_svg_has_lines_letters_and_the_title(show, tmp_path):
    card = show("loss")
    trained(card)
    card.menu.export(card.chart, tmp_path / "loss.svg")
    card.menu.files.finish()
    text = (tmp_path / "loss.svg").read_text()
    words = "".join(re.findall(r">([^<]*)</text>", text))
    assert ">Loss · 8,500 training digits<" in text
    assert "validation" in words
    assert "epoch" in words
    assert LIGHT.accent in text
    assert text.count("<polyline") + text.count("<path") > 20


def test_steps_go_on_where_a_continued_run_has_other_batches(qtbot, show, tmp_path):
    card = show("loss")
    card.chart.begin(started())
    card.chart.add(progress(0, falling(20), steps_per_epoch=10))
    card.chart.begin(started(continued=True, first_epoch=2.0, first_step=20))
    card.chart.add(progress(0, falling(10), steps_per_epoch=5))
    with qtbot.waitSignal(card.menu.files.written):
        card.menu.export(card.chart, tmp_path / "loss.csv")
    lines = (tmp_path / "loss.csv").read_text().splitlines()
    rows = list(csv.DictReader(line for line in lines if line[0] != "#"))
    steps = [int(row["step"]) for row in rows if row["series"] == "training_batch"]
    assert steps == list(range(1, 31))


def test_the_folder_of_an_export_is_remembered(qapp, themes, scheduler, monkeypatch, tmp_path):
    folder = ExportFolder()
    asked = []

    def choose(_parent, _title, suggestion, _kind):
        asked.append(suggestion)
        return str(tmp_path / "first.png"), ""

    monkeypatch.setattr("gui.widgets.export_folder.QFileDialog.getSaveFileName", choose)
    cards = [ChartCard(CHARTS[name](themes)) for name in ("loss", "accuracy")]
    for card in cards:
        card.menu.set_export_folder(folder)
    for card in cards:
        card.menu.actions()[0].trigger()
    assert asked == ["loss.png", str(tmp_path / "accuracy.png")]
    assert folder.path == str(tmp_path)


def test_a_name_gets_its_ending_and_no_file_is_replaced_unasked(qapp, monkeypatch, tmp_path):
    folder, parent, asked = ExportFolder(), QWidget(), []
    answers = iter((QMessageBox.StandardButton.No, QMessageBox.StandardButton.Yes))

    def question(_parent, _title, text, *_buttons):
        asked.append(text)
        return next(answers)

    monkeypatch.setattr("gui.widgets.export_folder.QMessageBox.question", question)
    for typed, told in (("loss v1.2", "loss v1.2.png"), ("loss.svg", "loss.svg"), ("loss.PNG", "loss.PNG")):
        choose = lambda *_, typed=typed: (str(tmp_path / typed), "")  # noqa: E731
        monkeypatch.setattr("gui.widgets.export_folder.QFileDialog.getSaveFileName", choose)
        assert folder.ask(parent, "Save loss", "loss.png", "", (".svg",)) == tmp_path / told
    (tmp_path / "old.png").touch()
    choose = lambda *_: (str(tmp_path / "old"), "")  # noqa: E731
    monkeypatch.setattr("gui.widgets.export_folder.QFileDialog.getSaveFileName", choose)
    assert folder.ask(parent, "Save loss", "loss.png", "") is None
    assert folder.ask(parent, "Save loss", "loss.png", "") == tmp_path / "old.png"
    assert asked == ["old.png is there already. Replace it?"] * 2


def test_an_export_that_fails_is_told_in_a_sentence(qtbot, show, tmp_path):
    card = show("loss")
    trained(card)
    told = []
    card.menu.files.failed.connect(told.append)
    for name in ("loss.csv", "loss.png"):
        with qtbot.waitSignal(card.menu.files.failed):
            card.menu.export(card.chart, tmp_path / "missing" / name)
    assert [sentence[:27] for sentence in told] == ["loss.csv could not be saved", "loss.png could not be saved"]
    assert card.menu.actions()[2].isEnabled()


def test_a_table_is_written_in_the_background_as_it_was_when_asked_for(qtbot, show, tmp_path, monkeypatch):
    card = show("loss")
    chart = trained(card)
    go_on = threading.Event()
    monkeypatch.setattr(table_export, "write_atomically", lambda *args: go_on.wait(5) and write_atomically(*args))
    begun = []
    card.menu.files.begun.connect(begun.append)
    path = tmp_path / "loss.csv"
    card.menu.export(card.chart, path)
    action = card.menu.actions()[2]
    assert begun == [str(path)]
    assert not path.exists()
    assert not action.isEnabled()
    assert "Saving" in action.text()
    chart.clear()
    with qtbot.waitSignal(card.menu.files.written):
        go_on.set()
    assert action.isEnabled()
    assert len(path.read_text().splitlines()) > 60
    card.menu.files.finish()


def test_closing_waits_for_a_table(show, tmp_path):
    card = show("loss")
    trained(card)
    card.menu.export(card.chart, tmp_path / "loss.csv")
    card.menu.files.finish()
    assert (tmp_path / "loss.csv").exists()


def test_a_table_that_fails_while_the_window_closes_is_in_the_log(show, tmp_path, caplog):
    card = show("loss")
    trained(card)
    card.menu.export(card.chart, tmp_path / "missing" / "loss.csv")
    card.menu.files.finish()
    assert "loss.csv could not be saved" in caplog.text


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_opens_from_button_and_context(qtbot, show):
    card = show("loss")
    chart = trained(card)
    texts = [action.text() for action in card.menu.actions()]
    assert texts[:3] == ["Save picture (PNG) …", "Save drawing (SVG) …", "Save numbers (CSV) …"]
    qtbot.mouseClick(card.menu_button, Qt.MouseButton.LeftButton)
    assert card.menu.isVisible()
    card.menu.close()
    QTest.mouseClick(chart.view.viewport(), Qt.MouseButton.RightButton, pos=QPoint(150, 100))
    assert card.menu.isVisible()
    card.menu.close()


def test_buttons_explain_themselves(show):
    for button in show("loss").findChildren(QToolButton):
        assert button.toolTip()
        assert button.accessibleName()


def test_the_board_draws_one_chart_at_a_time_and_the_busy_one_with_every_news(qapp):
    now, drawn = [0.0], []
    scheduler = RedrawScheduler(clock=lambda: now[0])

    class Busy:
        dirty = True

        def __init__(self, name, redraw_ticks):
            self.name, self.redraw_ticks = name, redraw_ticks

        def isVisible(self):
            return True

        def redraw(self):
            drawn.append((now[0], self.name))

    for name, every in (("loss", 2), ("accuracy", 14), ("pinned", 14)):
        scheduler.add(Busy(name, every))
    for _ in range(280):
        now[0] += TICK_MS / 1000
        scheduler.tick()
    scheduler.shutdown()
    assert len({moment for moment, _ in drawn}) == len(drawn)
    counts = {name: sum(name == other for _, other in drawn) for name in ("loss", "accuracy", "pinned")}
    assert 140 >= counts["loss"] >= 125
    assert min(counts["accuracy"], counts["pinned"]) >= 18


def test_the_scheduler_redraws_once_a_tick_and_only_what_is_dirty_and_visible(qtbot, scheduler):
    class Counted:
        redraw_ticks = 1

        def __init__(self, dirty, visible):
            self.dirty, self.visible, self.count = dirty, visible, 0

        def isVisible(self):
            return self.visible

        def redraw(self):
            self.count += 1
            self.dirty = False

    charts = [Counted(True, True), Counted(True, False), Counted(False, True)]
    for chart in charts:
        scheduler.add(chart)
    timer = scheduler.findChild(QTimer)
    scheduler.wake()
    assert timer.isActive()
    qtbot.waitUntil(lambda: not timer.isActive(), timeout=2000)
    assert [chart.count for chart in charts] == [1, 0, 0]
    charts[1].visible = True
    scheduler.wake()
    qtbot.waitUntil(lambda: not timer.isActive(), timeout=2000)
    assert [chart.count for chart in charts] == [1, 1, 0]


def test_a_hidden_chart_catches_up_when_it_is_shown(qtbot, show):
    card = show("loss")
    card.hide()
    chart = card.chart
    chart.begin(started())
    chart.add(progress(0, falling(10)))
    qtbot.wait(120)
    assert drawn(chart, "training_batch")[0] is None or not len(drawn(chart, "training_batch")[0])
    card.show()
    qtbot.waitUntil(lambda: len(drawn(chart, "training_batch")[0]) == 10, timeout=2000)


def test_the_plot_shows_where_the_keys_go(qtbot, show):
    card = show("loss")
    view = card.chart.view

    def edge():
        return view.grab().toImage().pixelColor(view.width() // 2, 0).name()

    card.activateWindow()
    view.setFocus()
    qtbot.waitUntil(view.hasFocus)
    assert edge() == LIGHT.accent
    card.menu_button.setFocus()
    assert edge() != LIGHT.accent
