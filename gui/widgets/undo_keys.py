"""A widget with an undo of its own: its keys are not the window's while it has the focus."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QWidget

_STANDARD = QKeySequence.StandardKey
_ERASING = (Qt.Key.Key_Delete, Qt.Key.Key_Backspace)


class UndoKeys(QObject):
    """Takes undo, redo, Delete and digits from the shortcuts for the widget that it watches.

    Signals:
        undo_requested, redo_requested: the usual keys of either; all others reach the widget.
    """

    undo_requested = Signal()
    redo_requested = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Before the shortcuts, and before the widget."""
        if isinstance(event, QKeyEvent) and event.type() in (QEvent.Type.ShortcutOverride, QEvent.Type.KeyPress):
            undoes, redoes = event.matches(_STANDARD.Undo), event.matches(_STANDARD.Redo)
            if event.type() == QEvent.Type.ShortcutOverride:
                plain = not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
                if undoes or redoes or (plain and (event.key() in _ERASING or event.text().isdecimal())):
                    event.accept()
                    return True
            elif undoes or redoes:
                (self.undo_requested if undoes else self.redo_requested).emit()
                return True
        return super().eventFilter(watched, event)
