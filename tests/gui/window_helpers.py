"""What several tests of the window need."""

from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtWidgets import QAbstractButton, QDialog, QLabel

from gui.widgets.eliding_label import ElidingLabel
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


def cut_texts(window):
    """Texts of visible labels and buttons that have no room for all of their letters."""
    cut = []
    for widget in (*window.findChildren(QLabel), *window.findChildren(QAbstractButton)):
        if not widget.isVisible() or not widget.text() or isinstance(widget, ElidingLabel):
            continue
        if widget.objectName() == "predictionLabel" and len(widget.text()) == 1:
            # A digit reaches neither as high nor as low as letters do.
            continue
        wraps = isinstance(widget, QLabel) and widget.wordWrap()
        lines = widget.text().count("\n") + 1
        high = widget.heightForWidth(widget.width()) if wraps else lines * widget.fontMetrics().height()
        wide = 0 if wraps else widget.minimumSizeHint().width()
        if widget.height() < high or widget.width() < wide:
            cut.append((widget.objectName(), widget.text(), widget.width(), wide, widget.height(), high))
    return cut
