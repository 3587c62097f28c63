"""What is seen of a chart after its surroundings have changed."""

import numpy as np
from chart_helpers import falling, progress, started, trained
from PySide6.QtGui import QColor, QFontMetricsF, QImage
from PySide6.QtWidgets import QApplication, QGraphicsSimpleTextItem

from gui.charts.axis import PaintedAxis
from gui.charts.matrix_chart import MatrixChart
from gui.theme.tokens import LIGHT


def pixels(widget):
    image = widget.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1).copy()


def label_of(chart, text):
    items = [item for item in chart.view.scene().items() if isinstance(item, QGraphicsSimpleTextItem)]
    return next(item for item in items if item.text() == text and item.isVisible())


def test_names_stay_at_the_ends_of_their_lines_when_the_size_changes(show):
    card = show("loss")
    chart = trained(card)
    for size in ((520, 300), (520, 160), (760, 420), (300, 180)):
        card.resize(*size)
        QApplication.processEvents()
        chart.redraw()
        name = label_of(chart, "validation")
        center = name.sceneBoundingRect().center()
        x, y = (values[-1] for values in next(line for line in chart.lines if line.label == "validation").points)
        end = chart.view.to_pixels(x, y)
        assert abs(center.y() - end.y()) < 20
        assert name.sceneBoundingRect().left() > end.x()
        assert name.sceneBoundingRect().right() <= chart.view.width()


def test_a_chart_looks_the_same_however_it_came_to_its_size(show):
    noise = np.random.default_rng(0).uniform(0.8, 1.2, 300)
    pictures = []
    for sizes in (((520, 300),), ((700, 180), (360, 420), (520, 300))):
        card = show("loss")
        chart = card.chart
        chart.begin(started())
        for step, size in enumerate(sizes):
            card.resize(*size)
            QApplication.processEvents()
            first, last = (0, 300) if len(sizes) == 1 else (100 * step, 100 * step + 100)
            chart.add(progress(first, falling(last - first, first) * noise[first:last], steps_per_epoch=60))
            chart.redraw()
            QApplication.processEvents()
        chart.redraw()
        pictures.append(pixels(chart.view))
    assert pictures[0].shape == pictures[1].shape
    assert (pictures[0] != pictures[1]).mean() < 0.002


def test_axes_are_painted_only_when_they_say_something_else(show, themes, monkeypatch):
    card = show("loss")
    card.resize(520, 300)
    chart, painted, ticks = card.chart, [], PaintedAxis.ticks
    monkeypatch.setattr(PaintedAxis, "ticks", lambda axis, length: (painted.append(axis), ticks(axis, length))[1])
    chart.begin(started())
    first, counts = 0, []
    for count in (290, 1, 1, 300):
        chart.add(progress(first, falling(count, first), steps_per_epoch=60))
        first += count
        chart.redraw()
        QApplication.processEvents()
        before = pixels(chart.view)
        counts.append(len(painted))
    assert 0 < counts[0] == counts[2] < counts[3]
    themes.set_mode("dark")
    chart.redraw()
    assert (pixels(chart.view)[:, :30] != before[:, :30]).any()
    themes.set_mode("light")
    chart.redraw()
    assert (pixels(chart.view) == before).all()


def test_all_of_the_plot_is_painted_in_the_theme(show, themes):
    card = show("loss")
    chart = trained(card)
    assert (pixels(chart.view) == QColor(LIGHT.accent).rgb()).any()
    themes.set_mode("dark")
    chart.redraw()
    assert not (pixels(chart.view) == QColor(LIGHT.surface).rgb()).any()
    themes.set_mode("light")


def test_larger_text_has_its_room_and_leaves_the_plot_its_height(themes, qtbot):
    chart = MatrixChart(themes)
    qtbot.addWidget(chart)
    chart.setMinimumHeight(300)
    chart.view.set_words("", "truth ↓   answer →")
    try:
        themes.set_text_percent(200)
        names = [str(digit) for digit in range(10)]
        chart.set_matrix(np.eye(10), names, names)
        chart.resize(400, chart.minimumHeight())
        chart.show()
        height = QFontMetricsF(chart.view.font()).height()
        assert chart.minimumHeight() == 600
        assert chart.view.area.top() >= height
        for axis, length in (("left", 200.0), ("bottom", 150.0)):
            places, texts = chart.view.axes[axis].ticks(length)
            widest = max(QFontMetricsF(chart.view.font()).horizontalAdvance(text) for text in texts)
            assert length / 10 * (places[1] - places[0]) >= (height if axis == "left" else widest)
    finally:
        themes.set_text_percent(100)
    assert chart.minimumHeight() == 300
