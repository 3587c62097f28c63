"""What several tests of the window need."""

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QDialog

from models import PRESETS


def model_of(name="softmax"):
    preset = PRESETS[name]
    return preset.model(preset.build(3))


def drop(window, *paths):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path)) for path in paths])
    event = QDropEvent(
        QPointF(50, 50), Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    )
    window.dropEvent(event)


def error_text(window):
    dialog = window.findChild(QDialog, "errorDialog")
    return dialog.message if dialog is not None and dialog.isVisible() else ""
