"""Drawing files as a data set: every drawing goes through the path from strokes to features."""

from itertools import islice

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.core.source_file import SourceFile
from engine.data.dataset import Dataset
from engine.data.image_drawings import drawing_features, shared_originals
from engine.data.readers.drawing_features import FeatureMaker, Features
from engine.data.readers.options import ReadOptions
from engine.data.readers.reading import Reading
from engine.data.readers.turning import turned_ink
from engine.errors import DataError
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import iterate_drawings

_FEATURE_BYTES = 1600
_TOGETHER = 256  # drawings that are kept until their features are made
_LONG_FILE = (1_000_000, 250_000)  # bytes, of a plain and of a gzipped file: half a second's work


def is_drawing_file(head: bytes) -> bool:
    """Whether these bytes begin like JSON."""
    return head[:64].removeprefix(b"\xef\xbb\xbf").lstrip()[:1] in (b"{", b"[")


def read_drawing_dataset(source: SourceFile, options: ReadOptions) -> Reading:
    """The drawings of a file; the key `writer`, where all have one, becomes `writers`."""
    labels: list[int | None] = []
    writers: list[object] = []
    originals: list[NDArray[np.uint8] | None] = []
    drawings = iterate_drawings(source, keep=False)
    with FeatureMaker(source.size > _LONG_FILE[source.is_packed]) as maker:
        while together := list(islice(drawings, _TOGETHER)):
            source.charge(_FEATURE_BYTES * len(together))
            if options.labels_needed:
                _check_labels(together, str(source.path), len(labels))
            maker.add(together)
            labels += [drawing.label for drawing in together]
            writers += [drawing.extra.get("writer") for drawing in together]
            originals.append(shared_originals(together))
        features = _none_blank(maker.features(), str(source.path))
    pictures = [part for part in originals if part is not None]
    known = None if None in labels else np.array(labels, np.int64)
    whole = np.concatenate(pictures) if len(pictures) == len(originals) else None
    return turned_ink(Reading(np.stack(features), known, source.path.name, _writers(writers), whole), options)


def dataset_from_drawings(drawings: list[Drawing], name: str) -> Dataset:
    """A data set of (count, 20, 20) features from drawings, each with a label and some ink.

    Raises:
        DataError: a drawing has no label or is blank; the text begins with `name` and counts from 1.
    """
    _check_labels(drawings, name)
    images = np.array(_none_blank(drawing_features(drawings), name), np.float32).reshape(-1, 20, 20)
    labels = np.array([drawing.label for drawing in drawings], np.int64)
    writers = _writers([drawing.extra.get("writer") for drawing in drawings])
    return Dataset(images, labels, name, writers, shared_originals(drawings))


def _check_labels(drawings: list[Drawing], where: str, first: int = 0) -> None:
    for number, drawing in enumerate(drawings, first + 1):
        if drawing.label is None:
            word = drawing.extra.get("word")
            named = f" (the word “{str(word)[:20]}” is no digit)" if word is not None else ""
            raise DataError(f"{where}: drawing {number} has no label{named}.")


def _none_blank(features: Features, where: str) -> list[FloatArray]:
    inked = [each for each in features if each is not None]
    if len(inked) < len(features):
        number = next(number for number, each in enumerate(features, 1) if each is None)
        raise DataError(f"{where}: drawing {number} is blank.")
    return inked


def _writers(writers: list[object]) -> NDArray[np.int64] | None:
    """Who wrote each drawing: the numbers as they are, names counted up in the order in which they appear."""
    if not writers or not all(isinstance(writer, int | str) for writer in writers):
        return None
    if all(isinstance(writer, int) and abs(writer) < 2**62 for writer in writers):
        return np.array(writers, np.int64)
    order = {writer: number for number, writer in enumerate(dict.fromkeys(writers))}
    return np.array([order[writer] for writer in writers], np.int64)
