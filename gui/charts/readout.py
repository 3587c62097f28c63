"""The read-out: what a chart says about one place, in a small box beside it."""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QWidget

from gui.charts.plot_view import PlotView
from gui.theme.tokens import Theme

_DISTANCE_PX = 12


@dataclass(frozen=True, slots=True)
class Reading:
    """What there is to say about one place of a chart.

    Attributes:
        index: what a click there selects: a bar's number, a cell's (row, column), a line's (name, point).
        heading: the place in words.
        rows: label, value in words and colour ("#rrggbb" or "" for the text's) of everything there.
        x, y: the place in axis units.
    """

    index: object
    heading: str
    rows: Sequence[tuple[str, str, str]]
    x: float
    y: float

    @property
    def text(self) -> str:
        """All of it in one line, for a screen reader."""
        return ", ".join([self.heading, *(f"{label} {value}".strip() for label, value, _ in self.rows)])


class Readout:
    """The box; it lets the pointer through and keeps inside its plot."""

    def __init__(self, view: QWidget) -> None:
        self._box = QLabel(view)
        self._box.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._box.hide()

    @property
    def text(self) -> str:
        """What is read, "" while hidden."""
        return "" if self._box.isHidden() else self._box.text()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._box.setStyleSheet(
            f"background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 6px; "
            f"padding: 5px 8px; color: {theme.text};"
        )

    def show(self, reading: Reading | None, view: PlotView) -> None:
        """Say this beside its place in the plot, or nothing."""
        self._box.setVisible(reading is not None)
        if reading is None:
            return
        rows = "".join(
            f"<tr><td style='color:{color}'>{escape(label)}&nbsp;&nbsp;</td><td align='right'>{escape(value)}</td></tr>"
            for label, value, color in reading.rows
        )
        self._box.setText(f"<b>{escape(reading.heading)}</b><table cellspacing='0'>{rows}</table>")
        self._box.adjustSize()
        x, width = view.to_pixels(reading.x, reading.y).x(), self._box.width()
        left = x + _DISTANCE_PX if x + _DISTANCE_PX + width <= view.width() else x - _DISTANCE_PX - width
        self._box.move(round(max(0.0, left)), 8)
        self._box.raise_()
