"""A field under its caption."""

from PySide6.QtWidgets import QVBoxLayout, QWidget

from gui.widgets.field_label import label_for
from gui.widgets.filled import filled


def labeled(text: str, field: QWidget) -> QWidget:
    """A widget that holds both; the caption belongs to the field, also for a screen reader."""
    holder = QWidget()
    column = filled(QVBoxLayout(holder), margins=0, spacing=2)
    label = label_for(field, text)
    field.setAccessibleName(text)
    column.addWidget(label)
    column.addWidget(field)
    return holder
