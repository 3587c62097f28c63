"""A dial whose needle leans as the drawing does."""

import math
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Slot
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from gui.lab.classifier import Prediction
from gui.lab.wording import describe_angle
from gui.theme.manager import ThemeManager

# What the scale shows; the model is trained on this range, and a needle beyond it stops just outside.
LARGEST_DEGREES: Final = 45
_STOP_DEGREES: Final = 52.0
_TICK_DEGREES: Final = 15


class AngleDial(QWidget):
    """0° is upright, clockwise is to the right, as the digit stands on the canvas."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__()
        self.setObjectName("angleDial")
        self.setAccessibleName("Rotation of the drawing")
        self.setToolTip("By how many degrees the model finds the digit turned: left anticlockwise, right clockwise.")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self._themes = themes
        self._degrees: float | None = None
        themes.changed.connect(self._on_theme_changed)

    @property
    def degrees(self) -> float | None:
        """Where the needle points; None where there is no answer."""
        return self._degrees

    def set_answer(self, answer: Prediction) -> None:
        """Turn the needle, or take it away for a blank drawing."""
        self._degrees = None if answer.probabilities is None else float(answer.probabilities[0])
        if self._degrees is None:
            self.setAccessibleDescription("No answer yet.")
        else:
            self.setAccessibleDescription(", ".join(describe_angle(self._degrees)))
        self.update()

    def sizeHint(self) -> QSize:
        """Wide enough for the scale."""
        return QSize(272, 150)

    def minimumSizeHint(self) -> QSize:
        """The numbers are still apart."""
        return QSize(160, 80)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Scale, numbers, needle."""
        theme = self._themes.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # As wide as fits: the hub may lie below the widget, as that of a gauge does.
        lean, text = math.radians(LARGEST_DEGREES), self.fontMetrics().height()
        half, top = self.fontMetrics().horizontalAdvance("−45°") / 2 + 2, text + 8
        wide = (self.width() / 2 - half - text) / math.sin(lean)
        tall = (self.height() - top - 8.0) / (1 - math.cos(lean))
        radius = max(20.0, min(wide, tall))
        spare = max(0.0, self.height() - top - radius - 10.0)
        hub = QPointF(self.width() / 2, top + spare / 2 + radius)

        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(theme.color("track"), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        frame = QRectF(hub.x() - radius, hub.y() - radius, 2 * radius, 2 * radius)
        painter.drawArc(frame, (90 - LARGEST_DEGREES) * 16, 2 * LARGEST_DEGREES * 16)
        for degrees in range(-LARGEST_DEGREES, LARGEST_DEGREES + 1, _TICK_DEGREES):
            painter.setPen(QPen(theme.color("control_line"), 1.5))
            painter.drawLine(_on_arc(hub, radius - 6, degrees), _on_arc(hub, radius + 2, degrees))
            if degrees % LARGEST_DEGREES and (radius + text) * math.radians(_TICK_DEGREES) < 2 * half:
                # There is no room for all numbers.
                continue
            # Words are wider than high: the more to the side, the further out.
            place = _on_arc(hub, radius + (0.8 + 0.5 * abs(degrees) / LARGEST_DEGREES) * text, degrees)
            painter.setPen(theme.color("muted"))
            box = QRectF(place.x() - half, place.y() - text / 2, 2 * half, text)
            painter.drawText(box, Qt.AlignmentFlag.AlignCenter, describe_angle(degrees)[0])
        if self._degrees is not None:
            shown = max(-_STOP_DEGREES, min(_STOP_DEGREES, self._degrees))
            pen = QPen(theme.color("accent"), 4, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap)
            painter.setPen(pen)
            painter.drawLine(hub, _on_arc(hub, radius - 12, shown))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme.color("accent" if self._degrees is not None else "track"))
        painter.drawEllipse(hub, 6, 6)
        painter.end()

    @Slot()
    def _on_theme_changed(self) -> None:
        self.update()


def _on_arc(hub: QPointF, radius: float, degrees: float) -> QPointF:
    """The place at an angle from upright, clockwise."""
    turn = math.radians(degrees)
    return QPointF(hub.x() + radius * math.sin(turn), hub.y() - radius * math.cos(turn))
