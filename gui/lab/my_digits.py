"""The digits that people filed under what they are: in memory, on the disk, and among the data sets."""

import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, QTimer, Signal, Slot
from PySide6.QtGui import QUndoCommand, QUndoStack

from engine.core.file_io import reason_of
from engine.core.parameters import FloatArray
from engine.core.user_folders import data_folder
from engine.ink.drawing import Drawing
from engine.ink.drawing_collection import DrawingCollection, filed, with_filed
from gui.lab.dataset_library import DatasetEntry, DatasetLibrary
from gui.lab.messages import Messages
from gui.services.background_task import BackgroundTasks, Task
from gui.services.undo_stack import empty_stack

if TYPE_CHECKING:
    from engine.data import Dataset

MY_DIGITS_KEY: Final = "my-digits"
FILE_NAME: Final = "my-digits.jsonl"
WRITER: Final = "writer"
# The keys of a drawing that is no digit: its label is null, and this says why.
WHAT, NOT_A_DIGIT = "what", "not a digit"
UNDO_STEPS: Final = 200
_LANE = "my-digits"
WRITTEN_SECONDS = 0.01


@dataclass(frozen=True, slots=True, eq=False)
class MyDigit:
    """A filed drawing.

    Attributes:
        drawing: strokes, the label (None where it is no digit), and the keys `filed` and `writer`.
        features: (20, 20) as models receive it.
    """

    drawing: Drawing
    features: FloatArray

    @property
    def key(self) -> str:
        """What tells it from all others; keys have the order in which digits were filed."""
        return filed(self.drawing)

    @property
    def writer(self) -> str:
        """Who wrote it; "" where that is not known."""
        return str(self.drawing.extra.get(WRITER, ""))

    def labelled(self, label: int | None) -> "MyDigit":
        """The same drawing under another digit; None for no digit."""
        extra = {key: value for key, value in self.drawing.extra.items() if key != WHAT}
        if label is None:
            extra[WHAT] = NOT_A_DIGIT
        return replace(self, drawing=replace(self.drawing, label=label, extra=extra))

    def written_by(self, writer: str) -> "MyDigit":
        """The same drawing by somebody else; "" for nobody in particular."""
        extra = {key: value for key, value in self.drawing.extra.items() if key != WRITER}
        return replace(self, drawing=replace(self.drawing, extra={**extra, WRITER: writer} if writer else extra))


Changes = Mapping[str, MyDigit | None]


