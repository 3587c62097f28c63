"""One data file as the full recipe takes it: digits as they are, what is trained on of them, and what is no digit."""

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.core.source_file import SourceFile
from engine.data import Dataset, ReadOptions, augment_drawing, read_dataset
from engine.data.augmentation.haste import hurry
from engine.data.readers.drawings import is_drawing_file
from engine.data.synthetic.non_digits import DIGIT_SHAPES
from engine.errors import DataError
from engine.ink import PreprocessingSteps, features_from_drawings
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import read_drawings

# Half of the variants keep a pen of their own instead of being repainted with the one pen: images have such pens.
_TOGETHER = 256  # drawings whose features are made at once
_ONE_PEN, _OWN_PEN = PreprocessingSteps(), PreprocessingSteps(one_pen=False)
# Sources of fewer drawings are varied more often, and of fewer images taken twice: each stands for a kind of hands.
_FEW_DRAWINGS, _FEW_IMAGES = 1_000, 20_000
_IMAGE_REPEATS = 2
# Letters of Omniglot that are a digit's shape whatever was meant, judged by eye on twenty drawings each.
_DIGIT_SHAPED = frozenset(
    f"{alphabet}/character{number:02d}"
    for alphabet, numbers in (
        ("Balinese", (5,)),
        ("Early_Aramaic", (2, 3, 4, 6, 14, 16, 17, 20)),
        ("Greek", (6, 15)),
        ("Korean", (5, 9, 21, 22, 33, 37)),
        ("Latin", (7, 9, 12, 15, 17, 19)),
        ("Tagalog", (3, 16)),
    )
    for number in numbers
)


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """What a data file gives.

    Attributes:
        path: as it was given.
        digits: every labelled digit once, as it is.
        images: (count, 20, 20) float32, what is trained on: digits as they are and varied.
        origins: (count,), which of the digits each of the images is.
        no_digits: (count, 20, 20) float32, the drawings without a label, also varied.
        hands: the writer of each digit, "" where unknown.
        drawings: the digits' strokes; empty for images.
    """

    path: str
    digits: Dataset
    images: FloatArray
    origins: NDArray[np.intp]
    no_digits: FloatArray
    hands: tuple[str, ...]
    drawings: tuple[Drawing, ...] = ()


def source_of(path: str, rng: np.random.Generator, variants: tuple[int, int], options: ReadOptions) -> Source:
    """A data file as the recipe takes it.

    Args:
        path: a drawing file, whose strokes are varied, or anything else that holds images.
        rng: of all random draws.
        variants: of each drawing, and of each of a source of few drawings.
        options: how images are read.

    Raises:
        DataError: the file cannot be read, or holds nothing to learn from.
    """
    if not holds_drawings(Path(path)):
        return source_of_images(read_dataset(path, options), path)
    drawn = [drawing for drawing in read_drawings(path) if not drawing.is_blank]
    labelled = [drawing for drawing in drawn if drawing.label is not None]
    others = [drawing for drawing in drawn if drawing.label is None and is_no_digit(drawing)]
    if not labelled and not others:
        raise DataError(f"{path}: no drawing has a label, so there is nothing to learn from.")
    count = variants[len(labelled) < _FEW_DRAWINGS]
    plain, _ = _features((number, drawing, _ONE_PEN) for number, drawing in enumerate(labelled))
    varied, origins = _features(_varied(labelled, rng, count))
    other_count = variants[1] if len(others) < _FEW_DRAWINGS else variants[0] // 2
    no_digits, _ = _features(_varied(others, rng, other_count))
    digits = Dataset(plain, np.array([drawing.label for drawing in labelled], np.int64), Path(path).name)
    hands = tuple(str(drawing.extra.get("writer", "")) for drawing in labelled)
    return Source(path, digits, varied, origins, no_digits, hands, tuple(labelled))


def source_of_images(digits: Dataset, path: str) -> Source:
    """Images that have been read: all once, few of them twice."""
    repeats = _IMAGE_REPEATS if len(digits) < _FEW_IMAGES and path != "bundled" else 1
    origins = np.tile(np.arange(len(digits)), repeats)
    hands = ("",) * len(digits) if digits.writers is None else tuple(map(str, digits.writers.tolist()))
    return Source(path, digits, digits.images[origins], origins, np.zeros((0, 20, 20), np.float32), hands)


def holds_drawings(path: Path) -> bool:
    """Whether a path is a drawing file; raises `DataError` where a file cannot be read."""
    if not path.is_file():
        return False
    with SourceFile(path) as source:
        return is_drawing_file(source.head)


def is_no_digit(drawing: Drawing) -> bool:
    """Whether a drawing without a label is certainly none: what it is stands under the key `what`."""
    what = str(drawing.extra.get("what", ""))
    return what not in _DIGIT_SHAPED and what not in DIGIT_SHAPES


Numbered = tuple[int, Drawing, PreprocessingSteps]


def _varied(drawings: Iterable[Drawing], rng: np.random.Generator, count: int) -> Iterable[Numbered]:
    """Each drawing as it is, then by turns by another hand and by a hasty one."""
    for number, drawing in enumerate(drawings):
        yield number, drawing, _ONE_PEN
        for variant in range(count):
            hasty = hurry(drawing, rng) if variant % 2 else drawing
            if variant % 6 in (1, 3):
                yield number, hasty, _ONE_PEN
            else:
                yield number, augment_drawing(hasty, rng), _ONE_PEN if variant % 4 == 0 else _OWN_PEN


def _features(drawings: Iterable[Numbered]) -> tuple[FloatArray, NDArray[np.intp]]:
    """Features (count, 20, 20), and the number of each one's drawing."""
    images: list[FloatArray] = []
    numbers: list[int] = []
    left = iter(drawings)
    while together := list(islice(left, _TOGETHER)):
        found: list[FloatArray | None] = [None] * len(together)
        for path in (_ONE_PEN, _OWN_PEN):
            places = [place for place, (_, _, its_path) in enumerate(together) if its_path is path]
            for place, features in zip(
                places, features_from_drawings([together[place][1] for place in places], path), strict=True
            ):
                found[place] = features
        for (number, _, _), image in zip(together, found, strict=True):
            if image is not None:
                images.append(image)
                numbers.append(number)
    return np.array(images, np.float32).reshape(-1, 20, 20), np.array(numbers, np.intp)
