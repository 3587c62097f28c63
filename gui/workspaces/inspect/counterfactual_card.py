"""The smallest change of pixels that flips the answer, before and after."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel

from engine.core.parameters import FloatArray
from engine.evaluation.wording import percent
from engine.inspection.counterfactual import Counterfactual, counterfactual
from gui.services.background_task import BackgroundTasks, Task
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.card import Card
from gui.widgets.naming import named
from gui.workspaces.inspect.map_grid import MapGrid
from gui.workspaces.inspect.page import show_as_fresh
from gui.workspaces.inspect.subject import Subject

# Version and drawing, answer and rival.
CounterfactualKey = tuple[int, int, int, int]
# With the drawing, what was found, and how sure of the rival the model is then.
Outcome = tuple[CounterfactualKey, FloatArray, Counterfactual | None, float]


class _Search:
    """The search in another thread."""

    def __init__(self, asked: CounterfactualKey, subject: Subject, image: FloatArray) -> None:
        self._asked, self._image, self._model = asked, image, subject.model
        self._make_twin = subject.twin_maker(fused=True)
        self._make_whole = subject.twin_maker(fused=True, head=None)

    def __call__(self, task: Task) -> Outcome:
        _, _, answer, rival = self._asked

        def report() -> None:
            task.progress(0.0)

        found, sure = counterfactual(self._make_twin(), self._image, answer, rival, report), 0.0
        if found is not None:
            # By the weights of the search: the model may have learned on meanwhile.
            sure = float(self._model.probabilities(self._make_whole().logits(found.image[np.newaxis]))[0][rival])
        return self._asked, self._image, found, sure


class CounterfactualCard(Card):
    """Asks for the nearest image with the rival's answer, and shows it beside the drawing."""

    def __init__(self, themes: ThemeManager, tasks: BackgroundTasks, network_key: Callable[[], int]) -> None:
        super().__init__("The smallest change that flips the answer", "")
        self._network_key = network_key
        self.setObjectName("counterfactualCard")
        self._tasks = tasks
        self._subject: Subject | None = None
        # What should be shown, is asked for, and is shown.
        self._wanted: tuple[int, int, int, int | None] | None = None
        self._asked: object = None
        self._shown: CounterfactualKey | None = None
        self.found: Counterfactual | None = None
        self.images = MapGrid(themes, "counterfactualImages", "Before and after", scale=4, largest=8, signed=False)
        self.change = MapGrid(themes, "counterfactualChange", "The change", scale=4, largest=8)
        self.note = named(mark_muted(QLabel(wordWrap=True)), "counterfactualNote")
        row = QHBoxLayout()
        row.addWidget(self.images, 2)
        row.addWidget(self.change, 1)
        self.body.addLayout(row)
        self.body.addWidget(self.note)
        for grid in (self.images, self.change):
            grid.pointed.connect(self.set_subtitle)

    def show_subject(self, subject: Subject, answer: int, rival: int | None) -> None:
        """Dim what belongs to an earlier drawing, to earlier weights or to another rival."""
        self._subject, self._wanted = subject, (*subject.moment, answer, rival)
        show_as_fresh(self, self._shown == self._wanted)

    def ask(self, subject: Subject, answer: int, rival: int | None) -> None:
        """Search for this drawing, unless that is done or under way."""
        self.show_subject(subject, answer, rival)
        if subject.features is None or rival is None or not subject.has_classes:
            self._asked = None
        elif self._wanted != self._asked and not self._tasks.is_running("flip"):
            self._asked = self._wanted
            work = _Search((*subject.moment, answer, rival), subject, subject.features)
            self._tasks.start("flip", work, done=self._on_found, version=self._network_key)

    def forget(self) -> None:
        """Hold nothing of a network that is gone."""
        self._subject = None

    def hold(self) -> None:
        """Break the search off, to be asked for again."""
        if self._tasks.is_running("flip"):
            self._asked = None
            self._tasks.cancel("flip")

    @Slot(object)
    def _on_found(self, outcome: Outcome) -> None:
        self._shown, image, self.found, sure = outcome
        (_, _, answer, rival), subject = outcome[0], self._subject
        show_as_fresh(self, self._shown == self._wanted)
        if subject is None:
            return
        labels = subject.model.labels
        if self.found is None:
            self.images.set_maps(np.zeros((0, 1, 1)))
            self.change.set_maps(np.zeros((0, 1, 1)))
            self.note.setText(f"No change within the ink's bounds makes it {labels[rival]}.")
            return
        after = self.found
        self.images.set_maps(np.stack([image, after.image]), (f"{labels[answer]}, now", f"{labels[rival]}"), limit=1.0)
        self.change.set_maps(after.change[np.newaxis], ("change",))
        self.note.setText(
            f"{after.changed} pixels change by {np.abs(after.change).sum():.3g} in all (√Σ² = {after.size:.3g}): then "
            f"it is taken for {labels[rival]}, {percent(sure)} sure."
        )
