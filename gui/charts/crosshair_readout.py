"""The crosshair: a vertical line that follows the pointer, dots on the curves, and their values in words."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout

from gui.charts.line import Line, axis_value, blend
from gui.charts.overlays import Crosshair
from gui.charts.plot_view import PlotView
from gui.theme.tokens import Theme

_DISTANCE_PX = 12


class ReadingLine:
    """Shows the values at one x until it is hidden."""

    def __init__(self, view: PlotView) -> None:
        self._view = view
        self._crosshair = Crosshair()
        view.marks.append(self._crosshair)
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
        self._crosshair.set_colors(blend(theme.muted, theme.surface, 0.7), theme.surface)
        self._box.setStyleSheet(
            f"QFrame {{ background: {theme.raised}; border: 1px solid {theme.line}; border-radius: 6px; }}"
            f"QLabel {{ border: none; background: transparent; color: {theme.text}; }}"
        )

    def hide(self) -> bool:
        """Read nothing; whether that is news."""
        self._box.hide()
        return self._crosshair.move(None)

    def show(self, x: float, heading: str, lines: Sequence[tuple[Line, str, float, float]]) -> None:
        """Read at `x`: for each line its value in words, and the point (x, y) that the value belongs to."""
        dots = [(at, axis_value(y, self._view.logarithmic), line.color) for line, _, at, y in lines]
        self._crosshair.move(x, dots)
        rows = "".join(
            f"<tr><td style='color:{line.color}'>{line.label}&nbsp;&nbsp;</td><td align='right'>{words}</td></tr>"
            for line, words, _, _ in lines
        )
        self._text.setText(f"<b>{heading}</b><table cellspacing='0'>{rows}</table>")
        self._box.adjustSize()
        spot = self._view.frame.column(x)
        right = spot + _DISTANCE_PX
        if right + self._box.width() > self._view.width():
            right = spot - _DISTANCE_PX - self._box.width()
        self._box.move(round(max(0.0, right)), 8)
        self._box.show()
        self._box.raise_()
