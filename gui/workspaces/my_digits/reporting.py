"""What the tab's background task does for the writer's report."""

from collections.abc import Sequence
from dataclasses import replace

from engine.storage.model import Model
from gui.lab.my_digits import MyDigit
from gui.services.background_task import Task
from models.scoring.writer_report import WriterReport, writer_report


class Reporting:
    """Judges a model by somebody's drawings."""

    def __init__(self, model: Model, digits: Sequence[MyDigit], title: str) -> None:
        # A replica: the model may be answering drawings meanwhile.
        self._model = replace(model, network=model.network.replica())
        self._digits = digits
        self._title = title

    def __call__(self, task: Task) -> tuple[WriterReport, str]:
        """In the thread of the task."""
        return writer_report(self._model, [digit.drawing for digit in self._digits], task.progress), self._title
