"""The data sets that models can be trained on: the bundled digits, and files that were added."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from gui.lab.label_edits import LabelEdits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.data import Dataset

BUNDLED_KEY: Final = "bundled"
# Of a data set without a split of its own, the part that is held out for validation.
VALIDATION_SHARE: Final = 0.15


@dataclass(frozen=True, slots=True, eq=False)
class DatasetEntry:
    """A data set that can be chosen.

    Attributes:
        key: `BUNDLED_KEY`, or the path of the file.
        title: what a list shows.
        load: gives the whole data set; slow, and called in whichever thread needs it.
        path: its file; None for the bundled digits.
    """

    key: str
    title: str
    load: "Callable[[], Dataset]"
    path: Path | None = None


class DatasetLibrary(QObject):
    """Keeps the entries, the current one, and how that is split into training and validation digits.

    Signals:
        entries_changed: an entry was added or removed.
        current_changed: another data set, share or seed is current.
    """

    entries_changed = Signal()
    current_changed = Signal()

    def __init__(self, parent: QObject | None = None, *, edits: LabelEdits | None = None) -> None:
        super().__init__(parent)
        self._edits = edits if edits is not None else LabelEdits(parent=self)
        self._entries = {BUNDLED_KEY: DatasetEntry(BUNDLED_KEY, "Bundled MNIST digits", _load_bundled)}
        self._current = self._entries[BUNDLED_KEY]
        self._share = VALIDATION_SHARE
        self._seed: int | None = None

    @property
    def entries(self) -> list[DatasetEntry]:
        """All entries, the bundled digits first."""
        return list(self._entries.values())

    @property
    def current(self) -> DatasetEntry:
        """What the next training learns from."""
        return self._current

    @property
    def validation_share(self) -> float:
        """The part of the digits that is held out."""
        return self._share

    @property
    def seed(self) -> int | None:
        """Seed of the split; None for the fixed split that published scores of the bundled digits refer to."""
        return self._seed

    def add(self, entry: DatasetEntry) -> None:
        """Offer a data set; one of the same key is replaced."""
        self._entries[entry.key] = entry
        self.entries_changed.emit()
        if self._current.key == entry.key:
            self._current = entry
            self.current_changed.emit()

    def add_file(self, path: Path) -> DatasetEntry:
        """Offer the data set in a file or folder; it is read when it is needed."""
        path = path.resolve()
        entry = DatasetEntry(str(path), path.name, lambda: _read_file(path), path)
        self.add(entry)
        return entry

    def remove(self, key: str) -> None:
        """Offer it no longer; the bundled digits always stay, and take the place of a current one that goes."""
        if key == BUNDLED_KEY or self._entries.pop(key, None) is None:
            return
        self.entries_changed.emit()
        if self._current.key == key:
            self.choose(BUNDLED_KEY)

    def choose(self, key: str) -> bool:
        """Make an entry the current one; False if there is none of this key."""
        entry = self._entries.get(key)
        if entry is None:
            return False
        if entry is not self._current:
            self._current = entry
            self.current_changed.emit()
        return True

    def set_split(self, validation_share: float, seed: int | None) -> None:
        """Hold out another part, or draw it with another seed.

        Args:
            validation_share: from 0.01 to 0.9.
            seed: of the shuffling; None for the bundled digits' own fixed split, and for seed 0 elsewhere.

        Raises:
            ValueError: the share is out of range.
        """
        if not 0.01 <= validation_share <= 0.9:
            raise ValueError(f"The validation share must lie between 0.01 and 0.9, not {validation_share}.")
        if (validation_share, seed) != (self._share, self._seed):
            self._share, self._seed = validation_share, seed
            self.current_changed.emit()

    def split_source(self) -> "Callable[[], tuple[Dataset, Dataset]]":
        """A function for another thread that gives (training, validation) of what is current now, as edited now."""
        entry, split, edits = self._current, self._split(self._current), self._edits.of(self._current.key)

        def load() -> "tuple[Dataset, Dataset]":
            digits = entry.load()
            # The labels as they came decide the split: an edit moves no other digit to the other part.
            training, validation = split(digits)
            return edits.part(digits, training), edits.part(digits, validation)

        return load

    def part_source(self, entry: DatasetEntry, part: str) -> "Callable[[], tuple[Dataset, NDArray[np.int64]]]":
        """A function for another thread that gives a data set and the places of one part of it.

        Args:
            entry: whose digits.
            part: "validation", "training" or "all"; the split is that of `split_source`.
        """
        split = self._split(entry)

        def load() -> "tuple[Dataset, NDArray[np.int64]]":
            digits = entry.load()
            return digits, np.arange(len(digits)) if part == "all" else split(digits)[part == "validation"]

        return load

    def _split(self, entry: DatasetEntry) -> "Callable[[Dataset], tuple[NDArray[np.int64], NDArray[np.int64]]]":
        """Gives the places of the training and of the validation digits, as the split is now."""
        share, seed = self._share, self._seed

        def split(digits: "Dataset") -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
            from engine.data.bundled_digits import SPLIT_SEED
            from engine.data.dataset import split_places

            fixed_seed = SPLIT_SEED if entry.key == BUNDLED_KEY else 0
            return split_places(digits.labels, share, fixed_seed if seed is None else seed)

        return split


def _load_bundled() -> "Dataset":
    from engine.data import load_bundled

    return load_bundled()


def _read_file(path: Path) -> "Dataset":
    from engine.data import read_dataset

    return read_dataset(path)
