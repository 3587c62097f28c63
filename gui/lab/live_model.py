"""Keeps the classifier on the current model: a finished one, or the newest weights of the one in training."""

from dataclasses import replace
from typing import Final

import numpy as np
from PySide6.QtCore import QObject, QTimer, Slot

from engine.core.parameters import FloatArray
from engine.evaluation.calibration import UNCALIBRATED
from engine.storage.model import Model
from engine.training.messages import TrainingFinished
from gui.lab.classifier import Classifier
from gui.lab.current_epoch import CurrentEpoch
from gui.lab.drawing_document import DrawingDocument
from gui.lab.followed_drawing import FollowedDrawing
from gui.lab.model_library import TRAINING_KEY, LibraryEntry, ModelLibrary
from gui.lab.run_started import RunStarted
from gui.lab.training_session import TrainingSession

# A stroke that has ended is answered first; to follow another drawing takes longer than that.
_FOLLOW_MS: Final = 40


class LiveModel(QObject):
    """Lets the model in training answer the drawing, and the followed drawing over the course of the run.

    Where an earlier epoch of the run is chosen, its weights answer in place of the newest ones, also after the run.
    """

    def __init__(
        self,
        session: TrainingSession,
        drawing: DrawingDocument,
        classifier: Classifier,
        models: ModelLibrary,
        followed: FollowedDrawing,
        epoch: CurrentEpoch,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._drawing = drawing
        self._classifier = classifier
        self._models = models
        self._followed = followed
        self._epoch = epoch
        # The model of the stored epochs: the one in training, then the one that came of it.
        self._of_run: Model | None = None
        # How its logits are read before anybody calibrates it.
        self._plain = UNCALIBRATED
        self._kept_epoch = 0
        # The weights of the epoch that answers in place of the newest ones.
        self._shown: FloatArray | None = None
        # The GUI's own copy of the model in training: it takes the snapshots.
        self._model: Model | None = None
        self._epochs = 0.0
        self._previous = ""
        # Whether the run began with a blank canvas, and what is drawn now is to be followed.
        self._awaits_strokes = False
        session.set_keeper(models.keeper)
        session.started.connect(self._on_started)
        session.weights_changed.connect(self._on_weights)
        session.finished.connect(self._on_finished)
        session.failed.connect(self._on_failed)
        models.chosen.connect(self._on_chosen)
        self._follow_timer = QTimer(self, singleShot=True, interval=_FOLLOW_MS)
        self._follow_timer.timeout.connect(self._on_strokes_answered)
        drawing.stroke_finished.connect(self._on_stroke_finished)
        epoch.changed.connect(self._on_epoch_changed)

    @property
    def model(self) -> Model | None:
        """The model in training, with the newest weights that are known; None while nothing is trained."""
        return self._model

    @property
    def kept_epoch(self) -> int:
        """The epoch that the finished model's own weights ended; 0 in a training, and for weights within an epoch."""
        return self._kept_epoch

    def has_epochs(self, entry: LibraryEntry | None) -> bool:
        """Whether the stored epochs are those of this model."""
        return entry is not None and entry.model is not None and entry.model is self._of_run

    def shown_weights(self, entry: LibraryEntry | None) -> FloatArray | None:
        """The weights that are shown in place of this model's own, (parameters,); None for its own, or the newest."""
        return self._epoch.chosen_weights if self.has_epochs(entry) else None

    def shown_model(self, entry: LibraryEntry) -> Model | None:
        """The model of an entry as its shown weights are to be read.

        Temperature and rule of refusal belong to the weights that they were fitted on: an earlier epoch has neither.
        """
        model, weights = entry.model, self.shown_weights(entry)
        if model is None or weights is None or np.array_equal(weights, model.network.store.snapshot()):
            return model
        return replace(model, calibration=self._plain)

    def follow_drawing(self) -> bool:
        """Follow what is drawn now; False, and nothing changes, if that is nothing."""
        image = self._drawing.image
        if not self._followed.follow(self._drawing.drawing(), image.features if image is not None else None):
            return False
        self._predict_followed()
        return True

    def keep_unfinished(self) -> None:
        """Before the window closes in the first epoch of a run: what was learned so far goes to the library.

        Later the copy of the last whole epoch is there, with its record: how many epochs, and how good they were.
        """
        if self._model is not None and 0 < self._epochs <= 1:
            self._models.add_trained(self._model)

    @Slot(object)
    def _on_started(self, started: RunStarted) -> None:
        # First of all: no epoch of the run before may answer for this one.
        self._epoch.begin_run(started)
        self._model = self._of_run = started.model
        self._kept_epoch = 0
        self._plain = started.model.calibration
        current = self._models.current
        self._previous = current.key if current is not None else ""
        if not started.continued:
            self._epochs = 0.0
            self._awaits_strokes = not self.follow_drawing()
            if self._awaits_strokes:
                self._followed.clear()
        self._models.begin_training(started.model)

    @Slot(object, float)
    def _on_weights(self, snapshot: FloatArray, epochs: float) -> None:
        if self._model is None:
            return
        self._model.network.store.restore(snapshot)
        self._epochs = epochs
        if self._answers() and self._shown is None:
            self._classifier.set_weights(snapshot)
        self._predict_followed()

    @Slot(object, object)
    def _on_finished(self, finished: TrainingFinished, model: Model | None) -> None:
        answered = self._end()
        self._of_run = model
        kept = finished.kept
        self._kept_epoch = kept.epoch if kept is not None and kept in finished.history else 0
        if model is None:
            if answered:
                self._models.choose(self._previous)
            return
        diverged = finished.reason == "diverged"
        # A diverged run gives back its last finite weights; without a whole epoch behind them they are worth nothing.
        entry = self._models.add_trained(model) if finished.epochs or not diverged else None
        if answered:
            self._models.choose(entry.key if entry is not None and not diverged else self._previous)

    @Slot(str)
    def _on_failed(self, _message: str) -> None:
        if self._end():
            self._models.choose(self._previous)

    def _end(self) -> bool:
        """The run is over; whether its model was the one that answered."""
        self._model = None
        answered = self._answers()
        self._models.end_training()
        return answered

    def _answers(self) -> bool:
        current = self._models.current
        return current is not None and current.key == TRAINING_KEY

    @Slot()
    def _on_stroke_finished(self) -> None:
        # Who starts to train with a blank canvas and then draws means this drawing, of however many strokes.
        if self._model is not None and self._awaits_strokes:
            self._follow_timer.start()

    @Slot()
    def _on_strokes_answered(self) -> None:
        if self._model is None or self._drawing.pen_is_down:
            return
        before = self._followed.drawing.strokes
        self._awaits_strokes = self._drawing.strokes[: len(before)] == before
        if self._awaits_strokes:
            self.follow_drawing()

    @Slot(object)
    def _on_chosen(self, entry: LibraryEntry) -> None:
        model = self.shown_model(entry)
        if model is None:
            return
        self._classifier.set_model(model)
        self._shown = self.shown_weights(entry)
        if self._shown is not None:
            self._classifier.set_weights(self._shown)
        elif entry.key == TRAINING_KEY and self._model is not None:
            self._classifier.set_weights(self._model.network.store.snapshot())

    @Slot()
    def _on_epoch_changed(self) -> None:
        current = self._models.current
        if current is not None and self.shown_weights(current) is not self._shown:
            self._on_chosen(current)

    def _predict_followed(self) -> None:
        features = self._followed.features
        if features is None or self._model is None:
            return
        # A run that is about to diverge may overflow here; the chart leaves out what is not finite.
        with np.errstate(all="ignore"):
            self._followed.add(self._epochs, self._model.answer(features)[0])
