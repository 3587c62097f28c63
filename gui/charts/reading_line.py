"""The crosshair: a vertical line that follows the pointer, dots on the curves, and their values in words."""

from collections.abc import Sequence

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from gui.charts.line import Line, blend, to_axis
from gui.charts.plot_view import PlotView
from gui.theme import Theme

_DISTANCE_PX = 12


class ReadingLine:
    """Shows the values at one x until it is hidden."""

    def __init__(self, view: PlotView) -> None:
        self._view = view
        self._line = pg.InfiniteLine(angle=90, movable=False)
        self._line.setZValue(5)
        self._dots = pg.ScatterPlotItem(size=8, pxMode=True)
        self._dots.setZValue(6)
        for item in (self._line, self._dots):
            item.hide()
            view.plot.addItem(item, ignoreBounds=True)
        self._box = QFrame(view)
        self._box.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._box.setAutoFillBackground(True)
        self._text = QLabel()
        layout = QVBoxLayout(self._box)
        layout.setContentsMargins(8, 5, 8, 5)
        layout.addWidget(self._text)
        self._box.hide()

    @property
    def text(self) -> str:
        """What is read, "" while hidden."""
        return self._text.text() if self._box.isVisibleTo(self._view) else ""

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._line.setPen(pg.mkPen(blend(theme.muted, theme.surface, 0.7), width=1))
        self._dots.setPen(pg.mkPen(theme.surface, width=1))
        self._box.setStyleSheet(
            f"QFrame {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 6px; }}"
            f"QLabel {{ border: none; background: transparent; color: {theme.text}; }}"
        )

    def hide(self) -> None:
        """Read nothing."""
        for item in (self._line, self._dots):
            item.hide()
        self._box.hide()

    def show(self, x: float, heading: str, lines: Sequence[tuple[Line, str, float, float]]) -> None:
        """Read at `x`: for each line its value in words, and the point (x, y) that the value belongs to."""
        logarithmic = self._view.logarithmic
        self._line.setValue(x)
        self._line.show()
        self._dots.setData(
            [point_x for _, _, point_x, _ in lines],
            [float(to_axis(point_y, logarithmic)) for _, _, _, point_y in lines],  # type: ignore[arg-type]
            brush=[pg.mkBrush(line.color) for line, _, _, _ in lines],
        )
        self._dots.show()
        rows = "".join(
            f"<tr><td style='color:{line.color}'>{line.label}&nbsp;&nbsp;</td><td align='right'>{words}</td></tr>"
            for line, words, _, _ in lines
        )
        self._text.setText(f"<b>{heading}</b><table cellspacing='0'>{rows}</table>")
        self._box.adjustSize()
        spot = self._view.to_pixels(x, 0.0).x()
        right = spot + _DISTANCE_PX
        if right + self._box.width() > self._view.width():
            right = spot - _DISTANCE_PX - self._box.width()
        self._box.move(round(max(0.0, right)), 8)
        self._box.show()
        self._box.raise_()
