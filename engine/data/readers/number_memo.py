"""Numbers that occur again and again in a table, known by their bytes: most pixels have one of 256 values."""

import numpy as np
from numpy.typing import NDArray

_SLOT_BITS = 16
_PAD = 16
# Odd numbers with bits all over, so that the upper bits of a product depend on every byte.
_MIX_LOW, _MIX_HIGH = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xC2B2AE3D27D4EB4F)
# Of the numbers of a block, the share that must be known for the memory to be worth its time.
_LEAST_KNOWN = 0.5

Words = NDArray[np.uint64]


class NumberMemo:
    """A table of values by the bytes of their texts, up to 16 of them; what collides is simply not known.

    Attributes:
        is_useful: whether most numbers of the last block were known or are now.
    """

    def __init__(self) -> None:
        slots = 1 << _SLOT_BITS
        self._low, self._high = np.zeros(slots, np.uint64), np.zeros(slots, np.uint64)
        self._values = np.zeros(slots, np.float32)
        self._blocks = 0
        self.is_useful = True

    def words(self, data: NDArray[np.uint8], ends: NDArray[np.intp], lengths: NDArray[np.intp]) -> tuple[Words, Words]:
        """The bytes of each text as two numbers, (count,) each, the last eight bytes and those before.

        Args:
            data: (n,) bytes.
            ends: (count,), where each text ends.
            lengths: (count,), from 1 to 16.
        """
        padded = np.concatenate([np.zeros(_PAD, np.uint8), data])
        # A view of eight bytes from every byte on.
        view: Words = np.ndarray((len(padded) - 7,), np.dtype("<u8"), padded, strides=(1,))
        short = (8 * np.maximum(8 - lengths, 0)).astype(np.uint64)
        low = view[ends + _PAD - 8] >> short
        if int(lengths.max()) <= 8:
            return low, np.zeros(len(low), np.uint64)
        rest = (8 * np.clip(16 - lengths, 0, 7)).astype(np.uint64)
        return low, np.where(lengths > 8, view[ends + _PAD - 16] >> rest, np.uint64(0))

    def find(self, low: Words, high: Words) -> tuple[NDArray[np.float32], NDArray[np.bool_]]:
        """(count,) values, and which of them are known."""
        slots = self._slots(low, high)
        known = (self._low[slots] == low) & (self._high[slots] == high)
        self._blocks += 1
        # The first blocks meet everything for the first time.
        self.is_useful = self._blocks < 3 or bool(np.count_nonzero(known) >= _LEAST_KNOWN * len(known))
        return self._values[slots], known

    def learn(self, low: Words, high: Words, values: NDArray[np.float32]) -> None:
        """Know (count,) further values."""
        slots, first = np.unique(self._slots(low, high), return_index=True)
        self._low[slots], self._high[slots], self._values[slots] = low[first], high[first], values[first]

    def _slots(self, low: Words, high: Words) -> NDArray[np.intp]:
        mixed = (low * _MIX_LOW) ^ (high * _MIX_HIGH)
        return (mixed >> np.uint64(64 - _SLOT_BITS)).astype(np.intp)
