"""One contract for every kind of chart in the kit."""

import csv

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QFocusEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QGraphicsSimpleTextItem, QLabel

from gui.charts.bar_chart import BarChart
from gui.charts.chart_card import ChartCard
from gui.charts.image_chart import ImageChart
from gui.charts.line import LineStyle
from gui.charts.line_chart import LineChart
from gui.charts.matrix_chart import MatrixChart
from gui.charts.overlays import Band, Mark
from gui.charts.scatter_chart import ScatterChart
from gui.theme.tokens import DARK, LIGHT
from gui.workspaces.runs.heat_map import HeatMap
from gui.workspaces.runs.parallel_chart import Coordinate, ParallelChart

# To add a kind: its line here, and data for it below.
KINDS = {
    "lines": LineChart,
    "bars": BarChart,
    "scatter": ScatterChart,
    "matrix": MatrixChart,
    "heat map": HeatMap,
    "image": ImageChart,
    "parallel": ParallelChart,
}


def fill_lines(chart):
    line = chart.add_line("rate", "rate", LineStyle(lambda theme: theme.accent))
    line.set_data(np.array([1.0, 2.0, 4.0]), np.array([0.5, 0.25, 0.125]))
    chart.add_overlay(Band(line)).set_data(np.array([1.0, 4.0]), np.array([0.4, 0.1]), np.array([0.6, 0.2]))
    chart.add_mark(2.0, "chosen")
    chart.apply_theme(chart.theme)


# Fills a chart; a place with data in axis units, and the index that a click there selects; rows of its table.
FILLERS = {
    "lines": (fill_lines, (2.0, 0.25), ("rate", 1), 7),
    "bars": (lambda chart: chart.set_bars(["a", "b", "c"], [0.2, 0.7, -0.1], 1), (1.0, 0.3), 1, 3),
    "scatter": (
        lambda chart: chart.set_points([0.0, 1.0, 5.0], [0.0, 2.0, 1.0], [0, 1, 1], ["right", "wrong"]),
        (1.0, 2.0),
        1,
        3,
    ),
    "matrix": (lambda chart: chart.set_matrix([[90, 3], [1, 70]], "ab", "ab"), (1.0, 0.0), (0, 1), 4),
    "heat map": (lambda chart: chart.set_matrix([[90, np.nan], [91, 92]], "ab", "cd"), (1.0, 1.0), (1, 1), 4),
    "parallel": (
        lambda chart: chart.set_coordinates(
            [Coordinate("rate", [0.0, 1.0], ["0.1", "1"]), Coordinate("accuracy", [0.2, 0.9], ["20 %", "90 %"])],
            ["first", "second"],
            1,
        ),
        (1.0, 0.85),
        1,
        4,
    ),
    "image": (lambda chart: chart.set_image(np.arange(12.0).reshape(3, 4)), (3.0, 1.0), (1, 3), 12),
}


@pytest.fixture
def make(qtbot, themes):
    cards = []

    def make_card(kind, size=(420, 280)):
        card = ChartCard(KINDS[kind](themes))
        cards.append(card)
        qtbot.addWidget(card)
        card.resize(*size)
        card.show()
        QApplication.processEvents()
        return card

    yield make_card
    # Only this list has kept them alive.
    cards.clear()


@pytest.fixture(params=KINDS)
def kind(request):
    return request.param


@pytest.fixture
def filled(make, kind):
    card = make(kind)
    FILLERS[kind][0](card.chart)
    QApplication.processEvents()
    return card


def pixels(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1).copy()


def test_every_kind_has_data_to_be_tested_with():
    assert set(FILLERS) == set(KINDS)


def test_an_empty_chart_says_so_and_reads_nothing(make, kind, tmp_path):
    card = make(kind)
    chart = card.chart
    words = [label for label in chart.findChildren(QLabel) if label.text() == chart.empty_text]
    assert words[0].isVisible()
    assert chart.empty
    assert chart.accessibleDescription() == "no data yet"
    before = chart.view.ranges
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Plus, Qt.Key.Key_0):
        QTest.keyClick(chart.view, key)
    chart.view.pointed.emit(QPointF(0.0, 0.0))
    chart.view.clicked.emit(QPointF(0.0, 0.0))
    assert chart.readout.text == ""
    assert chart.view.ranges == before
    card.menu.export(card.chart, tmp_path / "empty.svg")
    card.menu.files.finish()
    assert (tmp_path / "empty.svg").stat().st_size > 100


def test_data_are_drawn_and_described(filled, make, kind):
    chart = filled.chart
    empty = make(kind).chart
    assert not chart.empty
    words = [label for label in chart.findChildren(QLabel) if label.text() == chart.empty_text]
    assert not words[0].isVisible()
    assert (pixels(chart.view) != pixels(empty.view)).mean() > 0.002
    if kind != "lines":
        assert chart.accessibleDescription() != "no data yet"


def test_the_theme_changes_all_of_it(filled, themes):
    light = pixels(filled.chart.view)
    themes.set_mode("dark")
    dark = pixels(filled.chart.view)
    assert dark[2, 2] & 0xFFFFFF == int(DARK.surface[1:], 16)
    assert light[2, 2] & 0xFFFFFF == int(LIGHT.surface[1:], 16)
    themes.set_mode("light")
    assert (pixels(filled.chart.view) == light).mean() > 0.999


