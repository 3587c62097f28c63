"""The words of a plot: what its horizontal axis counts, and a sentence in place of the curves while there are none."""

from typing import Final

from PySide6.QtCore import QRect, QRectF, Qt
from PySide6.QtWidgets import QLabel, QWidget

from gui.charts.plot_view import PlotView
from gui.theme.stylesheet import mark_muted

AXIS_TEXT: Final = "epoch"


class PlotWords:
    """Labels over a plot that let the pointer through; hidden at first."""

    def __init__(self, view: PlotView, empty_text: str) -> None:
        self._view = view
        self._placed = QRectF()
        self._axis = _label(AXIS_TEXT, view)
        self._axis.hide()
        self._empty = _label(empty_text, view)
        self._empty.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._empty.setWordWrap(True)

    def show(self, *, empty: bool) -> None:
        """Show the sentence, or else the axis' word."""
        self._empty.setVisible(empty)
        self._axis.setVisible(not empty)

    def follow_area(self) -> None:
        """Place the axis' word beside the right end of the axis."""
        area = self._view.frame.area
        if area == self._placed:
            return
        self._placed = QRectF(area)
        self._axis.adjustSize()
        # Past half of the number that may stand at the very end of the axis.
        self._axis.move(round(area.right()) + 14, round(area.bottom()) + 3)

    def follow_size(self, width: int, height: int) -> None:
        """Place the sentence in the middle of a chart of this size."""
        self._empty.setGeometry(QRect(16, 8, max(0, width - 32), max(0, height - 16)))


def _label(text: str, parent: QWidget) -> QLabel:
    label = mark_muted(QLabel(text, parent))
    label.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
    return label
