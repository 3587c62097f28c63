"""What a widget or action is called, said where it is made."""

from typing import TypeVar

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

T = TypeVar("T", bound=QWidget | QAction)


def named(made: T, object_name: str, tool_tip: str = "", accessible_name: str = "") -> T:
    """Give it its name for tests and style sheets and, where they are said, its tooltip and its name for the ear."""
    made.setObjectName(object_name)
    if tool_tip:
        made.setToolTip(tool_tip)
    if accessible_name and isinstance(made, QWidget):
        made.setAccessibleName(accessible_name)
    return made
