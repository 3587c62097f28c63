"""The card that answers: what the model sees, what it says, and which model it is."""

from collections.abc import Callable, Sequence
from typing import Protocol

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QStackedWidget, QVBoxLayout, QWidget

from gui.canvas.digit_boxes import DigitBox
from gui.canvas.drawing_canvas import DrawingCanvas
from gui.lab.classifier import Classifier, Prediction, PredictionRequest
from gui.lab.prediction_loop import PredictionLoop
from gui.lab.wording import scope_text
from gui.prediction.angle_dial import AngleDial
from gui.prediction.feature_preview import FeaturePreview
from gui.prediction.headline import Headline
from gui.prediction.probability_bars import ProbabilityBars
from gui.prediction.property_list import PropertyList
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.card import Card
from gui.widgets.eliding_combo_box import ElidingComboBox


class ShowsAnswers(Protocol):
    """What shows the numbers of an answer."""

    def set_answer(self, answer: Prediction) -> None:
        """Show it."""


class PredictionPanel(Card):
    """Assembles the preview, the answer in large, and the view that fits the model's task.

    Signals:
        answered: the newest `Prediction`, after it is shown.
        model_chosen: key of the model that the user picked in the selector.
    """

    answered = Signal(object)
    model_chosen = Signal(str)

    def __init__(self, recogniser: Classifier, themes: ThemeManager, parent: QWidget | None = None) -> None:
        super().__init__("Recogniser", "", parent)
        self._recogniser = recogniser
        self._loop: PredictionLoop | None = None
        self._canvas: DrawingCanvas | None = None
        # The strokes of the digit that the user chose, and of how many: kept until there are more or fewer.
        self._chosen: tuple[tuple[int, ...], int] | None = None
        self._answer = Prediction()
        self._task = ""
        self.preview = FeaturePreview(themes)
        self.headline = Headline(themes)
        self.headline.digit_chosen.connect(self.choose_digit)
        self.bars = ProbabilityBars(themes)
        self.toggles = PropertyList(themes)
        self.dial = AngleDial(themes)
        self._stack = QStackedWidget()
        for view in (self.bars, self.toggles, self.dial):
            self._stack.addWidget(view)
        self._add_selector()

        row = QHBoxLayout()
        row.setSpacing(8)
        row.addLayout(self._make_sight())
        row.addWidget(self.headline, 1)
        self.body.addLayout(row)
        self._scope = mark_muted(QLabel())
        self._scope.setObjectName("scopeLabel")
        self._scope.setWordWrap(True)
        self._scope.hide()
        self.body.addWidget(self._scope)
        self.body.addWidget(self._stack, 1)
        recogniser.model_changed.connect(self._on_model_changed)
        self._on_model_changed()

    def _make_sight(self) -> QVBoxLayout:
        """The preview under the words that say what it is."""
        caption = mark_muted(QLabel("The model sees 20×20"))
        caption.setToolTip(self.preview.toolTip())
        caption.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        sight = QVBoxLayout()
        sight.setSpacing(4)
        sight.addWidget(caption)
        sight.addWidget(self.preview, 1)
        return sight

    def _add_selector(self) -> None:
        self.selector = ElidingComboBox()
        self.selector.setObjectName("modelSelector")
        self.selector.setAccessibleName("Recogniser")
        self.selector.setToolTip("The model that answers")
        self.selector.activated.connect(self._on_activated)
        self.header.replaceWidget(self.subtitle_label, self.selector)
        self.subtitle_label.hide()
        self.header.setStretch(1, 1)

    @property
    def answer(self) -> Prediction:
        """What is shown."""
        return self._answer

    def follow(self, canvas: DrawingCanvas, question: Callable[[], PredictionRequest] | None = None) -> None:
        """Answer this canvas's drawing from now on, and whenever it or the model changes.

        With `question`, that is asked instead of the canvas: it may give the features of an image.
        """
        self._loop = PredictionLoop(self._recogniser, question if question is not None else canvas.drawing, self)
        self._loop.answered.connect(self.show_answer)
        self._canvas = canvas
        canvas.drawing_changed.connect(self._loop.request)
        self._loop.request()

    @Slot()
    def request_answer(self) -> None:
        """What is asked is another: answer soon."""
        if self._loop is not None:
            self._loop.request()

    def answer_now(self) -> None:
        """Answer without waiting for the next frame."""
        if self._loop is not None:
            self._loop.answer_now()

    def set_models(self, models: Sequence[tuple[str, str]], current: str = "") -> None:
        """Fill the selector with (key, title) and select one; nothing is emitted."""
        self.selector.clear()
        for key, title in models:
            self.selector.addItem(title, key)
            self.selector.setItemData(self.selector.count() - 1, title, Qt.ItemDataRole.ToolTipRole)
        self.select_model(current)

    def select_model(self, key: str) -> None:
        """Show which model answers; nothing is emitted."""
        index = self.selector.findData(key)
        self.selector.setCurrentIndex(index)
        self.selector.setToolTip(f"The model that answers: {self.selector.currentText()}" if index >= 0 else "")

    @Slot(object)
    def show_answer(self, answer: Prediction) -> None:
        """Show an answer everywhere."""
        answer = self._with_chosen_digit(answer)
        if _blank(answer) is not None and _blank(answer) == _blank(self._answer):
            # While a model learns, a blank drawing is answered many times a second.
            self.answered.emit(answer)
            return
        self._answer = answer
        self._choose_view(answer.task)
        self.preview.set_features(answer.features)
        self.headline.show_answer(answer)
        self._view().set_answer(answer)
        if self._canvas is not None:
            self._canvas.boxes.show_boxes(_boxes_of(answer))
        self.answered.emit(answer)

    @Slot(int)
    def choose_digit(self, index: int) -> None:
        """Show the bars of another digit of the number."""
        number = self._answer.number
        if number is not None and 0 <= index < len(number.digits):
            self._chosen = (number.digits[index].strokes, len(number.digits))
            self.show_answer(self._answer)

    def _with_chosen_digit(self, answer: Prediction) -> Prediction:
        if answer.number is None or self._chosen is None:
            self._chosen = None
            return answer
        strokes, count = self._chosen
        found = [index for index, digit in enumerate(answer.number.digits) if digit.strokes == strokes]
        if not found or count != len(answer.number.digits):
            self._chosen = None
            return answer
        return answer.of_digit(found[0])

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
        if isinstance(key, str):
            self.model_chosen.emit(key)

    @Slot()
    def _on_model_changed(self) -> None:
        model = self._recogniser.model
        if model is None:
            self.headline.show_model("no model")
            return
        self.headline.show_model(f"{self._recogniser.parameter_count:,} numbers")
        scope = scope_text(model.task, model.labels)
        if scope != self._scope.text() or bool(scope) == self._scope.isHidden():
            self._scope.setText(scope)
            self._scope.setVisible(bool(scope))


def _blank(answer: Prediction) -> tuple[object, ...] | None:
    """What is shown of an answer to nothing; None of any other."""
    if answer.features is not None or answer.probabilities is not None or answer.number is not None:
        return None
    return answer.labels, answer.task, answer.text, answer.detail, answer.rejected


def _boxes_of(answer: Prediction) -> tuple[DigitBox, ...]:
    """The frames for the canvas: of a number's digits, else none."""
    digits = () if answer.number is None else answer.number.digits
    return tuple(
        DigitBox(answer.label_of(index), digit.box, index == answer.digit) for index, digit in enumerate(digits)
    )
