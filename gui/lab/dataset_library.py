"""The data sets that models can be trained on: the bundled digits, files that were added, and mixtures of them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np
from PySide6.QtCore import QObject, Signal

from gui.lab.label_edits import LabelEdits
from gui.lab.remembered_datasets import MixtureRecord, RememberedDatasets
from gui.lab.shared_load import SharedLoad
from gui.services.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from engine.data import Dataset
    from engine.data.split import Split

BUNDLED_KEY: Final = "bundled"
# Of a data set without a split of its own, the part that is held out for validation.
VALIDATION_SHARE: Final = 0.15
SHARES: Final = (0.01, 0.9)
_BUNDLED_COUNT: Final = 10_000
# Of the key of a file's own test part.
TEST_SUFFIX: Final = "#test"


@dataclass(frozen=True, slots=True, eq=False)
class DatasetEntry:
    """A data set that can be chosen.

    Attributes:
        key: `BUNDLED_KEY`, or the path of the file.
        title: what a list shows.
        load: gives the whole data set; slow, and called in whichever thread needs it.
        path: its file; None for the bundled digits and for mixtures.
        options: how its file is read, as far as that is said: fields of `engine.data.ReadOptions`.
        parts: keys of the data sets that a mixture is made of.
    """

    key: str
    title: str
    load: "Callable[[], Dataset]"
    path: Path | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    parts: tuple[str, ...] = ()


class DatasetLibrary(QObject):
    """Keeps the entries, the current one, and how that is split into training and validation digits.

    Files, mixtures, the choice and the split are remembered in the settings.

    Signals:
        entries_changed: an entry was added or removed.
        current_changed: another data set, share or seed is current, or writers are kept together or no longer.
        counted: how many digits a data set has became known.
    """

    entries_changed = Signal()
    current_changed = Signal()
    counted = Signal()

    def __init__(
        self, parent: QObject | None = None, *, edits: LabelEdits | None = None, settings: Settings | None = None
    ) -> None:
        super().__init__(parent)
        self._edits = edits if edits is not None else LabelEdits(parent=self)
        self._memory = RememberedDatasets(settings.datasets if settings is not None else {})
        self._entries = {BUNDLED_KEY: DatasetEntry(BUNDLED_KEY, "Bundled MNIST digits", SharedLoad(_load_bundled))}
        self._current = self._entries[BUNDLED_KEY]
        self._counts = {BUNDLED_KEY: _BUNDLED_COUNT}
        # Remembered, but not there yet: whoever owns it adds it later.
        self._awaited = self._memory.current
        share = self._memory.share
        self._share = share if share is not None and SHARES[0] <= share <= SHARES[1] else VALIDATION_SHARE
        self._seed = self._memory.seed
        self._by_writer = self._memory.by_writer
        files, mixtures = self._memory.files, self._memory.mixtures
        for path, options in files:
            self.add_file(Path(path), options)
        for mixture in mixtures:
            self.add_mixture(mixture.parts, mixture.most)

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

    @property
    def by_writer(self) -> bool:
        """Whether the digits of a writer stay together where writers are known."""
        return self._by_writer

    @property
    def sizes(self) -> tuple[int, int] | None:
        """How many (training, validation) digits the current data set has; None before it was read."""
        count = self._counts.get(self._current.key)
        if count is None or (self._by_writer and self._current.key != BUNDLED_KEY):
            return None
        held_out = min(max(round(self._share * count), 1), count - 1)
        return count - held_out, held_out

    def set_count(self, key: str, count: int) -> None:
        """Tell how many digits a data set has, now that it was read."""
        if self._counts.get(key) != count:
            self._counts[key] = count
            self.counted.emit()

    def add(self, entry: DatasetEntry) -> None:
        """Offer a data set; one of the same key is replaced."""
        self._entries[entry.key] = entry
        self._counts.pop(entry.key, None)
        self.entries_changed.emit()
        if self._current.key == entry.key or self._awaited == entry.key:
            self._current, self._awaited = entry, ""
            self.current_changed.emit()
        self._remember()

    def add_file(self, path: Path, options: Mapping[str, Any] | None = None) -> DatasetEntry:
        """Offer the data set in a file or folder, as `file_entry` describes it; it is read when it is needed."""
        entry = file_entry(path, options)
        self.add(entry)
        return entry

    def add_mixture(self, keys: tuple[str, ...], most: int | None = None) -> DatasetEntry | None:
        """Offer several data sets as one; None if one of them is not there.

        Args:
            keys: of two data sets or more.
            most: digits of each; None for all.
        """
        parts = [self._entries[key] for key in keys if key in self._entries]
        if len(parts) != len(keys) or len(parts) < 2:
            return None
        title = " + ".join(part.title for part in parts) + (f", at most {most:,} each" if most is not None else "")
        load = SharedLoad(lambda: _mix(parts, title, most))
        entry = DatasetEntry(f"mixture:{most or 'all'}:{'|'.join(keys)}", title, load, parts=tuple(keys))
        self._memory.keep_mixture(entry.key, MixtureRecord(tuple(keys), most))
        self.add(entry)
        return entry

    def remove(self, key: str) -> None:
        """Offer it no longer, nor mixtures of it; the bundled digits stay, and are current where that one was."""
        if key == BUNDLED_KEY or self._entries.pop(key, None) is None:
            return
        for mixture in [entry.key for entry in self.entries if key in entry.parts]:
            self.remove(mixture)
        self.entries_changed.emit()
        if self._current.key == key:
            self.choose(BUNDLED_KEY)
        self._remember()

    def choose(self, key: str) -> bool:
        """Make an entry the current one; False if there is none of this key."""
        entry = self._entries.get(key)
        if entry is None:
            return False
        self._awaited = ""
        if entry is not self._current:
            self._current = entry
            self._remember()
            self.current_changed.emit()
        return True

    def set_split(self, validation_share: float, seed: int | None, by_writer: bool | None = None) -> None:
        """Hold out another part, or draw it with another seed.

        Args:
            validation_share: from 0.01 to 0.9.
            seed: of the shuffling; None for the bundled digits' own fixed split, and for seed 0 elsewhere.
            by_writer: whether the digits of a writer stay together; None leaves that as it is.

        Raises:
            ValueError: the share is out of range.
        """
        if not SHARES[0] <= validation_share <= SHARES[1]:
            raise ValueError(f"The validation share must lie between 0.01 and 0.9, not {validation_share}.")
        by_writer = self._by_writer if by_writer is None else by_writer
        if (validation_share, seed, by_writer) != (self._share, self._seed, self._by_writer):
            self._share, self._seed, self._by_writer = validation_share, seed, by_writer
            self._remember()
            self.current_changed.emit()

    def split_source(self) -> "Callable[[], tuple[Dataset, Dataset]]":
        """A function for another thread that gives (training, validation) of what is current now, as edited now."""
        entry, split, edits = self._current, self.split_of(self._current), self._edits.of(self._current.key)

        def load() -> "tuple[Dataset, Dataset]":
            digits = entry.load()
            # The labels as they came decide the split: an edit moves no other digit to the other part.
            training, validation = split().places(digits)
            placed = self._edits.placed(entry.key, digits, edits)
            return placed.part(digits, training), placed.part(digits, validation)

        return load

    def part_source(self, entry: DatasetEntry, part: str) -> "Callable[[], tuple[Dataset, NDArray[np.int64]]]":
        """A function for another thread that gives a data set and the places of one part of it.

        Args:
            entry: whose digits.
            part: "validation", "training" or "all"; the split is that of `split_source`.
        """
        split = self.split_of(entry)

        def load() -> "tuple[Dataset, NDArray[np.int64]]":
            digits = entry.load()
            self._edits.placed(entry.key, digits)
            return digits, np.arange(len(digits)) if part == "all" else split().places(digits)[part == "validation"]

        return load

    def split_of(self, entry: DatasetEntry) -> "Callable[[], Split]":
        """A function for another thread that gives the split of a data set as it is now."""
        share, seed, by_writer, is_bundled = self._share, self._seed, self._by_writer, entry.key == BUNDLED_KEY

        def split() -> "Split":
            from engine.data.bundled_digits import SPLIT_SEED
            from engine.data.split import Split

            fixed_seed = SPLIT_SEED if is_bundled else 0
            return Split(share, fixed_seed if seed is None else seed, by_writer)

        return split

    def _remember(self) -> None:
        files = [entry for entry in self.entries if entry.path is not None]
        self._memory.keep(
            current=self._awaited or self._current.key,
            files=[(str(entry.path), entry.options) for entry in files],
            mixtures=[entry.key for entry in self.entries if entry.parts],
            split=(self._share, self._seed, self._by_writer),
        )


def file_entry(path: Path, options: Mapping[str, Any] | None = None) -> DatasetEntry:
    """The data set in a file or folder.

    Args:
        path: a file or folder; its test part, where that is asked for, is a data set of its own.
        options: fields of `engine.data.ReadOptions`.
    """
    path, said = path.resolve(), dict(options or {})
    is_test = said.get("part") == "test"
    key, title = (f"{path}{TEST_SUFFIX}", f"{path.name} (test part)") if is_test else (str(path), path.name)
    return DatasetEntry(key, title, SharedLoad(lambda: _read_file(path, said)), path, said)


def _load_bundled() -> "Dataset":
    from engine.data import load_bundled

    return load_bundled()


def _read_file(path: Path, options: Mapping[str, Any]) -> "Dataset":
    from engine.data import ReadOptions, read_dataset

    return read_dataset(path, ReadOptions(**options))


def _mix(parts: list[DatasetEntry], title: str, most: int | None) -> "Dataset":
    from engine.data.mixture import mix

    return mix([part.load() for part in parts], title, most)
