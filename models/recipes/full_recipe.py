"""The full training recipe: images, pen strokes of many hands, the world's writing styles, all through one path.

"99 % on the test set, wrong on my drawing" has three causes: drawings that reach the model in another way than its
training data did, styles that the training writers did not have, and validation on people the model has met. The
recipe answers each: everything passes the path of `engine.ink`; strokes are varied as hands and devices
vary; styles are drawn; whole writers and whole sources are held out, never single samples of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.core.wording import counted
from engine.data import Dataset, ReadOptions, bundled_split
from engine.data.augmentation.haste import hurry
from engine.data.augmentation.images import REFITTED_VARIATION, ImageAugmentation
from engine.data.synthetic.non_digits import draw_negatives
from engine.data.synthetic.writing_styles import WRITING_STYLES, draw_style
from engine.errors import ConfigurationError, DataError
from engine.ink import features_from_drawings
from engine.ink.drawing import Drawing
from models.recipes.sources import Source, source_of, source_of_images

# The recipe's augmentation of every batch, images and painted strokes alike: bent and refitted.
vary_digit_images: Final = ImageAugmentation(REFITTED_VARIATION)
FOLDS = 5
LARGE_SOURCE = 20_000  # images
# Of the drawings of writing styles every third and of the drawings that are no digit every fourth is drawn in haste.
_HASTY_STYLES, _HASTY_NEGATIVES = 3, 4


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of everything that is generated; a study of the recipe leaves parts out.

    Attributes:
        variants: of each pen drawing, beside the drawing itself.
        small_source_variants: of each drawing of a source that has fewer than 1,000.
        styles: of each writing style.
        negatives: drawings that are no digit, beside those that are given.
    """

    variants: int = 9
    small_source_variants: int = 15
    styles: int = 1_000
    negatives: int = 64_000


