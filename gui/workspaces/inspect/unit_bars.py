"""A row of numbers as bars: the units of a dense layer, logits, probabilities."""

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engine.core.parameters import FloatArray
from gui.theme.manager import ThemeManager
from gui.widgets.announcement import announce
from gui.widgets.focus_frame import FocusFrame

_HEIGHT_PX: Final = 64


class UnitBars(QWidget):
    """One bar a number, up for positive ones; names stand below where there are few.

    Signals:
        pointed(text): what is read now, "" for nothing.
        clicked(place): a bar was clicked, or chosen with Enter.
    """

    pointed = Signal(str)
    clicked = Signal(int)

    def __init__(self, themes: ThemeManager, name: str, title: str) -> None:
        super().__init__()
        self.setObjectName(name)
        self.setAccessibleName(title)
        self._themes = themes
        self.values: FloatArray = np.zeros(0)
        self.names: tuple[str, ...] = ()
        self._place = -1
        self._marked = -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        FocusFrame(self)
        themes.changed.connect(self.update)

    def set_values(self, values: ArrayLike, names: Sequence[str] = (), marked: int = -1) -> None:
        """Show these numbers, (bars,); the marked one is in the accent."""
        self.values = np.asarray(values, np.float64).reshape(-1)
        self.names, self._marked = tuple(names), marked
        self._place = self._place if self._place < len(self.values) else -1
        largest = int(np.argmax(np.abs(self.values))) if len(self.values) else -1
        words = f"; farthest from 0 is {self.text_of(largest)}" if largest >= 0 else ""
        self.setAccessibleDescription(f"{len(self.values)} numbers{words}")
        if self._place >= 0:
            self.pointed.emit(self.text_of(self._place))
        self.update()

    def copy(self) -> "UnitBars":
        """The same bars, as large, which nobody changes or reads."""
        bars = UnitBars(self._themes, self.objectName(), self.accessibleName())
        bars.setFont(self.font())
        bars.set_values(self.values.copy(), self.names, self._marked)
        bars.resize(self.size())
        return bars

    def text_of(self, place: int) -> str:
        """What a bar is."""
        name = self.names[place] if self.names else f"unit {place + 1}"
        return f"{name}: {self.values[place]:.4g}".replace("-", "−")

    def place_at(self, position: QPointF) -> int:
        """The bar at a position, −1 for none."""
        place = int(position.x() * len(self.values) / max(1, self.width()))
        return place if 0 <= place < len(self.values) else -1

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(240, _HEIGHT_PX + self.fontMetrics().height())

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The bars, from the line of 0."""
        count, theme, painter = len(self.values), self._themes.theme, QPainter(self)
        if not count:
            return
        text = self.fontMetrics().height()
        named = bool(self.names) and self.width() / count > 18
        height = self.height() - (text if named else 0) - 2
        low, high = min(0.0, float(self.values.min())), max(0.0, float(self.values.max()))
        unit = height / (high - low) if high > low else 0.0
        zero, step = 1 + high * unit, self.width() / count
        painter.setPen(Qt.PenStyle.NoPen)
        for place, value in enumerate(self.values.tolist()):
            chosen = place in (self._marked, self._place)
            painter.setBrush(theme.color("accent" if chosen else "second" if value > 0 else "muted"))
            top = zero - max(value, 0.0) * unit
            painter.drawRect(QRectF(place * step + 0.1 * step, top, max(1.0, 0.8 * step), max(1.0, abs(value) * unit)))
        painter.setPen(theme.color("line"))
        painter.drawLine(QPointF(0, zero), QPointF(self.width(), zero))
        if named:
            painter.setPen(theme.color("muted"))
            for place, name in enumerate(self.names):
                room = QRectF(place * step, self.height() - text, step, text)
                elided = self.fontMetrics().elidedText(name, Qt.TextElideMode.ElideRight, int(step))
                painter.drawText(room, Qt.AlignmentFlag.AlignCenter, elided)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Read what is under the pointer."""
        self._point(self.place_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        """Read nothing."""
        self._point(-1)
        super().leaveEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose a bar."""
        place = self.place_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and place >= 0:
            self._point(place)
            self.clicked.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move from bar to bar, choose."""
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        key = Qt.Key(event.key())
        if key in steps and len(self.values):
            self._point(min(len(self.values) - 1, max(0, self._place + steps[key])))
            announce(self, self.text_of(self._place))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._place >= 0:
            self.clicked.emit(self._place)
        else:
            super().keyPressEvent(event)

    def _point(self, place: int) -> None:
        if place != self._place:
            self._place = place
            self.pointed.emit(self.text_of(place) if place >= 0 else "")
            self.update()
