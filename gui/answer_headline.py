"""The answer in large, how sure it is, and how large the model is."""

from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gui.recogniser import Answer
from gui.stylesheet import mark_muted, set_state

_CAPTION_PX: Final = 20
_GAP_PX: Final = 2


class AnswerHeadline(QWidget):
    """Three lines that change with every movement of the pen.

    They are placed by hand and have fixed sizes: a label in a layout would have the whole window laid out anew
    whenever its text changes.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._answer = QLabel(self)
        self._answer.setObjectName("predictionLabel")
        self._answer.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._answer.setWordWrap(True)
        self._answer.setToolTip("What the model takes the drawing for")
        self._detail = self._make_caption("confidenceLabel", "How sure the model is")
        self._model = self._make_caption("modelSizeLabel", "How many numbers the model has learned")
        self.show_answer(Answer())

    def _make_caption(self, name: str, hint: str) -> QLabel:
        label = mark_muted(QLabel(self))
        label.setObjectName(name)
        label.setToolTip(hint)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return label

    def show_answer(self, answer: Answer) -> None:
        """Show an answer, or the hint to draw."""
        if answer.probabilities is None:
            set_state(self._answer, "hint")
        else:
            set_state(self._answer, "digit" if len(answer.text) <= 4 else "words")
        _set_text(self._answer, answer.text)
        _set_text(self._detail, answer.detail)
        # A name hides a label's text from a screen reader, so it has to hold it.
        name = ", ".join(part for part in (f"Answer: {answer.text}", answer.detail) if part)
        if self._answer.accessibleName() != name:
            self._answer.setAccessibleName(name)

    def show_model(self, text: str) -> None:
        """Say which model answers, in a few words."""
        _set_text(self._model, text)

    def sizeHint(self) -> QSize:
        """A large digit and two captions."""
        return QSize(140, 121)

    def minimumSizeHint(self) -> QSize:
        """The digit may touch the captions."""
        return QSize(110, 81)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Captions at the bottom, the answer above."""
        super().resizeEvent(event)
        width, height = self.width(), self.height()
        room = max(0, height - 2 * _CAPTION_PX - _GAP_PX)
        for label, top, tall in (
            (self._answer, 0, room),
            (self._detail, room, _CAPTION_PX),
            (self._model, room + _CAPTION_PX, _CAPTION_PX),
        ):
            label.move(0, top)
            label.setFixedSize(width, tall)


def _set_text(label: QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
