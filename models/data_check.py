"""Whether digits were read rightly: a shipped model answers them as they stand and after usual mistakes."""

from collections.abc import Callable
from dataclasses import dataclass, fields, replace
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.data import Dataset, Reading, ReadOptions
from engine.storage.model import Model
from models.presets.pretrained import load

_ASKED_MODEL = "cnn"
_SAMPLE = 300
_FEWEST = 10
# Digits that are answered rightly so rarely were hardly read rightly, and so often after a change, hardly otherwise.
_LOW, _HIGH, _GAIN = 0.6, 0.6, 0.25

_Turn = Callable[[FloatArray], FloatArray]
# What each way to mend a reading does to images that have been read.
_TURNS: Final[dict[str, _Turn]] = {
    "transpose": lambda images: images.transpose(0, 2, 1),
    "mirror": lambda images: images[:, :, ::-1],
    "flip": lambda images: images[:, ::-1],
    "invert": lambda images: 1 - images,
}


@dataclass(frozen=True, slots=True)
class _Mistake:
    """A usual mistake: what it looks like, the steps that undo it, and what to add to the labels."""

    looks: str
    steps: tuple[str, ...] = ()
    shift: int = 0


_MISTAKES: Final = (
    _Mistake("the digits look transposed", ("transpose",)),
    _Mistake("the digits look mirrored", ("mirror",)),
    _Mistake("the digits look as if they stood on their head", ("flip",)),
    _Mistake("the digits look rotated by 90 degrees", ("transpose", "flip")),
    _Mistake("the digits look rotated by 90 degrees", ("transpose", "mirror")),
    _Mistake("the digits look rotated by 180 degrees", ("mirror", "flip")),
    _Mistake("the digits look inverted, ink taken for paper", ("invert",)),
    _Mistake("labels look shifted by one: each is the digit + 1", shift=-1),
    _Mistake("labels look shifted by one: each is the digit − 1", shift=1),
)


@dataclass(frozen=True, slots=True)
class Doubt:
    """What looks wrong about digits.

    Attributes:
        looks: a sentence's beginning.
        steps, shift: what undoes it, for `amended`.
        agreement, agreement_then: share of the digits on which model and labels agree, as it is and after that.
    """

    looks: str
    steps: tuple[str, ...]
    shift: int
    agreement: float
    agreement_then: float

    @property
    def measured(self) -> str:
        """Both shares in words."""
        before, then = 100 * self.agreement, 100 * self.agreement_then
        return f"{before:.0f} % of them agree with the recogniser, {then:.0f} % after that"


def find_doubt(digits: Reading | Dataset) -> Doubt | None:
    """What looks wrong about digits; None where nothing does.

    Up to 300 digits are answered as they stand. Where few answers agree with the labels, usual mistakes of reading
    are undone in turn; the one after which most answers agree is named. Nothing is changed.

    Args:
        digits: what a reader made of a file.
    """
    if digits.labels is None or len(digits.labels) < _FEWEST:
        return None
    model = load(_ASKED_MODEL)
    step = 1 + len(digits.labels) // _SAMPLE
    images, labels = digits.images[::step], digits.labels[::step]
    agreement = _agreement(model, images, labels)
    if agreement >= _LOW:
        return None
    found = [_agreement(model, _turned(images, one.steps), (labels + one.shift) % 10) for one in _MISTAKES]
    best = int(np.argmax(found))
    if found[best] < max(_HIGH, agreement + _GAIN):
        return None
    mistake = _MISTAKES[best]
    return Doubt(mistake.looks, mistake.steps, mistake.shift, agreement, found[best])


def amended(options: ReadOptions, guesses: tuple[str, ...], doubt: Doubt) -> ReadOptions:
    """How to read the same file so that the doubt is gone.

    Args:
        options: how it was read.
        guesses: what was guessed then, as `Reading.guesses` has it.
        doubt: about what was read.
    """
    transposed = bool(options.transpose) or "pixels column by column: turned" in guesses
    mirrored, flipped = options.mirrored, options.flipped
    inverted = any("dark ink on light" in guess for guess in guesses) if options.inverted is None else options.inverted
    for step in doubt.steps:
        if step == "transpose":
            # Readers transpose first: after that, what was left and right is above and below.
            transposed, mirrored, flipped = not transposed, flipped, mirrored
        mirrored ^= step == "mirror"
        flipped ^= step == "flip"
    if "invert" in doubt.steps:
        return replace(options, inverted=not inverted)
    shift = (options.label_shift or 0) + doubt.shift
    if doubt.shift:
        return replace(options, label_shift=shift)
    return replace(options, transpose=transposed, mirrored=mirrored, flipped=flipped)


def said_options(options: ReadOptions) -> dict[str, Any]:
    """The fields in which options differ from leaving everything to the readers."""
    usual = ReadOptions()
    told = {field.name: getattr(options, field.name) for field in fields(options)}
    return {name: value for name, value in told.items() if value != getattr(usual, name)}


def doubts_about(reading: Reading, options: ReadOptions | None = None) -> tuple[str, ...]:
    """What looks wrong about digits and how the command line reads them rightly; empty where nothing does.

    Args:
        reading: what a reader made of a file.
        options: how it was read.
    """
    doubt = find_doubt(reading)
    if doubt is None:
        return ()
    before = ReadOptions() if options is None else options
    flags = _flags(amended(before, reading.guesses, doubt))
    way = (
        f"they were read as they stand, {flags} reads them the other way" if doubt.shift else f"read them with {flags}"
    )
    return (f"{doubt.looks}; {way} ({doubt.measured})",)


def _flags(options: ReadOptions) -> str:
    told = (
        ("--transpose" if options.transpose else "--no-transpose", options.transpose is not None),
        ("--mirror", options.mirrored),
        ("--flip", options.flipped),
        ("--invert" if options.inverted else "--no-invert", options.inverted is not None),
        (f"--shift-labels {options.label_shift}", options.label_shift is not None),
    )
    return " ".join(flag for flag, given in told if given)


def _turned(images: FloatArray, steps: tuple[str, ...]) -> FloatArray:
    for step in steps:
        images = _TURNS[step](images)
    return images


def _agreement(model: Model, images: FloatArray, labels: NDArray[np.int64]) -> float:
    answers = model.answer(np.ascontiguousarray(images, np.float32)).argmax(axis=1)
    return float(np.mean(answers == labels))
