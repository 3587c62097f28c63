"""Quiet labels in front of boxes."""

from PySide6.QtWidgets import QLabel, QWidget

from gui.theme.stylesheet import mark_muted


def label_for(field: QWidget, text: str) -> QLabel:
    """A caption that belongs to the field, also for a screen reader."""
    label = mark_muted(QLabel(text))
    label.setBuddy(field)
    return label
