"""What the user has put right about the digits of the data sets: other labels, and digits to leave out of training."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.errors import DataError
from gui.services.settings import Settings
from gui.services.undo_stack import empty_stack

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.data import Dataset

UNDO_STEPS = 100


@dataclass(frozen=True, slots=True)
class DatasetEdits:
    """The edits of one data set; examples are named by their positions in it, as in `Selection`.

    Attributes:
        labels: the new digit of each relabelled example.
        excluded: examples that the next training leaves out.
    """

    labels: Mapping[int, int] = field(default_factory=dict)
    excluded: frozenset[int] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.labels or self.excluded)

    def text_of(self, example: int) -> str:
        """What was done to an example, in a word or two; "" for nothing."""
        if example in self.excluded:
            return "left out"
        return f"now {self.labels[example]}" if example in self.labels else ""

    def part(self, dataset: "Dataset", places: "NDArray[np.int64]") -> "Dataset":
        """Examples of a data set, (n,) positions, as edited: with their new labels, and without those left out.

        Raises:
            DataError: all of them are left out.
        """
        if not self:
            return dataset.subset(places)
        kept = places[~np.isin(places, list(self.excluded))]
        if not len(kept):
            raise DataError(f"{dataset.name or 'The data'}: all its digits are left out; take some back in Evaluate.")
        labels = dataset.labels.copy()
        for example, digit in self.labels.items():
            if example < len(labels):
                labels[example] = digit
        return replace(dataset, labels=labels).subset(kept)


NO_EDITS = DatasetEdits()


class LabelEdits(QObject):
    """The edits of all data sets, with undo; they are kept in the settings and honoured by the next training.

    What was read from a file is never changed.

    Signals:
        changed: the edits of a data set are others.

    Attributes:
        undo_stack: its steps; texts say what each did.
    """

    changed = Signal()

    def __init__(self, settings: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_STEPS)
        self._document: dict[str, Any] = settings.label_edits if settings is not None else {}
        self._edits = {key: _parsed(entry) for key, entry in self._document.items()}

    def __del__(self) -> None:
        empty_stack(self.undo_stack)

    def of(self, key: str) -> DatasetEdits:
        """The edits of the data set of this key."""
        return self._edits.get(key, NO_EDITS)

    def relabel(self, key: str, examples: Iterable[int], digit: int) -> None:
        """Give examples of a data set another label, 0 to 9; one that was left out takes part again."""
        before, chosen = self.of(key), _whole(examples)
        labels = {**before.labels, **dict.fromkeys(chosen, digit)}
        self._push(key, DatasetEdits(labels, before.excluded - chosen), f"relabel {len(chosen):,} as {digit}")

    def exclude(self, key: str, examples: Iterable[int]) -> None:
        """Leave examples of a data set out of training."""
        before, chosen = self.of(key), _whole(examples)
        self._push(key, DatasetEdits(before.labels, before.excluded | chosen), f"leave {len(chosen):,} out")

    def restore(self, key: str, examples: Iterable[int]) -> None:
        """Take examples as they came."""
        before, chosen = self.of(key), _whole(examples)
        labels = {example: digit for example, digit in before.labels.items() if example not in chosen}
        self._push(key, DatasetEdits(labels, before.excluded - chosen), f"restore {len(chosen):,}")

    @Slot()
    def undo(self) -> None:
        """Take the last edit back."""
        self.undo_stack.undo()

    @Slot()
    def redo(self) -> None:
        """Do it again."""
        self.undo_stack.redo()

    def _push(self, key: str, after: DatasetEdits, text: str) -> None:
        before = self.of(key)
        if after != before:
            self.undo_stack.push(_Step(self._put, key, before, after, text))

    def _put(self, key: str, edits: DatasetEdits) -> None:
        self._edits[key] = edits
        if edits:
            labels = {str(example): digit for example, digit in sorted(edits.labels.items())}
            self._document[key] = {"labels": labels, "excluded": sorted(edits.excluded)}
        else:
            self._document.pop(key, None)
        self.changed.emit()


class _Step(QUndoCommand):
    """From some edits of a data set to others."""

    def __init__(
        self,
        put: Callable[[str, DatasetEdits], None],
        key: str,
        before: DatasetEdits,
        after: DatasetEdits,
        text: str,
    ) -> None:
        super().__init__(text)
        self._put, self._key, self._before, self._after = put, key, before, after

    def redo(self) -> None:
        """Also called by `QUndoStack.push`."""
        self._put(self._key, self._after)

    def undo(self) -> None:
        self._put(self._key, self._before)


def _whole(examples: Iterable[int]) -> frozenset[int]:
    return frozenset(int(example) for example in examples)


def _parsed(entry: Mapping[str, Any]) -> DatasetEdits:
    """What a settings file, which anybody may have edited, holds of edits; anything wrong is left out."""
    labels, excluded = entry.get("labels"), entry.get("excluded")
    pairs = labels.items() if isinstance(labels, dict) else ()
    return DatasetEdits(
        {int(key): digit for key, digit in pairs if key.isdecimal() and type(digit) is int and 0 <= digit <= 9},
        frozenset(item for item in excluded if type(item) is int) if isinstance(excluded, list) else frozenset(),
    )
