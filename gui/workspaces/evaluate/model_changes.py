"""What the tab changes about a model: its temperature and its rule of refusal."""

from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal, Slot

from engine.evaluation.calibration import Calibration
from engine.storage.model import Model
from gui.lab.lab import Lab
from gui.lab.model_library import TRAINING_KEY
from gui.services.background_task import BackgroundTasks, Task
from gui.workspaces.evaluate.calibrating import fitted_calibration
from gui.workspaces.evaluate.evaluation import DigitsSource, Evaluation


class ModelChanges(QObject):
    """Calibrates the current model, in the background, or gives it another threshold.

    Signals:
        error(object): an exception, or a sentence: it could not be done.
    """

    error = Signal(object)

    def __init__(self, lab: Lab, tasks: BackgroundTasks, parent: QObject) -> None:
        super().__init__(parent)
        self._lab = lab
        self._tasks = tasks
        # What may be taken back, and of which model.
        self._earlier: list[tuple[Model, Calibration]] = []

    def calibrate(self, found: Evaluation) -> None:
        """Fit the temperature of the model on the held-out digits of the current data set, whatever is judged now."""
        datasets = self._lab.datasets
        work = partial(_fit, found.model, datasets.part_source(datasets.current, "validation"))
        self._tasks.start("calibrate", work, done=self._on_fitted, failed=self.error.emit, version=self._current_key)

    def set_threshold(self, threshold: float) -> None:
        """Refuse from now on what has less energy."""
        current = self._lab.models.current
        if current is not None and current.model is not None:
            calibration = replace(current.model.calibration, threshold=threshold)
            self._store(calibration, "refuses what lies below this threshold now")

    @property
    def can_undo(self) -> bool:
        """Whether the current model has another calibration than before."""
        current = self._lab.models.current
        return current is not None and any(model is current.model for model, _ in self._earlier)

    @Slot()
    def undo(self) -> None:
        """Give the current model the calibration that it had before the newest change."""
        current = self._lab.models.current
        for step in reversed(self._earlier):
            if current is not None and step[0] is current.model:
                if self._store(step[1], "has its earlier calibration again", undoes=True):
                    self._earlier.remove(step)
                return

    def _current_key(self) -> object:
        current = self._lab.models.current
        return current.key if current is not None else ""

    @Slot(object)
    def _on_fitted(self, fitted: Calibration) -> None:
        self._store(fitted, f"is calibrated: temperature {fitted.temperature:.3f}")

    def _store(self, calibration: Calibration, what: str, *, undoes: bool = False) -> bool:
        models, current = self._lab.models, self._lab.models.current
        if current is None or current.model is None:
            return False
        if current.key == TRAINING_KEY:
            self.error.emit("A model in training changes with every step; calibrate it when the training has ended.")
            return False
        if self._lab.live.shown_weights(current) is not None:
            self.error.emit("An earlier epoch is shown: press Follow newest, then calibrate the model itself.")
            return False
        if not undoes:
            self._earlier.append((current.model, current.model.calibration))
        current.model.calibration = calibration
        if current.unsaved:
            self._lab.autosave.keep_model(current.key, current.model)
        # The window's own network takes over what has changed.
        models.choose(current.key)
        self._lab.messages.message.emit(f"{current.title} {what}. Save the model to keep that.")
        return True


def _fit(model: Model, load: DigitsSource, task: Task) -> Calibration:
    dataset, places = load()
    task.progress(0.1)
    return fitted_calibration(model, dataset.subset(places))
