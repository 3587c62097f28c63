"""Several data sets as one."""

from collections.abc import Sequence

import numpy as np

from engine.core.parameters import IntArray
from engine.data.dataset import Dataset, split_places


def mix(parts: Sequence[Dataset], name: str, most: int | None = None, seed: int = 0) -> Dataset:
    """The digits of all parts, one part after the other.

    Args:
        parts: at least one.
        name: of the mixture.
        most: digits of each part, drawn in equal shares of the classes; None for all.
        seed: of the drawing.

    Returns:
        A data set with writers and originals where every part has them; writers of different parts stay different.
    """
    chosen = [
        part.subset(_drawn(part, most, seed)) if most is not None and most < len(part) else part for part in parts
    ]
    people = [part.writers for part in chosen if part.writers is not None]
    pictures = [part.originals for part in chosen if part.originals is not None]
    writers = originals = None
    if len(people) == len(chosen):
        numbered, count = [], 0
        for part_writers in people:
            names, numbers = np.unique(part_writers, return_inverse=True)
            numbered.append(numbers + count)
            count += len(names)
        writers = np.concatenate(numbered)
    if len(pictures) == len(chosen):
        originals = np.concatenate(pictures)
    told = tuple(f"{len(part):,} of {part.name}" for part in chosen)
    return Dataset(
        np.concatenate([part.images for part in chosen]),
        np.concatenate([part.labels for part in chosen]),
        name,
        writers,
        originals,
        told,
    )


def _drawn(part: Dataset, most: int, seed: int) -> IntArray:
    return np.sort(split_places(part.labels, most, seed)[1])
