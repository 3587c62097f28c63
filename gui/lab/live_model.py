"""Lets the model in training answer: the drawing on the canvas, and the pinned one over the course of the run."""

import numpy as np
from PySide6.QtCore import QObject, Slot

from engine.core.parameters import FloatArray
from engine.ink import features_from_drawing
from engine.ink.drawing import Drawing
from engine.storage.model import Model
from engine.training.messages import TrainingFinished
from gui.canvas.drawing_canvas import DrawingCanvas
from gui.lab.classifier import Classifier
from gui.lab.model_library import TRAINING_KEY, LibraryEntry, ModelLibrary
from gui.lab.training_run import RunStarted
from gui.workspaces.train.workspace import TrainWorkspace


class LiveModel(QObject):
    """Between the session on one side, the recogniser, the library and the pinned chart on the other."""

    def __init__(
        self,
        workspace: TrainWorkspace,
        canvas: DrawingCanvas,
        recogniser: Classifier,
        library: ModelLibrary,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._workspace = workspace
        self._canvas = canvas
        self._recogniser = recogniser
        self._library = library
        # The drawing that is followed.
        self._features: FloatArray | None = None
        # The window's own copy of the model in training: it takes the snapshots.
        self._model: Model | None = None
        self._epochs = 0.0
        self._previous = ""
        session = workspace.session
        session.set_keeper(library.keeper)
        session.started.connect(self._on_started)
        session.weights_changed.connect(self._on_weights)
        session.finished.connect(self._on_finished)
        session.failed.connect(self._on_failed)
        library.chosen.connect(self._on_chosen)
        canvas.stroke_finished.connect(self._on_stroke_finished)

    def pin(self, drawing: Drawing) -> bool:
        """Follow this drawing from now on; False, and nothing changes, if it is blank."""
        features = None if drawing.is_blank else features_from_drawing(drawing)
        if features is None:
            return False
        self._features = features
        self._workspace.pinned.clear()
        self._answer_pinned()
        return True

    def keep_unfinished(self) -> None:
        """Before the window closes in the middle of a run: what was learned so far goes to the library."""
        if self._model is not None and self._epochs > 0:
            self._library.add_trained(self._model)

    @Slot(object)
    def _on_started(self, started: RunStarted) -> None:
        self._model = started.model
        current = self._library.current
        self._previous = current.key if current is not None else ""
        if not started.continued:
            self._epochs = 0.0
            self.pin(self._canvas.drawing())
        self._workspace.begin_pinned(started.preset.labels)
        self._library.begin_training(started.model)
        if not started.continued:
            self._answer_pinned()

    @Slot(object, float)
    def _on_weights(self, snapshot: FloatArray, epochs: float) -> None:
        if self._model is None:
            return
        self._model.network.store.restore(snapshot)
        self._epochs = epochs
        current = self._library.current
        if current is not None and current.key == TRAINING_KEY:
            self._recogniser.set_weights(snapshot)
        self._answer_pinned()

    @Slot(object, object)
    def _on_finished(self, finished: TrainingFinished, model: Model) -> None:
        answered = self._end()
        diverged = finished.reason == "diverged"
        # A diverged run gives back its last finite weights; without a whole epoch behind them they are worth nothing.
        entry = self._library.add_trained(model) if finished.epochs or not diverged else None
        if answered:
            self._library.choose(entry.key if entry is not None and not diverged else self._previous)

    @Slot(str)
    def _on_failed(self, _message: str) -> None:
        if self._end():
            self._library.choose(self._previous)

    def _end(self) -> bool:
        """The run is over; whether its model was the one that answered."""
        self._model = None
        current = self._library.current
        self._library.end_training()
        return current is not None and current.key == TRAINING_KEY

    @Slot()
    def _on_stroke_finished(self) -> None:
        # Who starts to train with a blank canvas and then draws means this drawing.
        if self._model is not None and self._features is None:
            self.pin(self._canvas.drawing())

    @Slot(object)
    def _on_chosen(self, entry: LibraryEntry) -> None:
        if entry.key == TRAINING_KEY and self._model is not None:
            self._recogniser.set_weights(self._model.network.store.snapshot())

    def _answer_pinned(self) -> None:
        if self._features is None or self._model is None:
            return
        # A run that is about to diverge may overflow here; the chart leaves out what is not finite.
        with np.errstate(all="ignore"):
            self._workspace.add_pinned(self._epochs, self._model.answer(self._features)[0])