def test_pointer_and_keys_read_and_a_click_tells_the_index(qtbot, filled, kind):
    chart, (_, (x, y), index, _) = filled.chart, FILLERS[kind]
    chart.view.pointed.emit(QPointF(x, y))
    assert chart.readout.text
    place = chart.view.to_pixels(x, y).toPoint()
    with qtbot.waitSignal(chart.clicked) as told:
        qtbot.mouseClick(chart.view.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == [index]
    with qtbot.waitSignal(chart.clicked) as told:
        QTest.keyClick(chart.view, Qt.Key.Key_Return)
    assert told.args == [index]
    QTest.keyClick(chart.view, Qt.Key.Key_Escape)
    assert chart.readout.text == ""
    seen = set()
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Right, Qt.Key.Key_Down):
        QTest.keyClick(chart.view, key)
        seen.add(chart.readout.text)
    assert len(seen) >= 2
    assert "" not in seen
    QApplication.sendEvent(chart.view, QFocusEvent(QEvent.Type.FocusOut, Qt.FocusReason.TabFocusReason))
    assert chart.readout.text == ""


def test_pictures_and_tables(qtbot, filled, kind, tmp_path):
    with qtbot.waitSignal(filled.menu.files.written):
        filled.menu.export(filled.chart, tmp_path / "chart.png")
    assert QImage(str(tmp_path / "chart.png")).width() > 2 * filled.chart.view.width() - 4
    with qtbot.waitSignal(filled.menu.files.written):
        filled.menu.export(filled.chart, tmp_path / "chart.svg")
    assert "<svg" in (tmp_path / "chart.svg").read_text()
    with qtbot.waitSignal(filled.menu.files.written):
        filled.menu.export(filled.chart, tmp_path / "chart.csv")
    with open(tmp_path / "chart.csv", newline="") as file:
        assert len(list(csv.DictReader(file))) == FILLERS[kind][3]


@pytest.mark.parametrize("size", [(160, 120), (900, 600)])
def test_small_and_large(filled, size):
    filled.resize(*size)
    QApplication.processEvents()
    area = filled.chart.view.area
    assert area.width() > 20
    assert area.height() > 20
    assert area.right() <= filled.chart.view.width() + 1


def test_zooming_is_bounded(filled):
    chart = filled.chart
    (left, right), (low, high) = chart.view.ranges
    for key, most in ((Qt.Key.Key_Plus, 1.0), (Qt.Key.Key_Minus, 3.1)):
        for _ in range(80):
            QTest.keyClick(chart.view, key)
        shown_x, shown_y = chart.view.ranges
        assert 1e-6 < (shown_x[1] - shown_x[0]) / (right - left) <= most * 1.5
        assert 1e-6 < (shown_y[1] - shown_y[0]) / (high - low) <= most * 1.5


def test_the_diagonal_and_the_rest_have_scales_of_their_own(make):
    chart = make("matrix").chart
    chart.set_matrix([[990, 1, 9], [0, 980, 0], [5, 0, 970]], "abc", "abc")
    colors = chart.colors().astype(int)
    assert np.abs(colors[0, 2] - colors[0, 1]).sum() > 100
    assert np.abs(colors[0, 0] - colors[0, 2]).sum() > 100
    assert chart.accessibleDescription().startswith("Largest beside the diagonal: row a, column c, value 9; row c")


def test_logarithmic_x_and_wrong_shapes(make):
    card = make("lines")
    chart = card.chart
    chart.view.set_logarithmic(True, "bottom")
    chart.set_logarithmic(True)
    fill_lines(chart)
    chart.view.pointed.emit(QPointF(np.log10(2.0), np.log10(0.25)))
    assert "0.25" in chart.readout.text
    assert chart.view.ranges[0][1] == pytest.approx(np.log10(4.0), abs=0.1)
    with pytest.raises(ValueError, match="named"):
        make("matrix").chart.set_matrix(np.zeros((2, 3)), "ab", "ab")
    with pytest.raises(ValueError, match="shape"):
        make("image").chart.set_image(np.zeros(3))
    with pytest.raises(ValueError, match="one length"):
        make("scatter").chart.set_points([1.0], [1.0, 2.0])


@pytest.mark.parametrize("theme", [LIGHT, DARK])
def test_names_of_lines_can_be_read_on_the_surface(theme):
    from gui.theme.color_scales import luminance, ramp, readable

    for color in (*theme.series, theme.accent, theme.second):
        low, high = sorted(luminance(ramp(0.0, shown)) for shown in (readable(color, theme), theme.surface))
        assert (high + 0.05) / (low + 0.05) >= 4.45
    assert readable(theme.text, theme) == theme.text


def test_numbers_that_do_not_fit_their_cells_are_written_in_short(make):
    chart = make("matrix", (400, 330)).chart
    counts = np.diag([5917.0, 6742.0, 20.0, 10_217.0, *[0.0] * 7])
    counts[10, 10] = 60_000
    chart.set_matrix(counts, "0123456789S", "0123456789S")
    items = [item for item in chart.view.scene().items() if isinstance(item, QGraphicsSimpleTextItem)]
    assert {item.text() for item in items if item.isVisible()} == {"5.9k", "6.7k", "20", "10k", "60k"}


def test_names_of_marks_that_are_close_stand_below_each_other(make):
    chart = make("lines").chart
    FILLERS["lines"][0](chart)
    for number in range(1, 9):
        chart.add_mark(2.0 + 0.01 * number, "learning rate 0.003")
    edge = chart.add_mark(3.9, "continued")
    chart.redraw()
    close = [mark.item for mark in chart.overlays_of(Mark) if mark.x < 3 and mark.item.label.isVisible()]
    places = [item.label.orthoPos for item in close]
    assert places == sorted(set(places), reverse=True)
    assert 1 < len(places) < 9
    assert close[1].toolTip() == close[1].label.textItem.toPlainText() == "learning rate 0.003"
    # At the right edge, at the left of the line.
    assert edge.item.label.anchor.x() == 1
