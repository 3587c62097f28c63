"""A field under its caption."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.widgets.field_label import label_for


def labeled(text: str, field: QWidget) -> QWidget:
    """A widget that holds both; the caption belongs to the field, also for a screen reader."""
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(2)
    label = label_for(field, text)
    field.setAccessibleName(text)
    column.addWidget(label)
    column.addWidget(field)
    return holder
