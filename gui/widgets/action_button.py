"""A push button that is the face of an action."""

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton


class ActionButton(QPushButton):
    """Does what the action does, and is named, explained, enabled and checked as the action is."""

    def __init__(self, action: QAction, object_name: str) -> None:
        super().__init__()
        self.setObjectName(object_name)
        self._action = action
        self.clicked.connect(action.trigger)
        action.changed.connect(self._follow)
        self._follow()

    @Slot()
    def _follow(self) -> None:
        action = self._action
        text = action.text().replace("&", "")
        keys = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        hint = f"{action.statusTip()} ({keys})" if keys else action.statusTip()
        # Each of these lays the button out again, so only when it is another.
        if text != self.text():
            self.setText(text)
            self.setAccessibleName(text)
        if hint != self.toolTip():
            self.setToolTip(hint)
        self.setCheckable(action.isCheckable())
        self.setChecked(action.isChecked())
        self.setEnabled(action.isEnabled())
