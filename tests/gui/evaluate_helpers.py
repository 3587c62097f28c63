"""Clicks into the charts of the Evaluate tab."""

import numpy as np
from PySide6.QtCore import QPoint, QPointF, Qt


def wait_for(qtbot, chart):
    """Until the chart is drawn and nothing in it moves any more: its axes take their room after the first drawing."""
    seen = []

    def rests():
        seen.append((chart.view.box.sceneBoundingRect(), chart.view.ranges))
        return not chart.dirty and len(seen) > 4 and seen[-1] == seen[-4]

    qtbot.waitUntil(rests)


def click_cell(qtbot, workspace, row, column, modifier=Qt.KeyboardModifier.NoModifier):
    view = workspace.matrix.chart.view
    scene = view.box.mapViewToScene(QPoint(column, row).toPointF())
    qtbot.mouseMove(view.viewport(), view.mapFromScene(scene))
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, modifier, view.mapFromScene(scene))


def places(workspace, truth, answer):
    answers = workspace.found.answers
    return np.flatnonzero((answers.targets == truth) & (answers.classes == answer))


def click_point(qtbot, chart, x, y):
    wait_for(qtbot, chart)
    view = chart.view
    place = view.mapFromScene(view.box.mapViewToScene(QPointF(x, y)))
    qtbot.mouseMove(view.viewport(), place)
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def pick(qtbot, box, text):
    """Choose in a box with the keys."""
    wanted = box.findText(text)
    while box.currentIndex() != wanted:
        qtbot.keyClick(box, Qt.Key.Key_Down if wanted > box.currentIndex() else Qt.Key.Key_Up)
