"""What is painted of a chart: all of it, or only the part that has changed."""

import numpy as np
import pytest
from chart_helpers import falling, line, progress, started, trained
from fake_training import epoch_ended
from PySide6.QtCore import QPoint, QRectF
from PySide6.QtGui import QImage, QPainter, QPixmap, QRegion
from PySide6.QtWidgets import QWidget

from gui.charts.axis_transform import Frame
from gui.charts.line import REACH_PX


def pixels(image):
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint32).reshape(image.height(), -1).copy()


def channels(image):
    return pixels(image).view(np.uint8).reshape(image.height(), image.width(), 4).astype(np.int64)


def part(chart, x):
    """Where the chart has itself painted when its lines look different from x on."""
    return chart.view.frame.strip(x, REACH_PX, chart.view.viewport().width())


@pytest.fixture
def painted(monkeypatch):
    """From where on each redraw has had a chart painted."""
    from gui.charts.plot_view import PlotView

    told = []
    tell = PlotView.repaint_from
    monkeypatch.setattr(PlotView, "repaint_from", lambda view, x: (told.append(x), tell(view, x)))
    return told


@pytest.mark.parametrize("penalties", [0.0, 0.03])
def test_a_frame_of_new_data_paints_its_own_part_and_the_chart_looks_as_if_all_was_painted(show, painted, penalties):
    chart = show("loss").chart
    viewport = chart.view.viewport()
    chart.begin(started())
    noise = np.random.default_rng(0)
    parts, screen = 0, QPixmap(viewport.size())
    for step in range(0, 400, 3):
        losses = falling(3, step) * noise.uniform(0.8, 1.2, 3)
        epochs = [epoch_ended(step // 60 + 1, validation=0.5 + 0.1 / (step + 1))] if step % 60 == 0 else []
        chart.add(progress(step, losses, penalties, epochs=epochs, steps_per_epoch=60))
        fresh_before = chart.view.ground_is_fresh
        frame_before = chart.view.frame
        chart.redraw()
        same_axes = fresh_before and chart.view.ground_is_fresh and chart.view.frame is frame_before
        if same_axes and np.isfinite(painted[-1]):
            strip = part(chart, painted[-1])
            assert strip.width() < viewport.width()
            viewport.render(screen, strip.topLeft(), QRegion(strip), QWidget.RenderFlag.DrawWindowBackground)
            parts += 1
        else:
            viewport.render(screen, QPoint(), QRegion(), QWidget.RenderFlag.DrawWindowBackground)
        differences = np.abs(channels(screen.toImage()) - channels(viewport.grab().toImage())).max(axis=-1)
        # Smooth edges may be rounded differently here and there; a seam or something left behind would show.
        assert (differences > 0).mean() < 0.002
        assert differences.max() < 64
    assert parts > 60


def test_news_that_change_nothing_paint_nothing(show, painted):
    chart = trained(show("loss"))
    chart.redraw()
    assert painted[-1] == np.inf


def test_what_concerns_the_whole_chart_paints_all_of_it(show, themes, painted):
    card = show("loss")
    chart = trained(card)
    chart.view.pointed.emit(2.0)
    chart.redraw()
    assert painted[-1] == -np.inf
    chart.view.pointed.emit(None)
    chart.redraw()
    assert painted[-1] == -np.inf
    chart.redraw()
    themes.set_mode("dark")
    chart.redraw()
    assert painted[-1] == -np.inf
    assert not chart.view.ground_is_fresh
    themes.set_mode("light")


def test_a_line_knows_from_where_on_it_has_changed(show):
    chart = trained(show("loss"))
    training = line(chart, "training_smoothed")
    x, y = np.arange(5.0), np.ones(5)
    assert training.draw(x, y, True) == -np.inf
    assert training.draw(x, y, True) == np.inf
    assert training.draw(np.arange(6.0), np.ones(6), True) == 4.0
    changed = np.ones(6)
    changed[3] = 2.0
    assert training.draw(np.arange(6.0), changed, True) == 2.0
    assert training.draw(np.arange(4.0), changed[:4], True) == 3.0
    assert training.draw(np.arange(4.0), changed[:4], False) == -np.inf
    assert training.draw(x[:0], y[:0], False) == -np.inf
    assert training.draw(x[:0], y[:0], False) == np.inf


def test_dashes_stay_where_they_are_when_only_the_end_is_drawn(show):
    chart = show("loss").chart
    dashed = line(chart, "penalty")
    frame = Frame(QRectF(0, 0, 300, 100), (0.0, 100.0), (0.0, 1.0))
    x = np.arange(101.0)
    dashed.draw(x, 0.5 + 0.3 * np.sin(x / 5), False)
    images = []
    for left in (0, 200):
        image = QImage(300, 100, QImage.Format.Format_RGB32)
        image.fill(0xFFFFFF)
        painter = QPainter(image)
        dashed.paint(painter, frame, left, 300)
        painter.end()
        images.append(pixels(image)[:, 210:].astype(np.int64))
    different = (images[0] != images[1]).mean()
    assert different < 0.01


def test_frame_maps_there_and_back():
    frame = Frame(QRectF(40, 10, 200, 100), (1.0, 3.0), (-1.0, 1.0))
    assert (frame.column(2.0), frame.row(0.0)) == (140.0, 60.0)
    assert frame.value(140.0) == 2.0
    np.testing.assert_allclose(frame.columns(np.array([1.0, 3.0])), [40, 240])
    np.testing.assert_allclose(frame.rows(np.array([1.0, -1.0])), [10, 110])
    assert frame.strip(2.0, 5.0, 300).getRect() == (135, 10, 165, 100)
    assert frame.strip(-9.0, 5.0, 300).left() == 40
