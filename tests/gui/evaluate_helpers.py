"""Clicks into the charts of the Evaluate tab."""

import numpy as np
from PySide6.QtCore import QCoreApplication, QPoint, QPointF, Qt


def click_cell(qtbot, workspace, row, column, modifier=Qt.KeyboardModifier.NoModifier):
    view = workspace.matrix.chart.view
    scene = view.box.mapViewToScene(QPoint(column, row).toPointF())
    qtbot.mouseMove(view.viewport(), view.mapFromScene(scene))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, view.mapFromScene(scene))


def places(workspace, truth, answer):
    answers = workspace.found.answers
    return np.flatnonzero((answers.targets == truth) & (answers.classes == answer))


def click_point(qtbot, chart, x, y):
    qtbot.waitUntil(lambda: not chart.dirty)
    view = chart.view
    place = view.mapFromScene(view.box.mapViewToScene(QPointF(x, y)))
    qtbot.mouseMove(view.viewport(), place)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)
