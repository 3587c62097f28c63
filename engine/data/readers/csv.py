"""Tables: one digit a row, its pixels and its label; commas, semicolons, tabs or blanks; with or without names."""

import re
from collections.abc import Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.source_file import SourceFile
from engine.data.readers.array_names import LABELS
from engine.data.readers.file_pairs import labels_beside, partner_of
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import Reading
from engine.data.readers.table_blocks import reading_from_blocks
from engine.data.readers.table_columns import find_columns
from engine.data.readers.table_text import TableText, is_arff

_NUMBERED = re.compile(rb"\"?[A-Za-z_.]+\d+(?:x\d+)?\"?")
# Above what C libraries ever keep for themselves.
_RETURNED_BYTES = 33_000_000


def is_csv(head: bytes) -> bool:
    """Whether these bytes begin like text with a separator in its first line."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return True
    begin = head[:512]
    if min(begin, default=0) < 9:
        return False
    return any(mark in begin for mark in (b",", b";", b"\t", b"|")) or is_arff(head) or _is_blank_separated(head)


def _is_blank_separated(head: bytes) -> bool:
    words = head[:512].split()[:-1]
    # R's names of columns: "label" "pixel.0" "pixel.1"
    if len(words) > 8 and sum(map(bool, map(_NUMBERED.fullmatch, words))) > len(words) - 3:
        return True
    try:
        return len(words) > 8 and bool([float(word.replace(b",", b".")) for word in words])
    except ValueError:
        return False


def read_csv(source: SourceFile, options: ReadOptions) -> Reading:
    """The digits of a table.

    The label's column is the one that is called label, class, digit, target or y; without names it is the first or
    the last, whichever can hold labels and tells more digits apart; ten last columns may be one-hot labels.
    """
    table = TableText(source)
    blocks: list[NDArray[Any]] = []
    for block in _larger(table.blocks()):
        source.charge(block.nbytes)
        blocks.append(block)
    columns = find_columns(source.path, table.dialect.names, blocks, options)
    labels, guesses = None, table.left_out
    if not columns.labels and options.labels_needed and (other := partner_of(source.path, LABELS)):
        labels, guesses = labels_beside(source.path), (*guesses, f"labels: {other.name}")
    return reading_from_blocks(source, columns, blocks, options, labels, guesses)


def _larger(blocks: Iterator[NDArray[Any]]) -> Iterator[NDArray[Any]]:
    """The same rows in blocks that the system takes back at once when they are given up; small ones it keeps."""
    kept: list[NDArray[Any]] = []
    for block in blocks:
        kept.append(block)
        if sum(part.nbytes for part in kept) > _RETURNED_BYTES:
            yield np.concatenate(kept)
            kept.clear()
    if kept:
        yield np.concatenate(kept)
