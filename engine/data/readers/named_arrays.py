"""Arrays that a file holds by name, of which some are images and some their labels."""

from collections.abc import Mapping
from typing import Any

from numpy.typing import NDArray

from engine.core.source_file import SourceFile
from engine.data.readers.array_names import choose_part, find_pairs
from engine.data.readers.image_arrays import reading_from_arrays
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import RawDigits, Reading
from engine.data.readers.table_blocks import reading_from_blocks
from engine.data.readers.table_columns import find_columns, has_label_column
from engine.errors import DataError


def reading_from_named(
    source: SourceFile, arrays: Mapping[str, NDArray[Any]], options: ReadOptions, kind: str
) -> Reading:
    """The digits of named arrays; of several parts the one that is wanted.

    Args:
        source: where they come from.
        arrays: by name, of any shape.
        options: what is known better than guessed.
        kind: what a file like this is called, for messages, such as "a .mat file".

    Raises:
        DataError: no array can be the images, or as `reading_from_arrays`.
    """
    path = source.path
    pairs = {pair.part: pair for pair in find_pairs({name: array.shape for name, array in arrays.items()})}
    if not pairs:
        names = ", ".join(sorted(arrays)[:5]) or "nothing"
        raise DataError(f"{path}: {kind} needs X and y, or images and labels; this one holds {names}.")
    part, guesses = choose_part(path, pairs, options)
    images = arrays[pairs[part].images]
    labels = arrays.get(pairs[part].labels or "")
    if labels is None and has_label_column(images.shape):
        return reading_from_blocks(source, find_columns(path, (), [images], options), [images], options, None, guesses)
    # MATLAB unrolls a picture column by column; data that came from other programs are often row by row.
    by_column = images.ndim == 2 and images.shape[1] == 400
    return reading_from_arrays(RawDigits(path, images, labels, None, guesses, by_column), options, source)
