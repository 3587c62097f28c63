"""Which examples of the data set are selected: one selection for all tabs."""

from collections.abc import Iterable

import numpy as np
from PySide6.QtCore import QObject, Signal, Slot

from engine.core.parameters import IntArray


class Selection(QObject):
    """Ids of examples: their positions in the data set that `DatasetLibrary.current` names.

    A click on a cell, bar, bin or point anywhere selects the examples behind it. The pinned example stays beside
    whatever is selected, for comparison.

    Signals:
        changed: ids, primary or pinned example are others; `changed_by` says who did that, so that a tab can ignore
            its own change.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._ids: tuple[int, ...] = ()
        self._primary: int | None = None
        self._pinned: int | None = None
        self._changed_by = ""

    @property
    def ids(self) -> tuple[int, ...]:
        """The selected examples, in the order in which they were given, none twice."""
        return self._ids

    @property
    def primary(self) -> int | None:
        """The one of them that is shown in detail; None where nothing is selected."""
        return self._primary

    @property
    def pinned(self) -> int | None:
        """The example that stays for comparison."""
        return self._pinned

    @property
    def changed_by(self) -> str:
        """Key of the workspace that changed the selection last, "" for the lab itself."""
        return self._changed_by

    def select(self, ids: Iterable[int] | IntArray, *, primary: int | None = None, by: str = "") -> None:
        """Select these examples, (n,); `primary` is one of them, the first one if it is left out or not among them."""
        listed = ids.tolist() if isinstance(ids, np.ndarray) else [int(one) for one in ids]
        # In a rising row none stands twice: thousands of ids are not looked up one by one.
        rises = isinstance(ids, np.ndarray) and bool((np.diff(ids) > 0).all())
        unique = tuple(listed if rises else dict.fromkeys(listed))
        if primary is None or primary not in unique:
            primary = unique[0] if unique else None
        self._set(unique, primary, self._pinned, by)

    def pin(self, example: int | None, *, by: str = "") -> None:
        """Keep this example for comparison; None lets it go."""
        self._set(self._ids, self._primary, example, by)

    @Slot()
    def clear(self) -> None:
        """Select and pin nothing, as the ids belong to another data set."""
        self._set((), None, None, "")

    def _set(self, ids: tuple[int, ...], primary: int | None, pinned: int | None, by: str) -> None:
        if (ids, primary, pinned) != (self._ids, self._primary, self._pinned):
            self._ids, self._primary, self._pinned, self._changed_by = ids, primary, pinned, by
            self.changed.emit()
