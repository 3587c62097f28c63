"""The wire format of Protocol Buffers, read and no more: field by field, without copies and within a budget.

A message is a row of fields: a varint with number and type, then a varint, eight bytes, four bytes, or a length and so
many bytes. Nothing nests by itself: a message inside is bytes until somebody asks for its fields.
"""

from collections.abc import Iterator

from engine.errors import ModelFileError

# One reading of a file: a network of ours has a few thousand fields.
MOST_FIELDS = 200_000
_DAMAGED = "is damaged or cut off (a part of it has no end)."


class FieldBudget:
    """How many fields of one file may still be looked at."""

    def __init__(self, most: int = MOST_FIELDS) -> None:
        self._left = most

    def spend(self) -> None:
        """Count one field; raises `ModelFileError` where there are too many."""
        self._left -= 1
        if self._left < 0:
            raise ModelFileError("has more parts than any network of digits.")


def fields(message: memoryview, budget: FieldBudget) -> Iterator[tuple[int, int | memoryview]]:
    """Number and value of every field: whole numbers (unsigned), or bytes.

    Raises:
        ModelFileError: the bytes are no such message, or there are too many fields.
    """
    place, end = 0, len(message)
    while place < end:
        budget.spend()
        key, place = _varint(message, place)
        number, kind = key >> 3, key & 7
        if not number:
            raise ModelFileError(_DAMAGED)
        if kind == 0:
            value, place = _varint(message, place)
            yield number, value
            continue
        if kind == 2:
            length, place = _varint(message, place)
        elif kind in (1, 5):
            length = 8 if kind == 1 else 4
        else:
            raise ModelFileError(_DAMAGED)
        if length > end - place:
            raise ModelFileError(_DAMAGED)
        yield number, message[place : place + length]
        place += length


def varints(packed: memoryview, budget: FieldBudget) -> Iterator[int]:
    """Whole numbers one after the other; raises `ModelFileError` as `fields`."""
    place = 0
    while place < len(packed):
        budget.spend()
        value, place = _varint(packed, place)
        yield value


def signed(value: int) -> int:
    """A varint as the two's complement that it stands for."""
    return value - (1 << 64) if value >> 63 else value


def _varint(message: memoryview, place: int) -> tuple[int, int]:
    value = shift = 0
    while place < len(message) and shift < 70:
        byte = message[place]
        place += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value & (1 << 64) - 1, place
        shift += 7
    raise ModelFileError(_DAMAGED)
