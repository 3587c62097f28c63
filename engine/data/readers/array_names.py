"""Which of a file's named arrays, or of a folder's files, are the images and which the labels, and of which part."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.data.readers.options import ReadOptions
from engine.errors import DataError

IMAGES, LABELS = "images", "labels"
# The first of these words in a name decides: "x_labels" are labels, and "digit_images" images.
_ROLES = (
    (LABELS, "labels label lbls lbl targets target"),
    (IMAGES, "images image imgs img pixels features inputs"),
    (LABELS, "y ys"),
    (IMAGES, "x xs"),
    (LABELS, "classes class digit lab labs gt gnd outputs"),
    (IMAGES, "data digits samples fea"),
)  # fmt: skip
_ROLE_OF = [(word, role) for role, words in _ROLES for word in words.split()]
# Such arrays name or number things or are the weights of a model, and are neither.
_NOT = {"names", "name", "writers", "writer", "mapping", "weight", "weights", "kernel", "bias"}
_NUMBERING = {"id", "ids", "index"}
_PARTS = {
    "train": "train", "training": "train", "tr": "train", "test": "test", "testing": "test", "t10k": "test",
    "te": "test", "tst": "test", "val": "validation", "valid": "validation", "validation": "validation",
    "dev": "validation",
}  # fmt: skip
# "xtrain", "trX" and "trainimgs" are two words each.
_GLUED = re.compile(
    r"(x|y|imgs?|images|labels|lbls)?(train(?:ing)?|test|tr|te|val|valid)(x|y|imgs?|images|labels|lbls)?"
)
_LEAST_PIXELS = 64  # of an array that is taken for images by its size alone
_NUMBERED = re.compile(r"arr_(\d+)")


@dataclass(frozen=True, slots=True)
class ArrayPair:
    """Names of arrays that belong together.

    Attributes:
        images: name of the pixels.
        labels: name of the labels, or None.
        part: "train", "test", "validation", or "" where the names say nothing.
    """

    images: str
    labels: str | None
    part: str = ""


@dataclass(frozen=True, slots=True)
class NameMeaning:
    """What a name says.

    Attributes:
        role: `IMAGES`, `LABELS`, or "" where it says neither.
        part: as in `ArrayPair`.
        rest: its other words: files that belong together have the same.
    """

    role: str
    part: str
    rest: frozenset[str]


def meaning_of(name: str) -> NameMeaning:
    """What the name of an array or a file says."""
    spaced = re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()
    words: list[str] = []
    for word in re.split(r"[^a-z0-9]+", spaced):
        glued = _GLUED.fullmatch(word)
        words += [piece for piece in glued.groups() if piece] if glued else [word] if word else []
    role_word, role = next((pair for pair in _ROLE_OF if pair[0] in words), ("", ""))
    part = next((_PARTS[word] for word in words if word in _PARTS), "")
    rest = {
        word for word in words if word not in _PARTS and word != role_word and not re.fullmatch(r"\d+|\d+x\d+", word)
    }
    return NameMeaning("" if _NOT & set(words) else role, part, frozenset(rest))


def find_pairs(shapes: Mapping[str, tuple[int, ...]]) -> list[ArrayPair]:
    """The pairs of images and labels among named arrays, in the order in which they are there.

    Names such as `images`, `X`, `x_train`, `test_images`, `training.images`, `arr_0` are known; where they say nothing,
    the largest array holds the images, and the labels are the only other one of which each image has one or ten.

    Args:
        shapes: the shape of each array by its name.
    """
    images: dict[str, str] = {}
    labels: dict[str, str] = {}
    for name in shapes:
        meaning = meaning_of(name)
        if meaning.role:
            (images if meaning.role == IMAGES else labels).setdefault(meaning.part, name)
    if len(images) == 1 and not labels:
        (name,) = images.values()
        return [ArrayPair(name, _labels_by_shape(shapes, name))]
    if images:
        return [ArrayPair(name, labels.get(part), part) for part, name in images.items()]
    ordered = sorted(shapes, key=lambda name: int(_NUMBERED.fullmatch(name)[1]) if _NUMBERED.fullmatch(name) else -1)  # type: ignore[index]
    if len(ordered) == 4 and all(_NUMBERED.fullmatch(name) for name in ordered):
        # Train and test, images and labels: the labels of the first two are its second or its third array.
        first, second, third, last = ordered
        second, third = (third, second) if len(shapes[second]) == len(shapes[first]) else (second, third)
        return [ArrayPair(first, second, "train"), ArrayPair(third, last, "test")]
    largest = max(ordered, key=lambda name: math.prod(shapes[name]), default="")
    if not largest or (len(ordered) == 1 and math.prod(shapes[largest]) < _LEAST_PIXELS):
        return []
    found = _labels_by_shape(shapes, largest)
    return [ArrayPair(largest, found)] if found is not None or len(ordered) == 1 else []


def _labels_by_shape(shapes: Mapping[str, tuple[int, ...]], images: str) -> str | None:
    """The only other array with one or ten numbers for each image; of two arrays it may have any shape."""
    others = [
        name for name in shapes if name != images and not (_NOT | _NUMBERING) & set(re.split(r"[^a-z]+", name.lower()))
    ]
    if len(shapes) == 2 and others:
        return others[0]
    counts = {shapes[images][0], shapes[images][-1]} if shapes[images] else set()
    fitting = [name for name in others if math.prod(shapes[name]) in counts | {10 * count for count in counts}]
    return fitting[0] if len(fitting) == 1 else None


def says_digits(pair: ArrayPair) -> bool:
    """Whether the names themselves say that these are images with labels."""
    return meaning_of(pair.images).role == IMAGES and (pair.labels is None or meaning_of(pair.labels).role == LABELS)


def choose_part(path: object, parts: Mapping[str, Any], options: ReadOptions) -> tuple[str, tuple[str, ...]]:
    """The key of the part that is wanted, and what to say about it.

    Args:
        path: for messages.
        parts: by "train", "test", "validation" or ""; not empty.
        options: name the part, or what it is for.

    Raises:
        DataError: the part that is asked for is not there.
    """
    named = [part for part in parts if part]
    if options.part is not None and options.part not in parts:
        there = f"only {' and '.join(named)}" if named else "no parts"
        raise DataError(f"{path}: the file has {there}, so the part “{options.part}” cannot be read.")
    wanted = options.part or options.purpose
    chosen = wanted if wanted in parts else next(iter(parts))
    if len(parts) < 2:
        return chosen, (f"part: {chosen}",) if chosen and chosen != wanted else ()
    others = " and ".join(part or "another" for part in parts if part != chosen)
    return chosen, (f"part: {chosen or 'unnamed'} ({others} left out)",)
