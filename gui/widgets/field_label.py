"""Labels in front of fields, tied to them for screen readers and access keys."""

from PySide6.QtWidgets import QLabel, QWidget

from gui.theme.stylesheet import mark_muted


def label_for(field: QWidget, text: str) -> QLabel:
    """A quiet label that names a field."""
    label = mark_muted(QLabel(text))
    label.setBuddy(field)
    return label
