"""What the tab shows of a data set, made in the background; knows no widget."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray, IntArray
from engine.data import Dataset
from engine.data.dataset_checks import Finding, check_dataset, class_averages, class_counts
from engine.errors import ConfigurationError
from gui.lab.dataset_library import DatasetEntry
from gui.lab.label_edits import LabelEdits
from gui.services.background_task import Task

if TYPE_CHECKING:
    from engine.data.split import Split
    from models.data_check import Doubt

PARTS = ("", "training", "validation")


@dataclass(frozen=True, eq=False)
class Inspection:
    """A data set as it is split.

    Attributes:
        entry: whose digits.
        digits: all of them.
        part: (n,) int8: 1 for training, 2 for validation.
        counts: (10,) digits of each class.
        problem: why it cannot be split as it should be; then all digits are shown as training digits.
    """

    entry: DatasetEntry
    digits: Dataset
    part: NDArray[np.int8]
    counts: IntArray = field(default_factory=lambda: np.zeros(10, np.intp))
    problem: str = ""

    @property
    def sizes(self) -> tuple[int, int]:
        """(training, validation) digits."""
        return int(np.count_nonzero(self.part == 1)), int(np.count_nonzero(self.part == 2))

    @property
    def writer_count(self) -> int:
        """How many people wrote the digits; 0 where that is unknown."""
        return 0 if self.digits.writers is None else len(np.unique(self.digits.writers))

    def caption(self, place: int) -> str:
        """What is known of a digit, its label first."""
        parts = [str(self.digits.labels[place]), f"number {place + 1:,}", PARTS[self.part[place]]]
        if self.digits.writers is not None:
            parts.append(f"writer {self.digits.writers[place]}")
        return " · ".join(parts)


@dataclass(frozen=True, eq=False)
class Checks:
    """What is told about a data set.

    Attributes:
        averages: (10, 20, 20) average image of each class.
        findings: what a person should know, the gravest first.
        doubt: what looks wrong about the reading, or None.
    """

    averages: FloatArray
    findings: list[Finding]
    doubt: "Doubt | None"


class InspectionWork:
    """Reads a data set and splits it."""

    def __init__(self, entry: DatasetEntry, split: "Callable[[], Split]", edits: LabelEdits) -> None:
        self._entry, self._split, self._edits = entry, split, edits

    def __call__(self, _task: Task) -> Inspection:
        """In the thread of the task."""
        digits = self._entry.load()
        self._edits.placed(self._entry.key, digits)
        part, problem = np.ones(len(digits), np.int8), ""
        try:
            part[self._split().places(digits)[1]] = 2
        except ConfigurationError as error:
            problem = str(error)
        return Inspection(self._entry, digits, part, class_counts(digits.labels), problem)


class CheckWork:
    """Looks for what may be wrong with a data set."""

    def __init__(self, inspection: Inspection) -> None:
        self._inspection = inspection

    def __call__(self, task: Task) -> Checks:
        """In the thread of the task."""
        from models.data_check import find_doubt

        found = self._inspection
        averages = class_averages(found.digits)
        task.progress(0.3)
        findings = check_dataset(found.digits, np.flatnonzero(found.part == 1), np.flatnonzero(found.part == 2))
        task.progress(0.8)
        return Checks(averages, findings, find_doubt(found.digits) if found.entry.path is not None else None)


class SuspicionWork:
    """Ranks labels that may be wrong, by models that never saw the digits."""

    def __init__(self, digits: Dataset) -> None:
        self._digits = digits

    def __call__(self, task: Task) -> Finding:
        """In the thread of the task."""
        from models.label_check import FOLDS, out_of_sample_probabilities, rank_suspicious

        places = rank_suspicious(self._digits, out_of_sample_probabilities(self._digits, task.progress))
        sentence = (
            f"{len(places):,} labels look wrong, the worst first: ranked by out-of-sample probabilities only, "
            f"each from a model that never saw the digit ({FOLDS}-fold cross-validation)."
        )
        return Finding("suspicious", sentence, places)
