"""The digits of a number side by side, each with its probability; the chosen one's bars are shown."""

from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFont, QHelpEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from gui.lab.wording import percent, short_percent
from gui.theme.manager import ThemeManager

HEIGHT_PX: Final = 38
_WIDEST_PX: Final = 46.0
# Narrower ones leave out the sign, and still narrower ones the probability, which the tooltip has in any case.
_SIGN_PX: Final = 32.0
_NUMBER_PX: Final = 19.0
_HINT: Final = "Click a digit to see its bars"


class DigitChips(QWidget):
    """Chips to choose from with the mouse or with the arrow keys.

    Signals:
        chosen: position of the digit that the user wants to see.
    """

    chosen = Signal(int)

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("digitChips")
        self.setAccessibleName("Digits of the number")
        self.setToolTip(_HINT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._themes = themes
        self._digits: tuple[tuple[str, float], ...] = ()
        self._current = -1
        themes.changed.connect(self._on_theme_changed)

    @property
    def digits(self) -> tuple[tuple[str, float], ...]:
        """(label, probability) of each digit that is shown."""
        return self._digits

    @property
    def current(self) -> int:
        """Which one is chosen; −1 without digits."""
        return self._current

    def set_digits(self, digits: tuple[tuple[str, float], ...], current: int) -> None:
        """Show these labels with their probabilities, one of them chosen; nothing is emitted."""
        if (digits, current) == (self._digits, self._current):
            return
        self._digits, self._current = digits, current
        parts = [
            f"{label} {percent(probability)}{', chosen' if index == current else ''}"
            for index, (label, probability) in enumerate(digits)
        ]
        self.setAccessibleDescription("; ".join(parts))
        self.update()

    def chip(self, index: int) -> QRectF:
        """Where a chip is."""
        count = max(1, len(self._digits))
        wide = min(_WIDEST_PX, self.width() / count)
        left = (self.width() - count * wide) / 2
        return QRectF(left + index * wide, 0, wide, self.height())

    def index_at(self, x: float) -> int:
        """Which chip is under a horizontal place; −1 beside them."""
        return next((i for i in range(len(self._digits)) if self.chip(i).left() <= x < self.chip(i).right()), -1)

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(140, HEIGHT_PX)

    def event(self, event: QEvent) -> bool:
        """The exact probability of the digit under the pointer."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            index = self.index_at(event.pos().x())
            label, probability = self._digits[index] if index >= 0 else ("", 0.0)
            QToolTip.showText(event.globalPos(), f"{label}: {percent(probability)}" if label else _HINT, self)
            return True
        return super().event(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the chip under the pointer."""
        index = self.index_at(event.position().x())
        if event.button() == Qt.MouseButton.LeftButton and index >= 0:
            self.chosen.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys choose the neighbour."""
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        if step and 0 <= self._current + step < len(self._digits):
            self.chosen.emit(self._current + step)
        elif not step:
            super().keyPressEvent(event)

    def paintEvent(self, _event: QPaintEvent) -> None:
        """The digit above, its probability below; the chosen one framed and bold."""
        theme = self._themes.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        large, small = QFont(self.font()), QFont(self.font())
        large.setPixelSize(15)
        small.setPixelSize(11)
        for index, (label, probability) in enumerate(self._digits):
            chip = self.chip(index)
            is_chosen = index == self._current
            if is_chosen:
                painter.setBrush(theme.color("raised"))
                painter.setPen(QPen(theme.color("accent"), 2 if self.hasFocus() else 1))
                painter.drawRoundedRect(chip.adjusted(1.5, 1.5, -1.5, -1.5), 6, 6)
            large.setWeight(QFont.Weight.Bold if is_chosen else QFont.Weight.Normal)
            has_percent = chip.width() >= _NUMBER_PX
            painter.setFont(large)
            painter.setPen(theme.color("accent" if is_chosen else "text"))
            digit = QRectF(chip.left(), 2, chip.width(), 19) if has_percent else chip
            painter.drawText(digit, Qt.AlignmentFlag.AlignCenter, label)
            if has_percent:
                painter.setFont(small)
                painter.setPen(theme.color("muted"))
                below = QRectF(chip.left(), 20, chip.width(), 14)
                text = short_percent(probability)
                text = text if chip.width() >= _SIGN_PX else text.removesuffix(" %")
                painter.drawText(below, Qt.AlignmentFlag.AlignCenter, text)
        painter.end()

    def _on_theme_changed(self, _theme: object) -> None:
        self.update()
