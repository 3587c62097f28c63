"""The digits of a number side by side, each with its probability; the chosen one's bars are shown."""

from PySide6.QtCore import QSize, Qt, Signal, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QSizePolicy, QToolButton, QWidget

from engine.evaluation.wording import percent
from gui.widgets.filled import filled


class DigitChips(QWidget):
    """One button a digit, to choose from with the mouse or with the arrow keys.

    Signals:
        chosen: position of the digit that the user wants to see.
    """

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("digitChips")
        self.setAccessibleName("Digits of the number")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._digits: tuple[tuple[str, float], ...] = ()
        self._current = -1
        self._buttons: list[QToolButton] = []
        self._group = QButtonGroup(self)
        self._group.idClicked.connect(self._on_clicked)
        self._row = filled(QHBoxLayout(self), margins=0, spacing=0)
        self._row.setAlignment(Qt.AlignmentFlag.AlignHCenter)

    @property
    def digits(self) -> tuple[tuple[str, float], ...]:
        """(label, probability) of each digit that is shown."""
        return self._digits

    @property
    def current(self) -> int:
        """Which one is chosen; −1 without digits."""
        return self._current

    @property
    def buttons(self) -> tuple[QToolButton, ...]:
        """The chips that are shown, from left to right."""
        return tuple(self._buttons[: len(self._digits)])

    def set_digits(self, digits: tuple[tuple[str, float], ...], current: int) -> None:
        """Show these labels with their probabilities, one of them chosen; nothing is emitted."""
        if (digits, current) == (self._digits, self._current):
            return
        self._digits, self._current = digits, current
        while len(self._buttons) < len(digits):
            self._add_button()
        for place, button in enumerate(self._buttons):
            button.setVisible(place < len(digits))
        for button, (label, probability) in zip(self._buttons, digits, strict=False):
            exact = f"{label}: {percent(probability)}"
            button.setAccessibleName(exact)
            button.setToolTip(f"{exact}. Click a digit to see its bars.")
        if 0 <= current < len(digits):
            self._buttons[current].setChecked(True)
            self.setFocusProxy(self._buttons[current])
        self._write()

    def sizeHint(self) -> QSize:
        """Two lines."""
        return QSize(140, 2 * self.fontMetrics().height() + 8)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Leave out what there is no room for."""
        super().resizeEvent(event)
        self._write()

    def _add_button(self) -> None:
        button = QToolButton(self)
        button.setProperty("chip", True)
        button.setCheckable(True)
        button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        button.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        button.setMinimumWidth(1)
        self._group.addButton(button, len(self._buttons))
        self._row.addWidget(button)
        self._buttons.append(button)

    def _write(self) -> None:
        """The probability below the digit; where chips are narrow without its sign, or not at all."""
        if not self._digits:
            return
        room = self.width() // len(self._digits) - 6
        metrics = self.fontMetrics()
        short = [percent(probability, 0) for _, probability in self._digits]
        for below in (short, [text.removesuffix(" %") for text in short]):
            if max(map(metrics.horizontalAdvance, below)) <= room:
                texts = [f"{label}\n{text}" for (label, _), text in zip(self._digits, below, strict=True)]
                break
        else:
            texts = [label for label, _ in self._digits]
        for button, text in zip(self._buttons, texts, strict=False):
            if button.text() != text:
                button.setText(text)

    @Slot(int)
    def _on_clicked(self, place: int) -> None:
        if place != self._current:
            self.chosen.emit(place)
