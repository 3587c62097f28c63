"""What tests of the Data tab do to it."""

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication

LEFT = Qt.MouseButton.LeftButton


def bring(qtbot, workspace, path, **options):
    workspace.checks = None
    workspace.lab.imports.import_path(path, options)
    qtbot.waitUntil(lambda: workspace.checks is not None, timeout=20_000)


def click(qtbot, widget):
    qtbot.mouseClick(widget, LEFT)


def click_digit(qtbot, card, place, modifier=Qt.KeyboardModifier.NoModifier):
    qtbot.mouseClick(card.grid.viewport(), LEFT, modifier, card.grid.rect_of(place).center())


def drop(widget, mime):
    at = QPoint(40, 40)
    actions, buttons, none = Qt.DropAction.CopyAction, LEFT, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(at, actions, mime, buttons, none)
    QApplication.sendEvent(widget, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(widget, QDropEvent(QPointF(at), actions, mime, buttons, none))
