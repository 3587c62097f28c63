"""The slider that says over how many batches the curves are smoothed."""

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSlider

from gui.widgets.explanation import explain
from gui.widgets.naming import named

USUAL: Final = 50
_WIDTH_PX = 64
# Of the ends against the middle.
_TIMES: Final = 10.0


def smoothing_slider() -> QSlider:
    """From not at all, at the left, over the usual, in the middle, to ten times as much."""
    slider = named(QSlider(Qt.Orientation.Horizontal), "smoothingSlider", accessible_name="Smoothing")
    slider.setRange(0, 100)
    slider.setValue(USUAL)
    slider.setFixedWidth(_WIDTH_PX)
    explain(
        slider,
        "<b>Smoothing</b><br>Over how many batches the thick line is averaged: none at the left, ten times as many as "
        "usual at the right. The thin line keeps what each batch was.",
    )
    return slider


def smoothing_factor(value: int) -> float:
    """How many times as far back as usual the curves are smoothed."""
    return float(_TIMES ** ((value - USUAL) / USUAL)) if value else 0.0
