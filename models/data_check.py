"""Whether digits were read rightly: the shipped recogniser answers them as they stand and after usual mistakes."""

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.data import Reading
from engine.storage.model import Model
from models.presets.pretrained import load

_RECOGNISER = "cnn"
_SAMPLE = 300
_FEWEST = 10
# Digits that are answered rightly so rarely were hardly read rightly, and so often after a change, hardly otherwise.
_LOW, _HIGH, _GAIN = 0.6, 0.6, 0.25

_Change = Callable[[FloatArray, NDArray[np.int64]], tuple[FloatArray, NDArray[np.int64]]]
_CHANGES: dict[str, tuple[str, _Change]] = {
    "transposed": (
        "the digits look transposed; read them with --transpose, or with --no-transpose where that was given",
        lambda images, labels: (images.transpose(0, 2, 1), labels),
    ),
    "mirrored": (
        "the digits look mirrored; turn the images round before they are read",
        lambda images, labels: (images[:, :, ::-1], labels),
    ),
    "upside down": (
        "the digits look as if they stood on their head; flip the images before they are read",
        lambda images, labels: (images[:, ::-1], labels),
    ),
    "rotated by 90 degrees": (
        "the digits look rotated by 90 degrees; turn the images before they are read",
        lambda images, labels: (np.rot90(images, 1, (1, 2)), labels),
    ),
    "rotated by 270 degrees": (
        "the digits look rotated by 90 degrees; turn the images before they are read",
        lambda images, labels: (np.rot90(images, -1, (1, 2)), labels),
    ),
    "rotated by 180 degrees": (
        "the digits look rotated by 180 degrees; turn the images before they are read",
        lambda images, labels: (images[:, ::-1, ::-1], labels),
    ),
    "inverted": (
        "the digits look inverted, ink taken for paper; invert the images before they are read",
        lambda images, labels: (1 - images, labels),
    ),
    "labels too high": (
        "labels look shifted by one: each is the digit + 1; they were read as they stand, --shift-labels -1 reads "
        "them the other way",
        lambda images, labels: (images, (labels - 1) % 10),
    ),
    "labels too low": (
        "labels look shifted by one: each is the digit − 1; they were read as they stand, --shift-labels 1 reads "
        "them the other way",
        lambda images, labels: (images, (labels + 1) % 10),
    ),
}


def doubts_about(reading: Reading, recogniser: Model | None = None) -> tuple[str, ...]:
    """What looks wrong about digits, a sentence's beginning each; empty where nothing does.

    Up to 300 digits are answered as they stand. Where few answers agree with the labels, usual mistakes of reading
    are undone in turn; the one after which most answers agree is named. Nothing is changed.

    Args:
        reading: what a reader made of a file.
        recogniser: answers the ten digits; None for one that comes with DigitLab.
    """
    if reading.labels is None or len(reading.labels) < _FEWEST:
        return ()
    model = load(_RECOGNISER) if recogniser is None else recogniser
    step = 1 + len(reading.labels) // _SAMPLE
    images, labels = reading.images[::step], reading.labels[::step]
    as_it_stands = _agreement(model, images, labels)
    if as_it_stands >= _LOW:
        return ()
    found = {name: _agreement(model, *change(images, labels)) for name, (_, change) in _CHANGES.items()}
    best = max(found, key=found.__getitem__)
    if found[best] < max(_HIGH, as_it_stands + _GAIN):
        return ()
    return (f"{_CHANGES[best][0]} ({100 * as_it_stands:.0f} % of them agree with the recogniser, "
            f"{100 * found[best]:.0f} % after that)",)  # fmt: skip


def _agreement(model: Model, images: FloatArray, labels: NDArray[np.int64]) -> float:
    answers = model.answer(np.ascontiguousarray(images, np.float32)).argmax(axis=1)
    return float(np.mean(answers == labels))
