"""A stack of steps that can be taken back and that Python may collect."""

from PySide6.QtGui import QUndoStack
from shiboken6 import isValid


class UndoStack(QUndoStack):
    """Empties itself before it goes.

    Steps refer to what they change, which owns the stack: such a circle is garbage as a whole. Python then deletes the
    steps first, and Qt's stack deletes them once more.
    """

    def __del__(self) -> None:
        if isValid(self):
            # Who listened is garbage as well.
            self.blockSignals(True)
            self.clear()
