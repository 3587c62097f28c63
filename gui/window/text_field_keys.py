"""No shortcut of the window acts while a text field uses its keys."""

from typing import Final

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QKeyEvent, QKeySequence
from PySide6.QtWidgets import QAbstractSpinBox, QApplication, QComboBox, QLineEdit, QPlainTextEdit, QTextEdit, QWidget

_STANDARD = QKeySequence.StandardKey
# Everything that a text field of any system does; Qt itself keeps only some of them from the shortcuts.
_EDITING: Final = (
    *(_STANDARD.Undo, _STANDARD.Redo, _STANDARD.Cut, _STANDARD.Copy, _STANDARD.Paste, _STANDARD.SelectAll),
    *(_STANDARD.Delete, _STANDARD.Backspace, _STANDARD.DeleteStartOfWord, _STANDARD.DeleteEndOfWord),
    *(_STANDARD.DeleteEndOfLine, _STANDARD.DeleteCompleteLine, _STANDARD.InsertParagraphSeparator),
    *(_STANDARD.MoveToNextChar, _STANDARD.MoveToPreviousChar, _STANDARD.MoveToNextWord, _STANDARD.MoveToPreviousWord),
    *(_STANDARD.MoveToStartOfLine, _STANDARD.MoveToEndOfLine, _STANDARD.SelectNextChar, _STANDARD.SelectPreviousChar),
    *(_STANDARD.SelectNextWord, _STANDARD.SelectPreviousWord),
    *(_STANDARD.SelectStartOfLine, _STANDARD.SelectEndOfLine),
)
# Keys with any other modifier are no text: Alt opens menus.
_OF_TEXT: Final = (
    Qt.KeyboardModifier.ShiftModifier | Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.GroupSwitchModifier
)


class TextFieldKeys(QObject):
    """Watches the text field that has the focus, and nothing else, so that no other event passes through Python."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._field: QWidget | None = None
        application = QApplication.instance()
        assert isinstance(application, QApplication)
        application.focusChanged.connect(self._on_focus_changed)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take a key for the field before the shortcuts see it."""
        if event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent) and _edits(event):
            event.accept()
            return True
        return super().eventFilter(watched, event)

    @Slot("QWidget*", "QWidget*")
    def _on_focus_changed(self, before: QWidget | None, now: QWidget | None) -> None:
        if before is not None and before is self._field:
            before.removeEventFilter(self)
        self._field = now if now is not None and _takes_text(now) else None
        if self._field is not None:
            self._field.installEventFilter(self)


def _takes_text(widget: QWidget) -> bool:
    if isinstance(widget, QComboBox):
        return widget.isEditable()
    return isinstance(widget, QLineEdit | QPlainTextEdit | QTextEdit | QAbstractSpinBox)


def _edits(event: QKeyEvent) -> bool:
    if any(event.matches(key) for key in _EDITING):
        return True
    # With any modifier they take something away: a letter, a word, a line.
    if event.key() in (Qt.Key.Key_Backspace, Qt.Key.Key_Delete):
        return True
    return bool(event.text()) and event.text().isprintable() and not event.modifiers() & ~_OF_TEXT
