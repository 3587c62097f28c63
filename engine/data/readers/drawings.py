"""Drawing files as a data set: every drawing goes through the path from strokes to features."""

from pathlib import Path

import numpy as np

from engine.data.dataset import Dataset
from engine.errors import DataError
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import read_drawings
from engine.ink.strokes.features import features_from_drawing


def is_drawing_file(data: bytes) -> bool:
    """Whether these bytes begin like JSON."""
    return data[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"


def read_drawing_dataset(path: Path, _data: bytes) -> Dataset:
    """The labelled drawings of a file; the key `writer`, where all have one, becomes `writers`."""
    return dataset_from_drawings(read_drawings(path), path.name, str(path))


def dataset_from_drawings(drawings: list[Drawing], name: str, where: str = "") -> Dataset:
    """A data set from drawings, each with a label and some ink.

    Raises:
        DataError: a drawing has no label or is blank; the text begins with `where` and counts from 1.
    """
    where = where or name
    images = np.zeros((len(drawings), 20, 20), np.float32)
    for index, drawing in enumerate(drawings):
        if drawing.label is None:
            raise DataError(f"{where}: drawing {index + 1} has no label.")
        features = features_from_drawing(drawing)
        if features is None:
            raise DataError(f"{where}: drawing {index + 1} is blank.")
        images[index] = features
    labels = np.array([drawing.label for drawing in drawings], np.int64)
    return Dataset(images, labels, name, _writers(drawings))


def _writers(drawings: list[Drawing]) -> np.ndarray[tuple[int], np.dtype[np.int64]] | None:
    """Who wrote each drawing: the numbers as they are, names counted up in the order in which they appear."""
    writers = [drawing.extra.get("writer") for drawing in drawings]
    if not writers or not all(isinstance(writer, int | str) for writer in writers):
        return None
    if all(isinstance(writer, int) and abs(writer) < 2**62 for writer in writers):
        return np.array(writers, np.int64)
    order = {writer: number for number, writer in enumerate(dict.fromkeys(writers))}
    return np.array([order[writer] for writer in writers], np.int64)
