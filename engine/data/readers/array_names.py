"""Which of a file's named arrays are the images and which the labels, and of which part."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from engine.data.readers.options import ReadOptions
from engine.errors import DataError

_IMAGES = {"images", "image", "x", "xs", "data", "features", "digits", "pixels", "imgs", "inputs", "samples"}
_LABELS = {"labels", "label", "y", "ys", "target", "targets", "classes", "class", "lab", "digit", "outputs"}
_PARTS = {
    "train": "train", "training": "train", "tr": "train", "test": "test", "testing": "test", "t10k": "test",
    "te": "test", "val": "validation", "valid": "validation", "validation": "validation", "dev": "validation",
}  # fmt: skip
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


def find_pairs(shapes: Mapping[str, tuple[int, ...]]) -> list[ArrayPair]:
    """The pairs of images and labels among named arrays, in the order in which they are there.

    Names such as `images`, `X`, `x_train`, `test_images`, `training.images`, `arr_0` are known; where there are two
    arrays only, they may have any name.

    Args:
        shapes: the shape of each array by its name.
    """
    images: dict[str, str] = {}
    labels: dict[str, str] = {}
    for name in shapes:
        part, role = _part_and_role(name)
        if role in _IMAGES:
            images.setdefault(part, name)
        elif role in _LABELS:
            labels.setdefault(part, name)
    pairs = [ArrayPair(name, labels.get(part), part) for part, name in images.items()]
    if pairs:
        return pairs
    ordered = sorted(shapes, key=lambda name: int(_NUMBERED.fullmatch(name)[1]) if _NUMBERED.fullmatch(name) else -1)  # type: ignore[index]
    if len(ordered) == 2:
        ordered.sort(key=lambda name: -_size(shapes[name]))
        return [ArrayPair(ordered[0], ordered[1])]
    if len(ordered) == 4 and all(_NUMBERED.fullmatch(name) for name in ordered):
        return [ArrayPair(ordered[0], ordered[1], "train"), ArrayPair(ordered[2], ordered[3], "test")]
    if len(ordered) == 1 and _size(shapes[ordered[0]]) >= _LEAST_PIXELS:
        return [ArrayPair(ordered[0], None)]
    return []


def says_digits(pair: ArrayPair) -> bool:
    """Whether the names themselves say that these are images with labels."""
    return _part_and_role(pair.images)[1] in _IMAGES and (
        pair.labels is None or _part_and_role(pair.labels)[1] in _LABELS
    )


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


def _part_and_role(name: str) -> tuple[str, str]:
    words = [word for word in re.split(r"[^a-z0-9]+", re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()) if word]
    part = next((_PARTS[word] for word in words if word in _PARTS), "")
    rest = [word for word in words if word not in _PARTS]
    if not rest and not part:
        return "", ""
    if len(rest) > 1 and rest[-1] in _IMAGES | _LABELS:
        rest = rest[-1:]
    return part, " ".join(rest)


def _size(shape: tuple[int, ...]) -> int:
    size = 1
    for length in shape:
        size *= length
    return size
