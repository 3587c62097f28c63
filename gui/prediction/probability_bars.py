"""One bar a class: what the model thinks the drawing is, redrawn with every movement of the pen.

Everything is made once and the ranges are fixed, so a new answer costs ten rectangles and no layout.
"""

from collections.abc import Sequence
from typing import Any, Final

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QBrush, QFont, QFontMetrics, QFontMetricsF, QHelpEvent, QPainter, QPicture
from PySide6.QtWidgets import QApplication, QSizePolicy, QToolTip, QWidget

from engine.core.parameters import FloatArray
from gui.lab.classifier import Prediction
from gui.lab.wording import percent
from gui.theme.manager import ThemeManager
from gui.theme.tokens import Theme

# A probability that is almost nothing still leaves a trace on the axis.
_SMALLEST_BAR: Final = 0.008
_TOP: Final = 1.0
_BAR_WIDTH: Final = 0.68


class ClassAxis(pg.AxisItem):
    """The classes' names under the bars, the best one bold."""

    def __init__(self) -> None:
        super().__init__("bottom", maxTickLength=0)
        self.setStyle(tickTextOffset=5, autoExpandTextSpace=False, autoReduceTextSpace=False)
        self.setHeight(_axis_height_px())
        self._labels: tuple[str, ...] = ()
        self._best = -1
        self._theme: Theme | None = None
        # Line and names as they were painted last, and for which box and range.
        self._names: QPicture | None = None
        self._names_for: tuple[object, ...] = ()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of a theme."""
        self._theme = theme
        self.setHeight(_axis_height_px())
        self.setPen(pg.mkPen(theme.control_line, width=1))
        self._redraw()

    def set_classes(self, labels: tuple[str, ...]) -> None:
        """Name the bars at 0, 1, 2, …"""
        self._labels = labels
        self._redraw()

    def set_best(self, best: int) -> None:
        """Set the name of this bar in bold; −1 for none."""
        if best != self._best:
            self._best = best
            self._redraw()

    def paint(self, painter: QPainter, _option: Any, _widget: Any) -> None:  # noqa: ANN401 — Qt's and pyqtgraph's
        """The line and the names; pyqtgraph's own axis knows only one font.

        Kept as a picture: the bars change with every movement of the pen, the names hardly ever.
        """
        if self._theme is None:
            return
        linked = self.linkedView()
        box = self.mapRectFromParent(linked.geometry()) if linked is not None else self.boundingRect()
        key = (box.getRect(), *self.range)
        if self._names is None or key != self._names_for:
            self._names, self._names_for = self._painted(box, self._theme), key
        self._names.play(painter)

    def _painted(self, box: QRectF, theme: Theme) -> QPicture:
        picture = QPicture()
        painter = QPainter(picture)
        painter.setPen(theme.color("control_line"))
        painter.drawLine(box.bottomLeft(), box.bottomRight())
        low, high = self.range
        if high > low and self._labels:
            step = box.width() / (high - low)
            plain = QApplication.font()
            bold = QFont(plain)
            bold.setWeight(QFont.Weight.Bold)
            for index, label in enumerate(self._labels):
                is_best = index == self._best
                font = bold if is_best else plain
                painter.setFont(font)
                painter.setPen(theme.color("text" if is_best else "muted"))
                middle = box.left() + (index - low) * step
                place = QRectF(middle - step / 2, box.bottom() + 3, step, _axis_height_px() - 3)
                text = QFontMetricsF(font).elidedText(label, Qt.TextElideMode.ElideRight, step + 2)
                painter.drawText(place, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, text)
        painter.end()
        return picture

    def _redraw(self) -> None:
        self.picture = self._names = None
        self.update()


def _axis_height_px() -> int:
    return QFontMetrics(QApplication.font()).height() + 7


class ProbabilityBars(pg.PlotWidget):
    """The bars, with values on hover and in words for a screen reader."""

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        self._axis = ClassAxis()
        super().__init__(parent, axisItems={"bottom": self._axis}, antialias=False)
        self.setObjectName("probabilityChart")
        self.setAccessibleName("Probability of each class")
        self.setToolTip("How probable the model finds each class")
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMouseEnabled(x=False, y=False)
        self.setMenuEnabled(False)
        self.hideButtons()
        self.hideAxis("left")
        self._labels: tuple[str, ...] = ()
        self._heights: FloatArray = np.zeros(0)
        self._best = -1
        self._muted = False
        box = self.getViewBox()
        box.setDefaultPadding(0.0)
        box.disableAutoRange()
        self._bars = pg.BarGraphItem(x=[], height=[], width=_BAR_WIDTH, pen=None)
        self.addItem(self._bars, ignoreBounds=True)
        self._apply_theme(themes.theme)
        self._themes = themes
        themes.changed.connect(self._apply_theme)
        self._set_labels(tuple("0123456789"))
        self._describe()

    @property
    def values(self) -> tuple[float, ...]:
        """The probabilities that are shown; empty where there is no answer."""
        return tuple(self._heights.tolist()) if self._best >= 0 else ()

    def set_answer(self, answer: Prediction) -> None:
        """Show an answer, muted where it is rejected, or the empty axis of a blank drawing."""
        if answer.labels and answer.labels != self._labels:
            self._set_labels(answer.labels)
        if answer.probabilities is None:
            if self._best < 0:
                return
            self._best = -1
            self._heights = np.zeros(len(self._labels))
        else:
            best = int(np.argmax(answer.probabilities))
            same = best == self._best and answer.rejected == self._muted
            if same and np.array_equal(answer.probabilities, self._heights):
                return
            self._best, self._muted = best, answer.rejected
            self._heights = answer.probabilities
        self._draw()
        self._describe()

    def value_at(self, x: float) -> str:
        """What is said of the bar under a horizontal place of the widget; "" beside the bars."""
        index = round(self.getViewBox().mapSceneToView(self.mapToScene(round(x), 0)).x())
        if self._best < 0 or not 0 <= index < len(self._labels):
            return ""
        return f"{self._labels[index]}: {percent(float(self._heights[index]))}"

    def sizeHint(self) -> QSize:
        """As in a window of 1280×800."""
        return QSize(272, 150)

    def minimumSizeHint(self) -> QSize:
        """Bars of 50 px can still be told apart."""
        return QSize(120, 50 + _axis_height_px())

    def viewportEvent(self, event: QEvent) -> bool:
        """The value of the bar under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            text = self.value_at(event.pos().x()) or self.toolTip()
            QToolTip.showText(event.globalPos(), text, self)
            return True
        return bool(super().viewportEvent(event))

    def _set_labels(self, labels: tuple[str, ...]) -> None:
        self._labels = labels
        self._heights = np.zeros(len(labels))
        self._best = -1
        self._axis.set_classes(labels)
        self.setRange(xRange=(-0.6, len(labels) - 0.4), yRange=(0.0, _TOP), padding=0.0)
        self._draw()

    def _draw(self) -> None:
        heights = np.maximum(self._heights, _SMALLEST_BAR) if self._best >= 0 else self._heights
        shown = -1 if self._muted else self._best
        brushes: Sequence[QBrush] = [self._best_brush if i == shown else self._brush for i in range(len(heights))]
        self._bars.setOpts(x=np.arange(len(heights)), height=heights, brushes=brushes)
        self._axis.set_best(shown)

    def _describe(self) -> None:
        if self._best < 0:
            self.setAccessibleDescription("No answer yet.")
            return
        order = np.argsort(-self._heights, kind="stable")
        parts = [f"{self._labels[index]} {percent(float(self._heights[index]))}" for index in order]
        self.setAccessibleDescription(", ".join(parts))

    @Slot(object)
    def _apply_theme(self, theme: Theme) -> None:
        # An opaque ground of the card's colour: the card below need not be painted again with every answer.
        self.setBackground(theme.surface)
        self._brush = QBrush(theme.color("control_line", 0.55))
        self._best_brush = QBrush(theme.color("accent"))
        self._axis.set_theme(theme)
        if len(self._labels):
            self._draw()
