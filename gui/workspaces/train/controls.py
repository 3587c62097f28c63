"""The buttons that steer a run, its progress bar, and one line about it, placed as the room allows."""

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QWidget

from gui.theme.stylesheet import mark_invalid, mark_muted

# From this width on the line stands beside the buttons instead of below the bar, unless it is long.
_WIDE_PX = 830
_LONG_TEXT = 70
# In a small window bar and line share a row; the line gets this part of it.
_LINE_SHARE = 0.62
# (row, column, rows, columns) of buttons, bar and line.
_Place = tuple[int, int, int, int]
_WIDE: tuple[_Place, _Place, _Place] = ((0, 0, 1, 1), (1, 0, 1, 2), (0, 1, 1, 1))
_HIGH: tuple[_Place, _Place, _Place] = ((0, 0, 1, 2), (1, 0, 1, 2), (2, 0, 1, 2))
_SHARED: tuple[_Place, _Place, _Place] = ((0, 0, 1, 2), (1, 1, 1, 1), (1, 0, 1, 1))


class TrainingControls(QWidget):
    """Shows what it is told; what the buttons do is the panel's business.

    Attributes:
        bar: the progress bar, from 0 to 1,000.
        text: the line as it is shown, "" before the first.
    """

    def __init__(self, buttons: Sequence[QPushButton], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.text = ""
        self._compact = False
        self._places: tuple[_Place, _Place, _Place] | None = None
        self._buttons = QWidget()
        row = QHBoxLayout(self._buttons)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for button in buttons:
            row.addWidget(button)
        row.addStretch(1)
        self.bar = QProgressBar()
        self.bar.setObjectName("trainingProgress")
        self.bar.setAccessibleName("Training progress")
        self.bar.setToolTip("How much of the training is done")
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self._line = mark_muted(QLabel())
        self._line.setObjectName("trainingStatus")
        self._line.setAccessibleName("Training status")
        self._line.setWordWrap(True)
        self._line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(16)
        self._place()

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Show a line; what went wrong in the colour of errors."""
        # Never by colour alone: a sign stands before what went wrong.
        self.text = f"⚠ {text}" if wrong else text
        if self.text != self._line.text():
            self._line.setText(self.text)
            self._place()
            self.bar.setAccessibleDescription(text)
        mark_invalid(self._line, wrong)

    def set_compact(self, compact: bool) -> None:
        """Take as few rows as possible, for a small window."""
        self._compact = compact
        self._place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the line where there is room for it."""
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        places = self._choose_places()
        if places == self._places:
            return
        self._places = places
        widgets = (self._buttons, self.bar, self._line)
        for widget in widgets:
            self._grid.removeWidget(widget)
        for widget, place in zip(widgets, places, strict=True):
            self._grid.addWidget(widget, *place)
        self._grid.setColumnStretch(0, 62 if places is _SHARED else 0)
        self._grid.setColumnStretch(1, 38 if places is _SHARED else 1)
        self._grid.setVerticalSpacing(6 if self._compact else 8)

    def _choose_places(self) -> tuple[_Place, _Place, _Place]:
        if self._compact:
            wanted = self._line.fontMetrics().horizontalAdvance(self.text)
            return _SHARED if wanted <= _LINE_SHARE * (self.width() - 16) - 4 else _HIGH
        return _WIDE if self.width() >= _WIDE_PX and len(self.text) <= _LONG_TEXT else _HIGH
