"""The end of a stack of steps that can be taken back."""

from PySide6.QtGui import QUndoStack
from shiboken6 import isValid


def empty_stack(stack: QUndoStack) -> None:
    """Delete the steps without a word, for the `__del__` of who owns the stack.

    Steps refer to what they change, which owns the stack: such a circle is garbage as a whole. Python then deletes the
    steps, and Qt's stack deletes them once more, which ends the process.
    """
    if isValid(stack):
        stack.blockSignals(True)
        stack.clear()
