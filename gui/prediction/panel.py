"""The card that answers: what the model sees, what it says, and which model it is."""

from typing import Protocol

from PySide6.QtCore import QEvent, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout

from engine.core.wording import counted
from gui.lab.classifier import Prediction
from gui.lab.lab import Lab
from gui.lab.model_library import LibraryEntry
from gui.lab.model_titles import epoch_title
from gui.lab.wording import scope_text
from gui.prediction.angle_dial import AngleDial
from gui.prediction.feature_preview import FeaturePreview
from gui.prediction.filing_row import FilingRow
from gui.prediction.headline import Headline
from gui.prediction.probability_bars import ProbabilityBars
from gui.prediction.property_list import PropertyList
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.card import Card
from gui.widgets.eliding_combo_box import ElidingComboBox
from gui.widgets.filled import filled
from gui.widgets.naming import named

_WIDEST_CAPTION_PX = 240


class ShowsAnswers(Protocol):
    """What shows the numbers of an answer."""

    def set_answer(self, answer: Prediction) -> None:
        """Show it."""


class _Caption(QLabel):
    """Takes two lines where large letters would make the column at the left wider than half a small window."""

    def changeEvent(self, event: QEvent) -> None:
        """Letters of another size."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self.setWordWrap(self.fontMetrics().horizontalAdvance(self.text()) > _WIDEST_CAPTION_PX)


class PredictionPanel(Card):
    """Assembles the preview, the prediction in large, and the view that fits the model's task.

    Signals:
        shown(Prediction): the newest prediction, after it is shown.
    """

    shown = Signal(object)

    def __init__(self, lab: Lab, themes: ThemeManager) -> None:
        super().__init__("Recogniser", "")
        self._lab = lab
        self._answer = Prediction()
        self._task = ""
        self.preview = FeaturePreview(themes)
        self.headline = Headline()
        self.headline.digit_chosen.connect(lab.prediction.choose_digit)
        self.bars = ProbabilityBars(themes)
        self.toggles = PropertyList()
        self.dial = AngleDial(themes)
        self._stack = QStackedWidget()
        for view in (self.bars, self.toggles, self.dial):
            self._stack.addWidget(view)
        self._add_selector()

        row = filled(QHBoxLayout(), self._make_sight(), (self.headline, 1), spacing=8)
        self.body.addLayout(row)
        self._scope = named(mark_muted(QLabel(wordWrap=True)), "scopeLabel")
        self._scope.hide()
        self.body.addWidget(self._scope)
        below = filled(QVBoxLayout(), (self._stack, 1), spacing=2)
        self.filing = FilingRow()
        self.filing.setEnabled(False)
        self.filing.filed.connect(lab.filing.file_digit)
        self.filing.refused.connect(lab.filing.file_not_a_digit)
        below.addWidget(self.filing)
        self.body.addLayout(below, 1)
        lab.prediction.changed.connect(self.show_answer)
        lab.classifier.model_changed.connect(self._on_model_changed)
        lab.models.entries_changed.connect(self._on_entries_changed)
        lab.models.chosen.connect(self._on_chosen)
        self._on_model_changed()
        self._on_entries_changed()

    def _make_sight(self) -> QVBoxLayout:
        """The preview under the words that say what it is."""
        caption = mark_muted(_Caption("The model sees 20×20"))
        caption.setToolTip(self.preview.toolTip())
        caption.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Minimum)
        return filled(QVBoxLayout(), caption, (self.preview, 1), spacing=4)

    def _add_selector(self) -> None:
        self.selector = named(ElidingComboBox(), "modelSelector", "The model that answers", "Recogniser")
        self.selector.activated.connect(self._on_activated)
        self.header.replaceWidget(self.subtitle_label, self.selector)
        self.set_title_buddy(self.selector)
        self.subtitle_label.hide()
        self.header.setStretch(1, 1)

    @property
    def answer(self) -> Prediction:
        """What is shown."""
        return self._answer

    @Slot(object)
    def show_answer(self, answer: Prediction) -> None:
        """Show an answer everywhere."""
        if _blank(answer) is not None and _blank(answer) == _blank(self._answer):
            # While a model learns, a blank drawing is answered many times a second.
            self.shown.emit(answer)
            return
        self._answer = answer
        self._choose_view(answer.task)
        self.filing.setEnabled(answer.features is not None)
        self.preview.set_features(answer.features)
        self.headline.show_answer(answer)
        self._view().set_answer(answer)
        self.shown.emit(answer)

    def _view(self) -> ShowsAnswers:
        if self._task == "multilabel":
            return self.toggles
        return self.dial if self._task == "regression" else self.bars

    def _choose_view(self, task: str) -> None:
        if task == self._task:
            return
        self._task = task
        view = self._view()
        self._stack.setCurrentWidget(
            self.toggles if view is self.toggles else self.dial if view is self.dial else self.bars
        )

    @Slot(int)
    def _on_activated(self, index: int) -> None:
        key = self.selector.itemData(index)
        if isinstance(key, str) and not self._lab.models.choose(key):
            # It could not be loaded; the list shows what goes on answering.
            self._on_entries_changed()

    @Slot()
    def _on_entries_changed(self) -> None:
        self.selector.clear()
        for entry in self._lab.models.entries:
            self.selector.addItem(entry.title, entry.key)
            tip = f"{entry.title}\n{entry.description}".strip()
            self.selector.setItemData(self.selector.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        current = self._lab.models.current
        if current is None:
            self.selector.setCurrentIndex(-1)
        else:
            self._on_chosen(current)

    @Slot(object)
    def _on_chosen(self, entry: LibraryEntry) -> None:
        index = self.selector.findData(entry.key)
        self.selector.setCurrentIndex(index)
        self._update_tip()

    def _update_tip(self) -> None:
        title, current = self.selector.currentText(), self._lab.models.current
        if self._lab.live.shown_weights(current) is not None:
            title = epoch_title(title, self._lab.epoch.shown or 0)
        tip = f"The model that answers: {title}" if title else ""
        if tip != self.selector.toolTip():
            self.selector.setToolTip(tip)

    @Slot()
    def _on_model_changed(self) -> None:
        self._update_tip()
        model = self._lab.classifier.model
        if model is None:
            self.headline.show_model("no model")
            return
        self.headline.show_model(counted(self._lab.classifier.parameter_count, "parameter"))
        scope = scope_text(model.task, model.labels, model.calibration.threshold is not None)
        if scope != self._scope.text() or bool(scope) == self._scope.isHidden():
            self._scope.setText(scope)
            self._scope.setVisible(bool(scope))


def _blank(answer: Prediction) -> tuple[object, ...] | None:
    """What is shown of an answer to nothing; None of any other."""
    if answer.features is not None or answer.probabilities is not None or answer.number is not None:
        return None
    return answer.labels, answer.task, answer.text, answer.detail, answer.rejected
