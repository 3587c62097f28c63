"""What the user has put right about the digits of the data sets: other labels, and digits to leave out of training."""

import contextlib
import weakref
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
        marks: of the edited pictures (`engine.data.picture_marks`), by which they are known again when the data set has
            become another.
        away: (label, whether left out) by the mark of each edited picture that the data set does not hold any more.
    """

    labels: Mapping[int, int] = field(default_factory=dict)
    excluded: frozenset[int] = frozenset()
    marks: Mapping[int, int] = field(default_factory=dict, compare=False)
    away: Mapping[int, tuple[int | None, bool]] = field(default_factory=dict, compare=False)

    def __bool__(self) -> bool:
        return bool(self.labels or self.excluded)

    def text_of(self, example: int) -> str:
        """What was done to an example, in a word or two; "" for nothing."""
        if example in self.excluded:
            return "left out"
        return f"now {self.labels[example]}" if example in self.labels else ""

    def placed(self, marks: "NDArray[np.uint64]") -> "DatasetEdits":
        """The edits where their pictures stand in a data set of these marks, (n,); the same object if nothing moved."""
        edited = self.labels.keys() | self.excluded
        known = {place: self.marks.get(place, int(marks[place]) if place < len(marks) else -1) for place in edited}
        if not self.away and all(0 <= place < len(marks) and marks[place] == mark for place, mark in known.items()):
            return self if known == self.marks else replace(self, marks=known)
        wanted = [(mark, place, self.labels.get(place), place in self.excluded) for place, mark in known.items()]
        wanted += [(mark, -1, *edit) for mark, edit in self.away.items()]
        sought = np.array([mark for mark, *_ in wanted if mark >= 0], np.uint64)
        free: dict[int, list[int]] = {}
        for place in np.flatnonzero(np.isin(marks, sought)).tolist():
            free.setdefault(int(marks[place]), []).append(place)
        labels: dict[int, int] = {}
        excluded: set[int] = set()
        found: dict[int, int] = {}
        away: dict[int, tuple[int | None, bool]] = {}
        for mark, before, label, is_out in wanted:
            places = free.get(mark, [])
            if not places:
                away[mark] = (label, is_out)
                continue
            # Of equal pictures the one at the old place is meant.
            place = places.pop(places.index(before) if before in places else 0)
            found[place] = mark
            labels.update({place: label} if label is not None else {})
            excluded.update({place} if is_out else ())
        away.pop(-1, None)
        return DatasetEdits(labels, frozenset(excluded), found, away)

    def part(self, dataset: "Dataset", places: "NDArray[np.int64]") -> "Dataset":
        """Examples of a data set, (n,) positions, as edited: with their new labels, and without those left out.

        Raises:
            DataError: all of them are left out.
        """
        if not self:
            return dataset.subset(places)
        kept = places[~np.isin(places, list(self.excluded))]
        if not len(kept):
            raise DataError(f"{dataset.name or 'The data'}: all its digits are left out; take some back in Data.")
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
    _read = Signal(str, object)

    def __init__(self, settings: Settings | None = None, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_STEPS)
        self._document: dict[str, Any] = settings.label_edits if settings is not None else {}
        self._edits = {key: _parsed(entry) for key, entry in self._document.items()}
        # The pictures of each data set as it was read last, and that data set.
        self._marks: dict[str, NDArray[np.uint64]] = {}
        self._seen: dict[str, weakref.ref[Dataset]] = {}
        self._read.connect(self._on_read)

    def __del__(self) -> None:
        empty_stack(self.undo_stack)

    def of(self, key: str) -> DatasetEdits:
        """The edits of the data set of this key."""
        return self._edits.get(key, NO_EDITS)

    def placed(self, key: str, dataset: "Dataset", edits: DatasetEdits | None = None) -> DatasetEdits:
        """Edits, the present ones if none are given, as they fit a data set that was read; for any thread.

        Whoever reads a data set that can be edited calls this: from then on the edits stand where their pictures are.
        """
        from engine.data.picture_marks import picture_marks

        seen = self._seen.get(key)
        if seen is None or seen() is not dataset or key not in self._marks:
            marks = picture_marks(dataset.images)
            self._marks[key], self._seen[key] = marks, weakref.ref(dataset)
            # A closed window has taken this object with it.
            with contextlib.suppress(RuntimeError):
                self._read.emit(key, marks)
        return (edits if edits is not None else self.of(key)).placed(self._marks[key])

    @Slot(str, object)
    def _on_read(self, key: str, marks: "NDArray[np.uint64]") -> None:
        before = self.of(key)
        after = before.placed(marks)
        if after != before:
            # Its steps know the places of another state of the data.
            self.undo_stack.clear()
        if after is not before:
            self._put(key, after)

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
        before, marks = self.of(key), self._marks.get(key)
        if after != before:
            edited = after.labels.keys() | after.excluded
            known = {place: int(marks[place]) for place in edited if marks is not None and place < len(marks)}
            after = replace(after, marks=known, away=before.away)
            self.undo_stack.push(_Step(self._put, key, before, after, text))

    def _put(self, key: str, edits: DatasetEdits) -> None:
        self._edits[key] = edits
        if edits or edits.away:
            labels = {str(example): digit for example, digit in sorted(edits.labels.items())}
            entry = self._document[key] = {"labels": labels, "excluded": sorted(edits.excluded)}
            marks = {str(place): mark for place, mark in sorted(edits.marks.items())}
            away = {str(mark): list(edit) for mark, edit in sorted(edits.away.items())}
            entry.update({name: value for name, value in (("marks", marks), ("away", away)) if value})
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
    labels, marks, away = (_numbered(entry.get(name)) for name in ("labels", "marks", "away"))
    excluded = entry.get("excluded")
    return DatasetEdits(
        {place: digit for place, digit in labels.items() if _is_digit(digit)},
        frozenset(item for item in excluded if type(item) is int and item >= 0)
        if isinstance(excluded, list)
        else frozenset(),
        {place: mark for place, mark in marks.items() if type(mark) is int and 0 <= mark < 2**64},
        {
            mark: (edit[0], edit[1])
            for mark, edit in away.items()
            if mark < 2**64 and isinstance(edit, list) and len(edit) == 2 and type(edit[1]) is bool
            if edit[0] is None or _is_digit(edit[0])
        },
    )


def _numbered(part: object) -> dict[int, Any]:
    return {int(key): value for key, value in part.items() if key.isdecimal()} if isinstance(part, dict) else {}


def _is_digit(value: object) -> bool:
    return type(value) is int and 0 <= value <= 9
