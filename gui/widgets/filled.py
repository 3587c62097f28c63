"""Rows and columns with what stands in them, said at once."""

from typing import TypeVar

from PySide6.QtWidgets import QBoxLayout, QLayout, QWidget

L = TypeVar("L", bound=QBoxLayout)
Part = QWidget | QLayout


def filled(layout: L, *parts: Part | tuple[Part, int] | int, spacing: int = -1, margins: int = -1) -> L:
    """Put widgets and layouts into a row or column.

    Args:
        layout: the row or column.
        parts: in their order; (part, stretch) for one that grows, a number for empty room that does.
        spacing: pixels between parts; −1 for the style's.
        margins: pixels on all sides; −1 for the style's.
    """
    if spacing >= 0:
        layout.setSpacing(spacing)
    if margins >= 0:
        layout.setContentsMargins(margins, margins, margins, margins)
    for part in parts:
        what, stretch = part if isinstance(part, tuple) else (part, 0)
        if isinstance(what, QWidget):
            layout.addWidget(what, stretch)
        elif isinstance(what, QLayout):
            layout.addLayout(what, stretch)
        else:
            layout.addStretch(what)
    return layout
