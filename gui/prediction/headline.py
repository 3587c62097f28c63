"""The answer in large, how sure it is, and how large the model is."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gui.lab.classifier import Prediction
from gui.prediction.digit_chips import DigitChips
from gui.theme.stylesheet import mark_large, mark_muted, set_state
from gui.widgets.announcement import SettledAnnouncement
from gui.widgets.eliding_label import ElidingLabel
from gui.widgets.naming import named

_GAP_PX: Final = 2
_DETAIL_HINT: Final = "How sure the model is"
_ANSWER_HINT: Final = "What the model takes the drawing for"
_REJECTED_HINT: Final = (
    "The rule: a drawing is refused where the model finds too little that speaks for any digit.\n"
    "That is measured by the energy of its outputs, ln Σ exp(output), before they become probabilities;\n"
    "the threshold is the one that refuses at most 1 of 100 real digits. The bars show what would come closest."
)
# In lines of text: what the answer needs at least, and what all of it would like.
_LEAST_ANSWER_LINES: Final = 2.4
_USUAL_LINES: Final = 8
# The longest answer and caption that a usual drawing has; longer ones end in dots.
_LONGEST: Final = ("turned anticlockwise", "or 8? 54 % to 46 %", "each > 99.9 % sure")
# From this height on, as on a screen of 4K, the answer is written larger.
_LARGE_FROM_PX: Final = 200


class Headline(QWidget):
    """Three lines that change with every movement of the pen.

    They are placed by hand and have fixed sizes: a label in a layout would have the whole window laid out anew
    whenever its text changes. A number has its digits in place of the model's size.

    Signals:
        digit_chosen: position of the digit that the user wants to see.
    """

    digit_chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._answer = named(QLabel(self, wordWrap=True), "predictionLabel", _ANSWER_HINT)
        self._answer.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._announcement = SettledAnnouncement(self._answer)
        self._detail = self._make_caption("confidenceLabel", _DETAIL_HINT)
        self._model = self._make_caption(
            "modelSizeLabel", "How many parameters the model has: the numbers that it learns"
        )
        self.chips = DigitChips(self)
        self.chips.hide()
        self.chips.chosen.connect(self.digit_chosen)
        self.show_answer(Prediction())

    def _make_caption(self, name: str, hint: str) -> ElidingLabel:
        label = ElidingLabel("", hint, self)
        mark_muted(label)
        label.setObjectName(name)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return label

    def show_answer(self, answer: Prediction) -> None:
        """Show an answer, or the hint to draw."""
        if answer.probabilities is None or answer.rejected:
            set_state(self._answer, "hint")
        else:
            set_state(self._answer, _state_of(answer))
        _set_text(self._answer, answer.text)
        self._detail.set_full_text(answer.detail)
        hint = _REJECTED_HINT if answer.rejected else _ANSWER_HINT
        if self._answer.toolTip() != hint:
            self._answer.setToolTip(hint)
        self._show_digits(answer)
        # A name hides a label's text from a screen reader, so it has to hold it.
        name = ", ".join(part for part in (f"Answer: {answer.text}", answer.detail) if part)
        if self._answer.accessibleName() != name:
            self._answer.setAccessibleName(name)
            self._announcement.set_text(name)

    def _show_digits(self, answer: Prediction) -> None:
        number = answer.number
        digits = (
            ()
            if number is None
            else tuple((answer.label_of(index), digit.probability) for index, digit in enumerate(number.digits))
        )
        self.chips.set_digits(digits, answer.digit if digits else -1)
        if bool(digits) == self.chips.isHidden():
            self.chips.setVisible(bool(digits))
            self._model.setVisible(not digits)
            self._place()

    def show_model(self, text: str) -> None:
        """Say which model answers, in a few words."""
        self._model.set_full_text(text)

    def sizeHint(self) -> QSize:
        """A large digit and two captions."""
        return QSize(self.minimumSizeHint().width() + 20, _USUAL_LINES * self._line_px)

    def minimumSizeHint(self) -> QSize:
        """The longest usual answer is whole; the digit may touch the captions."""
        metrics = self.fontMetrics()
        width = max(metrics.horizontalAdvance(text) for text in _LONGEST) + 2
        return QSize(width, int((2 * 1.3 + _LEAST_ANSWER_LINES) * self._line_px))

    @property
    def _line_px(self) -> int:
        return self.fontMetrics().height()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Captions at the bottom, the answer above."""
        super().resizeEvent(event)
        mark_large(self._answer, self.height() >= _LARGE_FROM_PX)
        self._place()

    def _place(self) -> None:
        width, height = self.width(), self.height()
        line = int(1.3 * self._line_px)
        last = line if self.chips.isHidden() else self.chips.sizeHint().height()
        # A small window has no room for the number, its digits and the caption between them.
        caption = line if height - last - line >= _LEAST_ANSWER_LINES * self._line_px else 0
        room = max(0, height - last - caption - _GAP_PX)
        self._detail.setVisible(caption > 0)
        for label, top, tall in (
            (self._answer, 0, room),
            (self._detail, room, caption),
            (self._model, room + caption, last),
            (self.chips, room + caption, last),
        ):
            label.move(0, top)
            label.setFixedSize(width, tall)


def _state_of(answer: Prediction) -> str:
    """How large the answer can be written."""
    if answer.number is not None:
        return "digit" if len(answer.text) <= 2 else "number" if len(answer.text) <= 6 else "words"
    return "digit" if len(answer.text) <= 4 else "words"


def _set_text(label: QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
