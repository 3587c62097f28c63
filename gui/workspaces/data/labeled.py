"""A field under its caption."""

from PySide6.QtWidgets import QLabel, QVBoxLayout, QWidget

from gui.theme.stylesheet import mark_muted


def labeled(text: str, field: QWidget) -> QWidget:
    """A widget that holds both; the caption belongs to the field, also for a screen reader."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    label = mark_muted(QLabel(text))
    label.setBuddy(field)
    field.setAccessibleName(text)
    column.addWidget(label)
    column.addWidget(field)
    return holder
