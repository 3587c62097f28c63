"""The answer in large, how sure it is, and how large the model is."""

from typing import Final

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QWidget

from gui.lab.classifier import Prediction
from gui.prediction.digit_chips import HEIGHT_PX, DigitChips
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_large, mark_muted, set_state

_CAPTION_PX: Final = 20
_GAP_PX: Final = 2
_DETAIL_HINT: Final = "How sure the model is"
_ANSWER_HINT: Final = "What the model takes the drawing for"
_REJECTED_HINT: Final = (
    "The rule: a drawing is refused where the model finds too little that speaks for any digit.\n"
    "That is measured by the energy of its outputs, ln Σ exp(output), before they become probabilities;\n"
    "the threshold is the one that refuses at most 1 of 100 real digits. The bars show what would come closest."
)
_LEAST_ANSWER_PX: Final = 36
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

    def __init__(self, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self._answer = QLabel(self)
        self._answer.setObjectName("predictionLabel")
        self._answer.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._answer.setWordWrap(True)
        self._answer.setToolTip(_ANSWER_HINT)
        self._detail_text = ""
        self._detail = self._make_caption("confidenceLabel", _DETAIL_HINT)
        self._model = self._make_caption("modelSizeLabel", "How many numbers the model has learned")
        self.chips = DigitChips(themes, self)
        self.chips.hide()
        self.chips.chosen.connect(self.digit_chosen)
        self.show_answer(Prediction())

    def _make_caption(self, name: str, hint: str) -> QLabel:
        label = mark_muted(QLabel(self))
        label.setObjectName(name)
        label.setToolTip(hint)
        label.setAlignment(Qt.AlignmentFlag.AlignCenter)
        return label

    def show_answer(self, answer: Prediction) -> None:
        """Show an answer, or the hint to draw."""
        if answer.probabilities is None or answer.rejected:
            set_state(self._answer, "hint")
        else:
            set_state(self._answer, _state_of(answer))
        _set_text(self._answer, answer.text)
        self._detail_text = answer.detail
        self._show_detail()
        hint = _REJECTED_HINT if answer.rejected else _ANSWER_HINT
        if self._answer.toolTip() != hint:
            self._answer.setToolTip(hint)
        self._show_digits(answer)
        # A name hides a label's text from a screen reader, so it has to hold it.
        name = ", ".join(part for part in (f"Answer: {answer.text}", answer.detail) if part)
        if self._answer.accessibleName() != name:
            self._answer.setAccessibleName(name)

    def _show_detail(self) -> None:
        # Half a letter at either end would look like another word.
        room = max(0, self.width())
        shown = self._detail.fontMetrics().elidedText(self._detail_text, Qt.TextElideMode.ElideRight, room)
        _set_text(self._detail, shown)
        hint = _DETAIL_HINT if shown == self._detail_text else self._detail_text
        if self._detail.toolTip() != hint:
            self._detail.setToolTip(hint)

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
        mark_large(self._answer, self.height() >= _LARGE_FROM_PX)
        self._place()

    def _place(self) -> None:
        width, height = self.width(), self.height()
        last = _CAPTION_PX if self.chips.isHidden() else HEIGHT_PX
        # A small window has no room for the number, its digits and the caption between them.
        caption = _CAPTION_PX if height - last - _CAPTION_PX >= _LEAST_ANSWER_PX else 0
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
        self._show_detail()


def _state_of(answer: Prediction) -> str:
    """How large the answer can be written."""
    if answer.number is not None:
        return "digit" if len(answer.text) <= 2 else "number" if len(answer.text) <= 6 else "words"
    return "digit" if len(answer.text) <= 4 else "words"


def _set_text(label: QLabel, text: str) -> None:
    if label.text() != text:
        label.setText(text)
