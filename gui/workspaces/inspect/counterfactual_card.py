"""The smallest change of pixels that flips the answer, before and after."""

from collections.abc import Callable

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel

from engine.core.parameters import FloatArray
from engine.evaluation.wording import percent
from engine.inspection.counterfactual import Counterfactual, counterfactual
from engine.network.network import Network
from gui.services.background_task import BackgroundTasks, Task
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.card import Card
from gui.widgets.naming import named
from gui.workspaces.inspect.map_grid import MapGrid
from gui.workspaces.inspect.subject import Subject

Asked = tuple[int, int, int, int]


class _Search:
    """The search in another thread."""

    def __init__(self, asked: Asked, image: FloatArray, make_twin: Callable[[], Network]) -> None:
        self._asked, self._image, self._make_twin = asked, image, make_twin

    def __call__(self, task: Task) -> tuple[Asked, FloatArray, Counterfactual | None]:
        _, _, answer, rival = self._asked

        def report() -> None:
            task.progress(0.0)

        return self._asked, self._image, counterfactual(self._make_twin(), self._image, answer, rival, report)


class CounterfactualCard(Card):
    """Asks for the nearest image with the rival's answer, and shows it beside the drawing."""

    def __init__(self, themes: ThemeManager, tasks: BackgroundTasks, network_key: Callable[[], int]) -> None:
        super().__init__("The smallest change that flips the answer", "")
        self._network_key = network_key
        self.setObjectName("counterfactualCard")
        self._tasks = tasks
        self._subject: Subject | None = None
        self._asked: Asked | None = None
        # The moment of what is shown.
        self._shown: tuple[int, int] | None = None
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

    def show_subject(self, subject: Subject) -> None:
        """Dim what belongs to an earlier drawing, or to earlier weights."""
        self._subject = subject
        self.setEnabled(self._shown == subject.moment)

    def ask(self, subject: Subject, answer: int, rival: int | None) -> None:
        """Search for this drawing, unless that is done or under way."""
        self._subject = subject
        if subject.features is None or rival is None or not subject.has_classes:
            self._asked = None
            return
        wanted = (*subject.moment, answer, rival)
        if wanted != self._asked and not self._tasks.is_running("flip"):
            self._asked = wanted
            work = _Search(self._asked, subject.features, subject.twin_maker(fused=True))
            self._tasks.start("flip", work, done=self._on_found, version=self._network_key)

    def hold(self) -> None:
        """Break the search off, to be asked for again."""
        if self._tasks.is_running("flip"):
            self._asked = None
            self._tasks.cancel("flip")

    @Slot(object)
    def _on_found(self, outcome: tuple[Asked, FloatArray, Counterfactual | None]) -> None:
        (version, drawing, answer, rival), image, self.found = outcome
        self._shown, subject = (version, drawing), self._subject
        if subject is None:
            return
        self.show_subject(subject)
        labels = subject.model.labels
        if self.found is None:
            self.images.set_maps(np.zeros((0, 1, 1)))
            self.change.set_maps(np.zeros((0, 1, 1)))
            self.note.setText(f"No change within the ink's bounds makes it {labels[rival]}.")
            return
        after = self.found
        self.images.set_maps(np.stack([image, after.image]), (f"{labels[answer]}, now", f"{labels[rival]}"), limit=1.0)
        self.change.set_maps(after.change[np.newaxis], ("change",))
        sure = float(subject.model.answer(after.image.astype(np.float32))[0][rival])
        self.note.setText(
            f"{after.changed} pixels change by {np.abs(after.change).sum():.3g} in all (√Σ² = {after.size:.3g}): then "
            f"it is taken for {labels[rival]}, {percent(sure)} sure."
        )
