"""Frames around the digits of a number, painted so that they never hide ink."""

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QWidget

from gui.theme.manager import ThemeManager

_GAP_PX: Final = 3.0
_LABEL_PX: Final = 12
_LABEL_HEIGHT_PX: Final = 15.0


@dataclass(frozen=True, slots=True)
class DigitBox:
    """The frame of one digit.

    Attributes:
        label: what was read.
        box: (left, top, right, bottom) of its ink, in units of the canvas side.
        chosen: whether its probabilities are the ones that are shown.
    """

    label: str
    box: tuple[float, float, float, float]
    chosen: bool = False


class DigitBoxes(QWidget):
    """Lies over the canvas and lets every pointer through; its frames are no ink, so they are never undone."""

    def __init__(self, themes: ThemeManager, canvas: QWidget) -> None:
        super().__init__(canvas)
        self.setObjectName("digitBoxes")
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._themes = themes
        self._boxes: tuple[DigitBox, ...] = ()
        self.hide()

    @property
    def boxes(self) -> tuple[DigitBox, ...]:
        """What is framed."""
        return self._boxes

    def show_boxes(self, boxes: tuple[DigitBox, ...]) -> None:
        """Frame these digits, or none."""
        if boxes != self._boxes:
            before, self._boxes = self._boxes, boxes
            self.setVisible(bool(boxes))
            for box in set(before) ^ set(boxes):
                self.update(
                    self._frame(box).adjusted(-2, -_LABEL_HEIGHT_PX - 2, 2, _LABEL_HEIGHT_PX + 2).toAlignedRect()
                )

    def paintEvent(self, _event: QPaintEvent) -> None:
        """Frame each digit, with its name above, or below where there is no room; the chosen one's frame is wider."""
        theme = self._themes.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        # Of ink and frame the one that differs more from the ground stays: a frame through ink leaves it as it is.
        modes = QPainter.CompositionMode
        painter.setCompositionMode(modes.CompositionMode_Lighten if theme.is_dark else modes.CompositionMode_Darken)
        font = QFont(self.font())
        font.setPixelSize(_LABEL_PX)
        for box in self._boxes:
            frame = self._frame(box)
            painter.setPen(QPen(theme.color("accent"), 2.0 if box.chosen else 1.0))
            painter.drawRoundedRect(frame, 4, 4)
            font.setWeight(QFont.Weight.Bold if box.chosen else QFont.Weight.Normal)
            painter.setFont(font)
            wide = max(frame.width(), QFontMetricsF(font).horizontalAdvance(box.label))
            has_room = frame.top() >= _LABEL_HEIGHT_PX + 2
            top = frame.top() - _LABEL_HEIGHT_PX if has_room else frame.bottom()
            place = QRectF(frame.center().x() - wide / 2, top, wide, _LABEL_HEIGHT_PX)
            painter.drawText(place, Qt.AlignmentFlag.AlignCenter, box.label)
        painter.end()

    def _frame(self, box: DigitBox) -> QRectF:
        """Where a frame is, in pixels; never outside the canvas."""
        left, top, right, bottom = (value * self.width() for value in box.box)
        frame = QRectF(left, top, right - left, bottom - top).adjusted(-_GAP_PX, -_GAP_PX, _GAP_PX, _GAP_PX)
        return frame.intersected(QRectF(self.rect()).adjusted(2, 2, -2, -2))
