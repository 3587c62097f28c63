"""Two answers side by side, and their difference in words."""

from typing import Final

from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from engine.evaluation.wording import percent
from gui.lab.classifier import Prediction
from gui.prediction.feature_preview import FeaturePreview
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted, mark_title, set_state
from gui.widgets.card import Card
from gui.widgets.filled import filled
from gui.widgets.naming import named

PREVIEW_CELL_PX: Final = 4
LARGEST_PREVIEW_PX: Final = 321


class AnswerSide(QWidget):
    """What the model sees on one path, and what it answers."""

    def __init__(self, themes: ThemeManager, title: str, name: str) -> None:
        super().__init__()
        self.setObjectName(f"{name}Side")
        self.preview = named(FeaturePreview(themes), f"{name}Preview")
        self.preview.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.preview.set_cell_size(PREVIEW_CELL_PX)
        self.preview.setMaximumSize(LARGEST_PREVIEW_PX, LARGEST_PREVIEW_PX)
        self.answer_label = named(QLabel(wordWrap=True), f"{name}Answer")
        self.answer_label.setProperty("answer", True)
        self.detail_label = mark_muted(QLabel())
        words = filled(QVBoxLayout(), mark_title(QLabel(title)), self.answer_label, self.detail_label, 1, spacing=2)
        filled(QHBoxLayout(self), (self.preview, 2), (words, 3), margins=0, spacing=12)

    def show_answer(self, answer: Prediction) -> None:
        """Show it."""
        self.preview.set_features(answer.features)
        is_answer = answer.probabilities is not None
        set_state(
            self.answer_label, "digit" if is_answer and len(answer.text) <= 4 else "words" if is_answer else "hint"
        )
        self.answer_label.setText(answer.text if is_answer else "–")
        self.detail_label.setText(answer.detail)


class PredictionComparison(Card):
    """With all steps, and with those that are switched on."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__("Answers side by side", "")
        self.setObjectName("answerComparison")
        self.all_steps = AnswerSide(themes, "With all steps", "allSteps")
        self.chosen_steps = AnswerSide(themes, "With the chosen steps", "chosenSteps")
        row = filled(QHBoxLayout(), (self.all_steps, 1), (self.chosen_steps, 1), spacing=16)
        self.body.addLayout(row, 1)

    def show_answers(self, full: Prediction, chosen: Prediction) -> None:
        """Show both."""
        self.all_steps.show_answer(full)
        self.chosen_steps.show_answer(chosen)


def difference_text(full: Prediction, chosen: Prediction, is_full_path: bool) -> str:
    """What leaving steps out changes, in one sentence; `is_full_path`: nothing is left out."""
    if full.features is None:
        return "Draw a digit to see what each step is worth."
    if is_full_path:
        return "All steps are on. Switch one off to see what it is worth for this drawing."
    if full.probabilities is None or chosen.probabilities is None:
        return "There is no answer to compare."
    if full.text != chosen.text:
        return f"The steps change the answer: {_quoted(chosen)} without them becomes {_quoted(full)} with all of them."
    if full.rejected:
        return "With or without the steps, this is no digit that the model knows."
    if full.confidence is None or chosen.confidence is None:
        return f"Both say {full.text}."
    gain = full.confidence - chosen.confidence
    if abs(gain) < 0.0005:
        return f"Both say {full.text}: for this drawing the steps make no difference."
    better = "surer" if gain > 0 else "less sure"
    return (
        f"Both say {full.text}; all steps make it {better}: {percent(chosen.confidence)} → {percent(full.confidence)}."
    )


def _quoted(answer: Prediction) -> str:
    return f"“{answer.text}”" if answer.rejected else answer.text
