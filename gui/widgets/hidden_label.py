"""A label that only screen readers find, for a field whose place says what it is."""

from PySide6.QtWidgets import QLabel, QWidget


def add_hidden_label(text: str, field: QWidget, parent: QWidget) -> None:
    """Tell what `field` is: on Linux the name of a combo box is its value."""
    label = QLabel(text, parent)
    label.setBuddy(field)
    label.hide()
