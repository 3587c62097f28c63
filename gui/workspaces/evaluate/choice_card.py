"""What is judged on which digits, and the headline of the outcome."""

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QPushButton, QWidget

from engine.core.wording import counted
from engine.evaluation.wording import percent
from gui.lab.dataset_library import TEST_SUFFIX, DatasetEntry
from gui.lab.model_library import LibraryEntry
from gui.lab.my_digits import MY_DIGITS_KEY
from gui.theme.stylesheet import mark_invalid, mark_muted, mark_title
from gui.widgets.card import Card
from gui.widgets.eliding_combo_box import ElidingComboBox
from gui.widgets.field_label import label_for
from gui.widgets.naming import named
from gui.workspaces.evaluate.evaluation import Evaluation
from models.scoring import same_question

PARTS: Final = {"validation": "held-out digits", "training": "training digits", "all": "all digits"}
NO_SECOND: Final = "no second model"
Choice = tuple[str, str]


class ChoiceCard(Card):
    """Digits and second model to choose, progress, and the metrics of the whole.

    Signals:
        changed: the user chose other digits or another second model.
        cancel_requested: the work under way is not wanted any more.
    """

    changed = Signal()
    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Evaluation", "", parent)
        self.digits_box = self._box("evaluatedDigits", "Digits to judge on")
        self.against_box = self._box("againstSelector", "Second model to compare with")
        self.progress_bar = named(QProgressBar(), "evaluationProgress", accessible_name="Progress of the evaluation")
        self.progress_bar.setTextVisible(False)
        self.progress_bar.setFixedWidth(120)
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setObjectName("cancelEvaluationButton")
        self.cancel_button.setToolTip("End the work under way; what is shown stays")
        self.cancel_button.clicked.connect(self.cancel_requested)
        row = QHBoxLayout()
        row.setSpacing(8)
        for text, box in (("On", self.digits_box), ("against", self.against_box)):
            row.addWidget(label_for(box, text))
            row.addWidget(box, 1)
        # Beside another button: elsewhere the page would move whenever an evaluation begins or ends.
        self.header.addWidget(self.progress_bar)
        self.header.addWidget(self.cancel_button)
        self.accuracy_label = named(mark_title(QLabel()), "accuracyHeadline")
        self.detail_label = named(mark_muted(QLabel(wordWrap=True)), "evaluationDetail")
        self.detail_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.body.addLayout(row)
        self.body.addWidget(self.accuracy_label)
        self.body.addWidget(self.detail_label)
        self.show_progress(None)

    @property
    def digits(self) -> Choice:
        """Key of the data set and name of the part."""
        data = self.digits_box.currentData()
        return (data[0], data[1]) if data else ("", "validation")

    @property
    def against(self) -> str:
        """Key of the second model, "" for none."""
        return str(self.against_box.currentData() or "")

    def show_datasets(self, entries: list[DatasetEntry]) -> None:
        """Offer these, each in its parts; what was chosen stays chosen."""
        items = [(f"{entry.title}: {PARTS[part]}", (entry.key, part)) for entry in entries for part in _parts(entry)]
        _fill(self.digits_box, items)

    def show_models(self, entries: list[LibraryEntry], current: LibraryEntry | None) -> None:
        """Offer these as the second one, but for the model that is judged and those that answer another question."""
        others = [
            (entry.title, entry.key)
            for entry in entries
            if current is not None and entry.key != current.key and same_question(current.task, entry.task)
        ]
        _fill(self.against_box, [(NO_SECOND, ""), *others])

    def follow(self, key: str) -> None:
        """Judge on what nobody learns from in this data set: its test part where it has one, else its first part.

        A part of it that was chosen stays chosen.
        """
        if self.digits[0].removesuffix(TEST_SUFFIX) == key.removesuffix(TEST_SUFFIX):
            return
        keys = [self.digits_box.itemData(place)[0] for place in range(self.digits_box.count())]
        wanted = next((one for one in (f"{key}{TEST_SUFFIX}", key) if one in keys), None)
        if wanted is not None:
            self.digits_box.setCurrentIndex(keys.index(wanted))

    def choose(self, digits: Choice, against: str) -> None:
        """Take back an earlier choice; what is not there any more is left out."""
        for box, data in ((self.digits_box, list(digits)), (self.against_box, against)):
            place = next((k for k in range(box.count()) if _plain(box.itemData(k)) == data), -1)
            if place >= 0:
                box.setCurrentIndex(place)

    def show_progress(self, share: float | None) -> None:
        """Show how much is done; None while nothing is under way."""
        for part in (self.progress_bar, self.cancel_button):
            part.setVisible(share is not None)
        self.progress_bar.setValue(round(100 * (share or 0.0)))

    def show_hint(self, sentence: str) -> None:
        """Say what to do where there is nothing to judge yet."""
        self.accuracy_label.hide()
        self.set_subtitle("")
        self.detail_label.setText(sentence)
        mark_invalid(self.detail_label, False)

    def show_problem(self, sentence: str) -> None:
        """Say why there is nothing to show."""
        self.accuracy_label.hide()
        self.detail_label.setText(sentence)
        mark_invalid(self.detail_label, True)

    def show_evaluation(self, found: Evaluation) -> None:
        """The headline: accuracy with its interval, and the other metrics of the whole."""
        mark_invalid(self.detail_label, False)
        self.accuracy_label.setText(headline(found))
        self.accuracy_label.show()
        self.set_subtitle(found.title)
        self.detail_label.setText(" · ".join(metric_texts(found.metrics)))

    def _box(self, name: str, accessible_name: str) -> ElidingComboBox:
        box = named(ElidingComboBox(), name, accessible_name, accessible_name)
        box.currentIndexChanged.connect(self._on_chosen)
        return box

    @Slot(int)
    def _on_chosen(self, _index: int) -> None:
        self.changed.emit()


