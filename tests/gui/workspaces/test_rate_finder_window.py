"""The finder of learning rates in the window: through real events, with everything put back."""

import csv
import math

import numpy as np
import pyqtgraph
import pytest
from PySide6.QtCore import QEvent, QEventLoop, QPointF, Qt, QTimer
from PySide6.QtGui import QContextMenuEvent, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QFileDialog, QLabel

from engine.training.rate_finder import RateCurve
from gui.charts.overlays import Shade
from gui.theme.manager import ThemeManager
from gui.workspaces.train.workspace import TrainWorkspace


@pytest.fixture
def workspace(qtbot, qapp, lab):
    workspace = TrainWorkspace(lab, ThemeManager(qapp, "light"))
    qtbot.addWidget(workspace)
    workspace.resize(1000, 700)
    workspace.show()
    form = workspace.panel.form
    form.selector.setCurrentIndex(form.selector.findData("softmax"))
    yield workspace
    workspace.shut_down()


def click(widget, name):
    QTest.mouseClick(widget.findChild(QAbstractButton, name), Qt.MouseButton.LeftButton)


def wait_for(true, milliseconds=10000):
    loop = QEventLoop()
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: true() and loop.quit())
    timer.start()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
    timer.stop()
    assert true()


def news(workspace):
    return workspace.rates.dialog.findChild(QLabel, "rateNews").text()


def drag_to(chart, rate):
    """Pull the line to a rate with the mouse."""
    view, port = chart.view, chart.view.viewport()
    middle = sum(view.box.viewRange()[1]) / 2

    def place(exponent):
        return view.mapFromScene(view.box.mapViewToScene(QPointF(exponent, middle)))

    start, end = place(chart.chosen.item.value()), place(math.log10(rate))
    QTest.mouseMove(port, start)
    QTest.mousePress(port, Qt.MouseButton.LeftButton, pos=start)
    for step in range(1, 6):
        at = start + (end - start) * step / 5
        event = QMouseEvent(
            QEvent.Type.MouseMove, QPointF(at), port.mapToGlobal(QPointF(at)), Qt.MouseButton.NoButton,
            Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier,
        )  # fmt: skip
        QApplication.sendEvent(port, event)
    QTest.mouseRelease(port, Qt.MouseButton.LeftButton, pos=end)


def test_a_band_is_found_dragged_and_used(workspace, monkeypatch):
    # pyqtgraph leaves out moves that come within 10 ms of each other, as no hand's do.
    monkeypatch.setitem(pyqtgraph.CONFIG_OPTIONS, "mouseRateLimit", 0)
    click(workspace, "rateFinderButton")
    dialog = workspace.rates.dialog
    wait_for(lambda: dialog.band is not None)
    assert dialog.band.low <= dialog.band.valley <= dialog.band.high
    assert "worth trying" in news(workspace)
    assert len(dialog.chart.overlays_of(Shade)) == 1
    assert dialog.chart.chosen.x == dialog.band.suggested
    assert dialog.findChild(QAbstractButton, "useRateButton").text() == f"Use {dialog.band.suggested:.2g}"
    drag_to(dialog.chart, 0.01)
    assert dialog.rate == pytest.approx(0.01, rel=0.1)
    assert dialog.findChild(QAbstractButton, "useRateButton").text() == f"Use {dialog.rate:.2g}"
    click(dialog, "useRateButton")
    assert workspace.panel.form.config.learning_rate == pytest.approx(dialog.rate, rel=0.01)
    assert "learning_rate" in workspace.collect_values()["fields"]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_the_menu_saves_the_chart(workspace, qtbot, lab, tmp_path, monkeypatch):
    click(workspace, "rateFinderButton")
    dialog, path = workspace.rates.dialog, tmp_path / "rates.csv"
    dialog.stop()
    curve = RateCurve(np.geomspace(1e-4, 1.0, 60), np.linspace(1.0, 90.0, 60))
    dialog.chart.show_curves([curve], None)
    assert dialog.chart.lines[0].series.y.max() < 90
    view = dialog.chart.view
    middle = view.rect().center()
    key = QContextMenuEvent(QContextMenuEvent.Reason.Keyboard, middle, view.mapToGlobal(middle))
    QApplication.sendEvent(view, key)
    assert dialog.menu.isVisible()
    dialog.menu.close()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(path), ""))
    with qtbot.waitSignal(lab.messages.message, check_params_cb=lambda text: text == f"Saved {path}."):
        dialog.menu.actions()[2].trigger()
    columns, *rows = csv.reader(path.read_text().splitlines())
    assert columns == ["series", "kind", "learning rate", "value"]
    # What would press all that matters flat is cut off in the chart alone.
    for kind, losses in (("raw", curve.losses), ("smoothed", curve.smoothed)):
        told = [[float(rate), float(loss)] for name, one, rate, loss in rows if (name, one) == ("start 1", kind)]
        np.testing.assert_allclose(told, np.stack([curve.rates, losses], axis=1), rtol=1e-5)


def test_stop_keeps_the_field_and_tells_what_was_measured(workspace):
    before = workspace.panel.form.config
    click(workspace, "rateFinderButton")
    click(workspace.rates.dialog, "stopRateButton")
    assert news(workspace).startswith("Stopped.")
    assert not workspace.rates.dialog.findChild(QAbstractButton, "useRateButton").isEnabled()
    assert workspace.panel.form.config == before


def test_l_bfgs_says_why_there_is_nothing_to_look_for(workspace):
    form = workspace.panel.form
    form.fields["optimizer"].set_text("lbfgs")
    assert not form.fields["learning_rate"].editor.isEnabled()
    click(workspace, "rateFinderButton")
    assert "line search" in news(workspace)
    assert not workspace.rates.dialog.findChild(QAbstractButton, "useRateButton").isEnabled()
