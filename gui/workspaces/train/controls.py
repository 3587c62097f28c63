"""The buttons that steer a run, its progress bar, and one line about it."""

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QSizePolicy, QVBoxLayout, QWidget

from gui.theme.stylesheet import mark_invalid, mark_muted
from gui.widgets.announcement import SettledAnnouncement
from gui.widgets.filled import filled
from gui.widgets.kept_place import KeptPlace
from gui.widgets.naming import named


class TrainingControls(QWidget):
    """Shows what it is told; what the buttons do is the panel's business.

    Attributes:
        bar: the progress bar, from 0 to 1,000.
        text: the line as it is shown, "" before the first.
    """

    def __init__(self, buttons: Sequence[QPushButton]) -> None:
        super().__init__()
        self.text = ""
        row = filled(QHBoxLayout(), *buttons, 1, spacing=8)
        self.bar = named(QProgressBar(), "trainingProgress", "How much of the training is done", "Training progress")
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self._line = named(mark_muted(QLabel(wordWrap=True)), "trainingStatus")
        self._line.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._announcement = SettledAnnouncement(self._line)
        column = filled(QVBoxLayout(self), row, self.bar, margins=0, spacing=6)
        self._last_row = filled(QHBoxLayout(), (KeptPlace(self._line), 1), spacing=4)
        column.addLayout(self._last_row)

    def add(self, widget: QWidget) -> None:
        """Put a small button behind the line."""
        widget.setProperty("quiet", True)
        self._last_row.addWidget(widget, 0, Qt.AlignmentFlag.AlignTop)

    def say(self, text: str, *, wrong: bool = False) -> None:
        """Show a line; what went wrong in the colour of errors."""
        # Never by colour alone: a sign stands before what went wrong.
        self.text = f"⚠ {text}" if wrong else text
        if self.text != self._line.text():
            self._line.setText(self.text)
            # A name hides a label's text from a screen reader, so it has to hold it.
            self._line.setAccessibleName(f"Training status: {self.text}")
            self.bar.setAccessibleDescription(text)
            self._announcement.set_text(self.text)
        mark_invalid(self._line, wrong)