def headline(found: Evaluation) -> str:
    """Accuracy with its interval, in the words of the task."""
    share, (low, high) = found.metrics["accuracy"], found.interval
    what = {"multilabel": "exact match", "regression": "within 10°"}.get(found.answers.task, "right")
    return f"{100 * share:.2f} % {what} (95 %: {100 * low:.2f} to {100 * high:.2f} %)"


def metric_texts(metrics: dict[str, Any]) -> list[str]:
    """The metrics of the whole beside accuracy, each in words."""
    parts = [counted(metrics["count"], "digit")]
    if metrics["left_out"]:
        parts.append(f"{metrics['left_out']:,} that it does not know left out")
    for name, text in (("mean_loss", "mean loss {:.4f}"), ("rmse", "RMSE {:.2f}°"), ("mae", "mean error {:.2f}°"),
                       ("r2", "R² {:.4f}"), ("top_3_accuracy", "among the first three {:.2%}"),
                       ("label_accuracy", "single labels {:.2%}")):  # fmt: skip
        if name in metrics:
            parts.append(text.format(metrics[name]).replace("%", " %"))
    if "macro_f1" in metrics:
        parts.append(f"macro F1 {metrics['macro_f1']:.4f}")
    refused, right = metrics.get("refused"), metrics.get("right_and_answered")
    if isinstance(refused, float) and isinstance(right, float):
        rest = f", accuracy of the rest {100 * right / (1 - refused):.2f} %" if refused < 1 else ""
        parts.append(f"refused {percent(refused)}{rest}")
    return parts


def _parts(entry: DatasetEntry) -> Sequence[str]:
    """The parts of a data set, the one that says most first: nothing of a test part is learned from."""
    if entry.key.endswith(TEST_SUFFIX):
        return ("all",)
    return ("all", "validation", "training") if entry.key == MY_DIGITS_KEY else tuple(PARTS)


def _plain(data: object) -> object:
    return list(data) if isinstance(data, tuple | list) else data


def _fill(box: ElidingComboBox, items: Sequence[tuple[str, object]]) -> None:
    """Offer other items without a word, and keep the choice where it is still there."""
    before = _plain(box.currentData())
    if [(box.itemText(k), _plain(box.itemData(k))) for k in range(box.count())] == [(t, _plain(d)) for t, d in items]:
        return
    with QSignalBlocker(box):
        box.clear()
        for text, data in items:
            box.addItem(text, data)
        places = [place for place, (_, data) in enumerate(items) if _plain(data) == before]
        box.setCurrentIndex(places[0] if places else 0)
    if box.count() and not places and before is not None:
        box.currentIndexChanged.emit(box.currentIndex())
