"""The Evaluate tab: everything stands on one set of answers, computed once in the background."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, ClassVar

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from engine.core.parameters import IntArray
from gui.lab.classifier import independent_copy
from gui.lab.drawing_document import OpenedImage
from gui.lab.lab import Lab
from gui.lab.model_library import TRAINING_KEY, LibraryEntry
from gui.services.background_task import BackgroundTasks, Task
from gui.theme.manager import ThemeManager
from gui.widgets.scroll_page import ScrollPage
from gui.workspaces.base import Workspace
from gui.workspaces.evaluate.choice_card import ChoiceCard
from gui.workspaces.evaluate.comparison_card import ComparisonCard
from gui.workspaces.evaluate.confused_card import ConfusedCard
from gui.workspaces.evaluate.digits_card import DigitsCard, WorstCard
from gui.workspaces.evaluate.evaluation import Evaluation, Wish, evaluate_wish
from gui.workspaces.evaluate.matrix_card import MatrixCard
from models.presets.pretrained import load
from models.scoring import common_digits

# Evaluations that are kept: going back to one costs nothing.
_KEPT = 6
_CANVAS_PX = 14


class EvaluateWorkspace(Workspace):
    """Judges the current model on the chosen digits, and lets every figure be clicked to the digits behind it."""

    key: ClassVar[str] = "evaluate"
    empty_text: ClassVar[str] = "Choose a model beside the canvas: its mistakes are shown here."
    help_text: ClassVar[str] = (
        "The current model answers all digits of a data set. Click a cell of the matrix, a bar or a point to see "
        "exactly the digits behind it; a double click puts one on the canvas. Choose a second model to compare."
    )

    def __init__(
        self,
        lab: Lab,
        themes: ThemeManager,
        parent: QWidget | None = None,
        *,
        actions: Mapping[str, QAction] | None = None,
    ) -> None:
        super().__init__(lab, themes, parent, actions=actions)
        self.tasks = BackgroundTasks(self)
        self.found: Evaluation | None = None
        self._kept: dict[tuple[object, ...], Evaluation] = {}
        self._asked: tuple[object, ...] = ()
        self._trained_epochs = 0
        self.choice = ChoiceCard()
        self.matrix = MatrixCard(themes)
        self.examples = DigitsCard(
            themes, "Digits", "exampleGrid", "Click a cell, a bar or a point: the digits behind it appear here.", 2
        )
        self.confused = ConfusedCard()
        self.worst = WorstCard(themes)
        self.comparison = ComparisonCard()
        self._assemble()
        self._connect()
        self._show(None)

    # What the next start should find again.

    def collect_values(self) -> dict[str, Any]:
        """The digits, the second model, and how the matrix is read."""
        return {"digits": list(self.choice.digits), "against": self.choice.against, **self.matrix.values()}

    def apply_values(self, values: Mapping[str, Any]) -> None:
        """Choose the same again where it is still there."""
        digits, against = values.get("digits"), values.get("against")
        if isinstance(digits, list) and len(digits) == 2 and isinstance(against, str):
            self.choice.choose((str(digits[0]), str(digits[1])), against)
        self.matrix.set_values(values)

    def shut_down(self) -> None:
        """End the work under way."""
        super().shut_down()
        self.tasks.shut_down()
        self.matrix.card.finish_exports()

    # From wish to figures.

    def refresh_pause_ms(self) -> int:
        """A model in training answers anew each epoch, and that may be often."""
        return 50

    def refresh(self) -> None:
        """Evaluate what is wished for now, unless that is done or under way."""
        models, current = self.lab.models, self.lab.models.current
        self.choice.show_datasets(self.lab.datasets.entries)
        self.choice.show_models(models.entries, current.key if current is not None else "")
        wish = self._wish(current)
        if wish is None:
            self._asked = ()
            self._show(None)
            return
        if wish.key == self._asked:
            return
        self._asked = wish.key
        if wish.key in self._kept:
            self.tasks.cancel("evaluate")
            self._show(self._kept[wish.key])
            return
        self.choice.show_progress(0.0)
        self.tasks.start(
            "evaluate",
            _Work(wish),
            done=self._on_done,
            failed=self._on_failed,
            progressed=self.choice.show_progress,
            version=self._asked_now,
        )

    def _asked_now(self) -> tuple[object, ...]:
        return self._asked

    def _wish(self, current: LibraryEntry | None) -> Wish | None:
        data_key, part = self.choice.digits
        entry = next((one for one in self.lab.datasets.entries if one.key == data_key), None)
        if current is None or current.model is None or entry is None:
            return None
        models, versions = [(current.title, current.model)], [self._version(current)]
        second = next((one for one in self.lab.models.entries if one.key == self.choice.against), None)
        if second is not None and second.key != current.key:
            models.append((second.title, second.model if second.model is not None else load(second.key)))
            versions.append(self._version(second))
        datasets = self.lab.datasets
        split = (datasets.validation_share, datasets.seed)
        return Wish(
            (tuple(versions), data_key, id(entry), part, split),
            tuple(
                (title, replace(model, network=independent_copy(model.network, weights=True)))
                for title, model in models
            ),
            datasets.part_source(entry, part),
            self.choice.digits_box.currentText(),
        )

    def _version(self, entry: LibraryEntry) -> tuple[object, ...]:
        epochs = self._trained_epochs if entry.key == TRAINING_KEY else 0
        calibration = entry.model.calibration if entry.model is not None else None
        return entry.key, id(entry.model), epochs, calibration

    @Slot(object)
    def _on_done(self, found: Evaluation) -> None:
        self._kept[self._asked] = found
        while len(self._kept) > _KEPT:
            del self._kept[next(iter(self._kept))]
        self._show(found)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._show(None)
        self.choice.show_problem(str(error))

    @Slot()
    def _on_cancel(self) -> None:
        self.tasks.cancel("evaluate")
        self.choice.show_progress(None)

    def _show(self, found: Evaluation | None) -> None:
        self.found = found
        self.choice.show_progress(None)
        if found is not None:
            self.choice.show_evaluation(found)
        self.matrix.show_evaluation(found)
        self.confused.show_evaluation(found)
        self.confused.setVisible(found is None or found.answers.has_classes)
        self.worst.show_evaluation(found)
        self.comparison.show_evaluation(found)
        self.examples.show_digits(found, np.zeros(0, np.intp))

    # From figures to digits.

    def show_places(self, places: IntArray, text: str) -> None:
        """Show exactly these digits, places in the answers, and make them the selection of all tabs."""
        if self.found is not None:
            self.examples.show_digits(self.found, places, text)
            self._select(places, -1)

    def _select(self, places: IntArray | list[int], primary: int) -> None:
        # The selection counts in the data set that all tabs share.
        if self.found is None or self.choice.digits[0] != self.lab.datasets.current.key:
            return
        ids = self.found.ids
        self.lab.selection.select(
            (int(ids[place]) for place in places), primary=int(ids[primary]) if primary >= 0 else None, by=self.key
        )

    @Slot(object, int)
    def _on_picked(self, places: list[int], primary: int) -> None:
        self._select(places, primary)

    @Slot(int)
    def _on_activated(self, place: int) -> None:
        if self.found is not None:
            features = self.found.answers.images[place]
            paper = np.repeat(np.repeat(255 - np.rint(255 * features).astype(np.uint8), _CANVAS_PX, 0), _CANVAS_PX, 1)
            pixels = np.stack([paper, paper, paper, np.full_like(paper, 255)], axis=2)
            self.lab.drawing.set_image(OpenedImage(pixels, features.copy(), self.found.caption(place)))

    @Slot(int, int)
    def _on_pair(self, truth: int, answer: int) -> None:
        self.matrix.choose((truth, answer))

    @Slot()
    def _on_first_requested(self) -> None:
        self._show_only(first=True)

    @Slot()
    def _on_second_requested(self) -> None:
        self._show_only(first=False)

    def _show_only(self, *, first: bool) -> None:
        found = self.found
        if found is None or found.against is None:
            return
        mine, other = common_digits(found.answers, found.against)
        right, right_too = found.answers.right[mine], found.against.right[other]
        chosen = mine[right & ~right_too] if first else mine[~right & right_too]
        self.show_places(chosen, f"only {found.title if first else found.against_title} right")

    @Slot(object, float)
    def _on_weights(self, _snapshot: object, epochs: float) -> None:
        if int(epochs) != self._trained_epochs:
            self._trained_epochs = int(epochs)
            current = self.lab.models.current
            if current is not None and current.key == TRAINING_KEY:
                self.request_refresh()

    # Making.

    def _connect(self) -> None:
        lab = self.lab
        lab.models.chosen.connect(self.request_refresh)
        lab.models.entries_changed.connect(self.request_refresh)
        lab.datasets.entries_changed.connect(self.request_refresh)
        lab.datasets.current_changed.connect(self.request_refresh)
        lab.session.weights_changed.connect(self._on_weights)
        self.choice.changed.connect(self.request_refresh)
        self.choice.cancel_requested.connect(self._on_cancel)
        self.matrix.chosen.connect(self.show_places)
        self.confused.chosen.connect(self._on_pair)
        self.comparison.first_requested.connect(self._on_first_requested)
        self.comparison.second_requested.connect(self._on_second_requested)
        for card in (self.examples, self.worst):
            card.picked.connect(self._on_picked)
            card.activated.connect(self._on_activated)

    def _assemble(self) -> None:
        grid = QGridLayout()
        grid.addWidget(self.choice, 0, 0, 1, 2)
        grid.addWidget(self.comparison, 1, 0, 1, 2)
        grid.addWidget(self.matrix.card, 2, 0)
        grid.addWidget(self.examples, 2, 1)
        grid.addWidget(self.confused, 3, 0)
        grid.addWidget(self.worst, 3, 1)
        for column in (0, 1):
            grid.setColumnStretch(column, 1)
        grid.setRowStretch(2, 1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(ScrollPage(grid, self.themes))


class _Work:
    """What the background task does."""

    def __init__(self, wish: Wish) -> None:
        self._wish = wish

    def __call__(self, task: Task) -> Evaluation:
        return evaluate_wish(self._wish, task.progress)