# Each chosen on held-out writers and sources; docs/recognition.md has the table.
FULL_AMOUNTS = Amounts()


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What a calibration fold does not train on.

    Attributes:
        fold: 0 to 4 leaves out every fifth writer of each drawing file whose writers are known, starting with that one.
        last_images: how many images at the end of each large image source (20,000 and more, or the bundled ones) are
            left out.
        sources: data files that are left out whole, by their path or name.
    """

    fold: int | None = None
    last_images: int = 0
    sources: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class RecipeData:
    """What the recipe trains on and judges by.

    Attributes:
        training: digits, mixed.
        validation: the held-out digits of the first kind, or the bundled 1,500.
        negatives: (count, 20, 20) float32, features of drawings that are no digit.
        left_out: all groups of digits that were left out; empty where none were.
    """

    training: Dataset
    validation: Dataset
    negatives: FloatArray
    left_out: tuple[Dataset, ...] = ()

    @property
    def held_out(self) -> tuple[Dataset, ...]:
        """The groups of digits that were not trained on, to calibrate with."""
        return self.left_out or (self.validation,)


def full_recipe(
    paths: Sequence[str],
    held_out: HeldOut,
    seed: int,
    amounts: Amounts | None = None,
    options: ReadOptions | None = None,
) -> RecipeData:
    """The recipe's training digits, validation digits and drawings that are no digit.

    The bundled validation digits are never trained on, also where they are part of the image data.

    Args:
        paths: data files; drawing files are varied as strokes, everything else is taken as images; where there are
            no images, the bundled training digits are added.
        held_out: what to leave out.
        seed: of all random draws; equal seeds give equal data, whatever is left out of the other sources.
        amounts: how much is generated; None for `FULL_AMOUNTS`.
        options: how image data are read; None for guesses alone.

    Raises:
        DataError: a file cannot be read, or there are no writers to leave out.
        ConfigurationError: the fold is not one of the five, or there are fewer images or no such source to leave out.
    """
    if held_out.fold is not None and not 0 <= held_out.fold < FOLDS:
        raise ConfigurationError(f"The fold has to be from 0 to {FOLDS - 1}, not {held_out.fold}.", "fold")
    amounts = FULL_AMOUNTS if amounts is None else amounts
    variants = (amounts.variants, amounts.small_source_variants)
    sources = [
        source_of(path, np.random.default_rng([seed, number]), variants, options or ReadOptions())
        for number, path in enumerate(paths)
    ]
    if all(source.drawings or not len(source.digits) for source in sources):
        sources.append(source_of_images(bundled_split()[0], "bundled"))
    return put_together(sources, held_out, seed, amounts)


def put_together(sources: Sequence[Source], held_out: HeldOut, seed: int, amounts: Amounts) -> RecipeData:
    """The recipe's data from sources that have been read, as `full_recipe` gives them.

    Raises:
        DataError: there are no writers to leave out.
        ConfigurationError: there are fewer images, or no such source, to leave out.
    """
    named = {name for source in sources for name in (source.path, Path(source.path).name)}
    for name in held_out.sources:
        if name not in named:
            raise ConfigurationError(f"{name} is none of the --data, so it cannot be left out.", "hold_out_source")
    bundled_validation = bundled_split()[1]
    unseen = {image.tobytes() for image in bundled_validation.images}
    groups: dict[str, list[Dataset]] = {"writers": [], "images": [], "sources": []}
    parts: list[tuple[FloatArray, NDArray[np.int64]]] = []
    negatives: list[FloatArray] = []
    met: list[Drawing] = []
    for source in sources:
        if held_out.sources and not {source.path, Path(source.path).name}.isdisjoint(held_out.sources):
            if len(source.digits):
                groups["sources"].append(source.digits)
            continue
        kind, left_out = _left_out(source, held_out)
        if left_out.any():
            groups[kind].append(source.digits.subset(np.flatnonzero(left_out)))
        kept = ~left_out & np.array([image.tobytes() not in unseen for image in source.digits.images], np.bool_)
        chosen = kept[source.origins]
        parts.append((source.images[chosen], source.digits.labels[source.origins[chosen]]))
        negatives.append(source.no_digits)
        met += [drawing for drawing, is_kept in zip(source.drawings, kept, strict=False) if is_kept]
    if held_out.fold is not None and not groups["writers"]:
        raise DataError(
            "Leaving out writers needs a drawing file whose lines have the key “writer”; add one with --data."
        )
    rng = np.random.default_rng([seed, len(sources)])
    parts.append(_drawn_styles(amounts.styles, rng))
    images = np.concatenate([part[0] for part in parts])
    labels = np.concatenate([part[1] for part in parts])
    order = rng.permutation(len(images))
    negatives.append(_no_digits(amounts.negatives, rng, met))
    left = tuple(
        [_together(groups["writers"], f"writers of fold {held_out.fold}")] if groups["writers"] else []
    ) + tuple([_together(groups["images"], f"the last {held_out.last_images:,} images")] if groups["images"] else [])
    left += tuple(groups["sources"])
    return RecipeData(
        Dataset(images[order], labels[order], "full recipe"),
        left[0] if left and (held_out.fold is not None or held_out.sources) else bundled_validation,
        np.concatenate(negatives),
        left,
    )


def _left_out(source: Source, held_out: HeldOut) -> tuple[str, NDArray[np.bool_]]:
    """Of which kind what is left out of a source is, and which of its digits that are, (count,)."""
    count = len(source.digits)
    left_out = np.zeros(count, np.bool_)
    if not source.drawings:
        if held_out.last_images and (count >= LARGE_SOURCE or source.path == "bundled"):
            if held_out.last_images >= count:
                raise ConfigurationError(
                    f"{source.digits.name} has {count} images, so {held_out.last_images} of them cannot be left out.",
                    "hold_out_images",
                )
            left_out[-held_out.last_images :] = True
        return "images", left_out
    writers = sorted(set(source.hands))
    if held_out.fold is not None and len(writers) >= FOLDS:
        left_out = np.isin(source.hands, writers[held_out.fold :: FOLDS])
    elif held_out.fold is not None and len(writers) > 1:
        known = counted(len(writers), "known writer")
        raise DataError(f"{source.path}: the drawings are by {known}; {FOLDS} folds need {FOLDS}.")
    return "writers", left_out


def _together(groups: Sequence[Dataset], name: str) -> Dataset:
    images = np.concatenate([group.images for group in groups])
    return Dataset(images, np.concatenate([group.labels for group in groups]), name)


def _drawn_styles(count: int, rng: np.random.Generator) -> tuple[FloatArray, NDArray[np.int64]]:
    """So many drawings of each writing style, features (n, 20, 20) and digits."""
    drawings: list[Drawing] = []
    labels: list[int] = []
    for name, style in WRITING_STYLES.items():
        for number in range(count):
            drawing = draw_style(name, rng)
            drawings.append(hurry(drawing, rng) if number % _HASTY_STYLES == 1 else drawing)
            labels.append(style.label)
    found = features_from_drawings(drawings)
    inked = [label for label, image in zip(labels, found, strict=True) if image is not None]
    return _images(found), np.array(inked, np.int64)


def _no_digits(count: int, rng: np.random.Generator, digits: Sequence[Drawing]) -> FloatArray:
    """So many generated drawings that are no digit, (n, 20, 20)."""
    drawings = [
        drawing if number % _HASTY_NEGATIVES else hurry(drawing, rng)
        for number, drawing in enumerate(draw_negatives(count, rng, digits))
    ]
    return _images(features_from_drawings(drawings))


def _images(found: Sequence[FloatArray | None]) -> FloatArray:
    return np.array([image for image in found if image is not None], np.float32).reshape(-1, 20, 20)