class MyDigits(QObject):
    """Keeps the digits; every change is a step that can be undone, and is on the disk at once.

    Signals:
        changed: other digits, or other labels or writers of them.

    Attributes:
        undo_stack: the steps: filing, other labels and writers, deletion, import.
        collection: the file, which windows share.
    """

    changed = Signal()

    def __init__(self, datasets: DatasetLibrary, messages: Messages, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.undo_stack = QUndoStack(self)
        self.undo_stack.setUndoLimit(UNDO_STEPS)
        self.collection = DrawingCollection(data_folder() / FILE_NAME)
        self._datasets = datasets
        self._messages = messages
        self._tasks = BackgroundTasks(self)
        self._digits: dict[str, MyDigit] = {}
        # What the file looked like after it was read or written last, and how many writes are under way.
        self._seen: tuple[int, int] | None = None
        self._writing = 0
        self._failing = False
        self._offer_timer = QTimer(self, singleShot=True)
        self._offer_timer.timeout.connect(self._offer)

    def __del__(self) -> None:
        empty_stack(self.undo_stack)

    @property
    def digits(self) -> list[MyDigit]:
        """All of them, in the order in which they were filed."""
        return [self._digits[key] for key in sorted(self._digits)]

    @property
    def labelled(self) -> list[MyDigit]:
        """Those that are digits, in the order of the data set."""
        return [digit for digit in self.digits if digit.drawing.label is not None]

    @property
    def writers(self) -> list[str]:
        """The names of all writers, in alphabetical order."""
        return sorted({digit.writer for digit in self._digits.values() if digit.writer})

    def __contains__(self, key: str) -> bool:
        return key in self._digits

    # Steps.

    def add(self, found: Iterable[tuple[Drawing, FloatArray]], text: str = "file") -> list[str]:
        """File drawings with their features, (20, 20); gives the keys by which they are known from now on."""
        made = [MyDigit(with_filed(drawing, place), features) for place, (drawing, features) in enumerate(found)]
        self._push({digit.key: digit for digit in made}, text)
        return [digit.key for digit in made]

    def relabel(self, keys: Iterable[str], label: int | None) -> None:
        """File these under another digit; None for no digit."""
        known = [self._digits[key] for key in keys if key in self._digits and self._digits[key].drawing.label != label]
        self._push({digit.key: digit.labelled(label) for digit in known}, "other label")

    def set_writer(self, keys: Iterable[str], writer: str) -> None:
        """Say who wrote these."""
        known = [self._digits[key] for key in keys if key in self._digits]
        self._push({digit.key: digit.written_by(writer) for digit in known if digit.writer != writer}, "other writer")

    def delete(self, keys: Iterable[str]) -> None:
        """Take these away."""
        self._push({key: None for key in keys if key in self._digits}, "delete")

    def _push(self, after: Changes, text: str) -> None:
        if after:
            before = {key: self._digits.get(key) for key in after}
            self.undo_stack.push(_Step(self, before, after, text))

    def apply(self, changes: Changes, before: Changes) -> None:
        """Called by the steps: be like this from now on, and keep it."""
        for key, digit in changes.items():
            if digit is None:
                self._digits.pop(key, None)
            else:
                self._digits[key] = digit
        drawings = {key: None if digit is None else digit.drawing for key, digit in changes.items()}
        self._write(drawings, {key for key, digit in before.items() if digit is None})
        self._tell()

    # The file.

    @Slot()
    def restore(self) -> None:
        """Read the file in the background; `changed` tells when that is done."""
        self._tasks.start(_LANE, self._read, done=self._on_read, failed=self._on_read_failed, ordered=True)

    @Slot()
    def follow_file(self) -> None:
        """Read it again if another window has written it meanwhile."""
        if not self._writing and self.collection.signature() != self._seen:
            self.restore()

    def finish(self) -> None:
        """Wait until everything is on the disk."""
        self._offer_timer.stop()
        self._tasks.shut_down()
        # The stack still emits while Python's half of the window is already gone.
        self.undo_stack.blockSignals(True)

    def _read(self, _task: Task) -> tuple[list[MyDigit], int, tuple[int, int] | None]:
        from engine.data.image_drawings import drawing_features

        found = self.collection.read()
        signature = self.collection.signature()
        known = dict(self._digits)
        new_features = iter(drawing_features([drawing for drawing in found.drawings if filed(drawing) not in known]))
        digits = []
        for drawing in found.drawings:
            features = known[key].features if (key := filed(drawing)) in known else next(new_features)
            if features is not None:
                digits.append(MyDigit(drawing, features))
        return digits, found.set_aside, signature

    @Slot(object)
    def _on_read(self, outcome: tuple[list[MyDigit], int, tuple[int, int] | None]) -> None:
        digits, set_aside, signature = outcome
        if self._writing:
            # What is being written is newer; it is looked at again when it is wanted.
            self._digits = {**{digit.key: digit for digit in digits}, **self._digits}
        else:
            self._digits = {digit.key: digit for digit in digits}
            self._seen = signature
        if set_aside:
            self._messages.message.emit(
                f"{set_aside} damaged of your digits could not be read; kept in {self.collection.damaged_path}."
            )
        self._tell()

    @Slot(object)
    def _on_read_failed(self, error: Exception) -> None:
        self._messages.error.emit(f"Your digits in {self.collection.path} cannot be read ({reason_of(error)}).")

    def _write(self, changes: Mapping[str, Drawing | None], added: set[str]) -> None:
        if self._failing:
            # What could not be written is tried again.
            changes = {**{key: digit.drawing for key, digit in self._digits.items()}, **changes}
            added = set(self._digits)
        new = [drawing for key, drawing in changes.items() if drawing is not None and key in added]

        is_append = len(new) == len(changes) and not self._failing
        is_written = threading.Event()

        def work(_task: Task) -> tuple[int, int] | None:
            if is_append:
                self.collection.append(new, is_written.set)
            else:
                self.collection.change(changes, added)
            return self.collection.signature()

        self._writing += 1
        self._tasks.start(_LANE, work, done=self._on_written, failed=self._on_write_failed, ordered=True)
        if is_append:
            # A kill in the next moment takes nothing; a slow disk holds nobody up for long.
            is_written.wait(WRITTEN_SECONDS)

    @Slot(object)
    def _on_written(self, signature: tuple[int, int] | None) -> None:
        self._writing -= 1
        self._failing = False
        self._seen = signature

    @Slot(object)
    def _on_write_failed(self, error: Exception) -> None:
        self._writing -= 1
        if not self._failing:
            self._failing = True
            self._messages.error.emit(
                f"Your digits cannot be kept ({reason_of(error)}: {self.collection.path}). Make room there: the next "
                "change tries again; or export them in My digits."
            )

    # The data set.

    def _tell(self) -> None:
        self._offer_timer.start(0)
        self.changed.emit()

    @Slot()
    def _offer(self) -> None:
        """Offer the digits as a data set, as they are now."""
        if digits := self.labelled:
            self._datasets.add(DatasetEntry(MY_DIGITS_KEY, "My digits", lambda: dataset_of(digits)))
        else:
            self._datasets.remove(MY_DIGITS_KEY)


class _Step(QUndoCommand):
    """From some digits to others."""

    def __init__(self, owner: MyDigits, before: Changes, after: Changes, text: str) -> None:
        super().__init__(text)
        self._owner, self._before, self._after = owner, before, after

    def redo(self) -> None:
        """Be as after the step; also called by `QUndoStack.push`."""
        self._owner.apply(self._after, self._before)

    def undo(self) -> None:
        """Be as before it."""
        self._owner.apply(self._before, self._after)


def dataset_of(digits: Iterable[MyDigit]) -> "Dataset":
    """Labelled digits as a data set whose writers are numbered in the order of their names; others are left out."""
    from engine.data import Dataset
    from engine.data.image_drawings import shared_originals

    known = [digit for digit in digits if digit.drawing.label is not None]
    images = np.stack([digit.features for digit in known]) if known else np.zeros((0, 20, 20), np.float32)
    labels = np.array([digit.drawing.label for digit in known], np.int64)
    names = sorted({digit.writer for digit in known})
    writers = np.array([names.index(digit.writer) for digit in known], np.int64)
    return Dataset(images, labels, "My digits", writers, shared_originals([digit.drawing for digit in known]))
