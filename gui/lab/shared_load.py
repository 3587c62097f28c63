"""A data set that is read once, however many want it, and forgotten when nobody holds it any more."""

import threading
import weakref
from collections.abc import Callable
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.data import Dataset


class SharedLoad:
    """Called in any thread, gives the data set; its arrays are read-only, as several threads look at them."""

    def __init__(self, load: "Callable[[], Dataset]") -> None:
        self._load = load
        self._lock = threading.Lock()
        self._known: weakref.ref[Dataset] | None = None

    def __call__(self) -> "Dataset":
        """Read it, or wait for the thread that reads it already."""
        with self._lock:
            known = self._known() if self._known is not None else None
            if known is None:
                known = self._load()
                for array in (known.images, known.labels, known.writers, known.originals):
                    if array is not None:
                        array.flags.writeable = False
                self._known = weakref.ref(known)
            return known
