"""The full training recipe: images, pen strokes of many hands, the world's writing habits, all through one path.

"99 % on the test set, wrong on my drawing" has three causes: drawings that reach the model in another way than its
training data did, habits that the training writers did not have, and validation on people the model has met. The
recipe answers each: everything passes the path of `engine.ink`; strokes are varied as hands and devices
vary; habits are drawn; whole writers are held out, never single samples of them.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.core.parameters import FloatArray
from engine.core.source_file import SourceFile
from engine.core.wording import counted
from engine.data import Dataset, ReadOptions, augment_drawing, augment_images, bundled_split, read_dataset
from engine.data.augmentation.images import REFITTED_VARIATION
from engine.data.readers.drawings import is_drawing_file
from engine.data.synthetic.non_digits import draw_negatives
from engine.data.synthetic.writing_styles import HABITS, draw_habit
from engine.errors import ConfigurationError, DataError
from engine.ink import PreprocessingSteps, features_from_drawing
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import read_drawings

FOLDS = 5
# Every other variant keeps a pen of its own instead of being repainted with the one pen: images have such pens.
_OWN_PEN = PreprocessingSteps(one_pen=False)


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much of everything that is generated; a study of the recipe leaves parts out.

    Attributes:
        variants: of each pen drawing, beside the drawing itself.
        habits: of each writing habit.
        negatives: drawings that are no digit.
    """

    variants: int = 6
    habits: int = 1_000
    negatives: int = 64_000


# Each chosen on held-out writers; docs/recognition.md has the table.
FULL_AMOUNTS = Amounts()


@dataclass(frozen=True, slots=True)
class HeldOut:
    """What a rehearsal does not train on.

    Attributes:
        fold: 0 to 4 leaves out every fifth writer, starting with that one, for validation; None trains on all.
        last_images: how many images at the end of the image data are left out.
    """

    fold: int | None = None
    last_images: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class RecipeData:
    """What the recipe trains on and judges by.

    Attributes:
        training: digits, mixed.
        validation: the held-out writers' digits, or the bundled 1,500.
        negatives: (count, 20, 20) float32, features of drawings that are no digit.
        held_out_images: the images that were left out; None where none were.
    """

    training: Dataset
    validation: Dataset
    negatives: FloatArray
    held_out_images: Dataset | None = None

    @property
    def held_out(self) -> tuple[Dataset, ...]:
        """The groups of digits that were not trained on, to calibrate with."""
        return (self.validation,) if self.held_out_images is None else (self.validation, self.held_out_images)


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
        paths: data files; drawing files are varied as strokes, everything else is taken as images. Without any,
            the bundled training digits.
        held_out: what to leave out.
        seed: of all random draws; equal seeds give equal data.
        amounts: how much is generated; None for `FULL_AMOUNTS`.
        options: how image data are read; None for guesses alone.

    Raises:
        DataError: a file cannot be read, or there are no writers to leave out.
        ConfigurationError: the fold is not one of the five.
    """
    if held_out.fold is not None and not 0 <= held_out.fold < FOLDS:
        raise ConfigurationError(f"The fold has to be from 0 to {FOLDS - 1}, not {held_out.fold}.", "fold")
    amounts = FULL_AMOUNTS if amounts is None else amounts
    rng = np.random.default_rng(seed)
    bundled_training, bundled_validation = bundled_split()
    parts: list[tuple[FloatArray, list[int]]] = []
    held: list[Drawing] = []
    met: list[Drawing] = []
    drawing_paths = [path for path in paths if Path(path).is_file() and _holds_drawings(Path(path))]
    image_paths = [path for path in paths if path not in drawing_paths]
    data_sets = [read_dataset(path, options or ReadOptions()) for path in image_paths]
    parts += [_images(digits, bundled_validation, held_out.last_images) for digits in data_sets]
    left_out_images = _left_out_images(data_sets, held_out.last_images)
    if not image_paths:
        parts.append((bundled_training.images, bundled_training.labels.tolist()))
    for path in drawing_paths:
        training, left_out = _by_writer(read_drawings(path), held_out.fold, path)
        held += left_out
        met += training
        parts.append(_features(_varied(training, rng, amounts.variants)))
    parts.append(
        _features((draw_habit(name, rng), PreprocessingSteps()) for name in HABITS for _ in range(amounts.habits))
    )
    images = np.concatenate([part[0] for part in parts])
    labels = np.concatenate([np.array(part[1], np.int64) for part in parts])
    order = rng.permutation(len(images))
    training_set = Dataset(images[order], labels[order], "full recipe")
    negatives = [features_from_drawing(drawing) for drawing in draw_negatives(amounts.negatives, rng, met)]
    no_digits = np.array([image for image in negatives if image is not None], np.float32).reshape(-1, 20, 20)
    if held_out.fold is None:
        return RecipeData(training_set, bundled_validation, no_digits, left_out_images)
    if not held:
        raise DataError(
            "Leaving out writers needs a drawing file whose lines have the key “writer”; add one with --data."
        )
    features, digits = _features((drawing, PreprocessingSteps()) for drawing in held)
    validation = Dataset(features, np.array(digits, np.int64), f"writers of fold {held_out.fold}")
    return RecipeData(training_set, validation, no_digits, left_out_images)


def vary_digit_images(images: FloatArray, rng: np.random.Generator) -> FloatArray:
    """The recipe's augmentation of every batch (n, 20, 20, 1), images and painted strokes alike: bent and refitted."""
    return augment_images(images, rng, None, REFITTED_VARIATION)


def _holds_drawings(path: Path) -> bool:
    with SourceFile(path) as source:
        return is_drawing_file(source.head)


def _images(digits: Dataset, unseen: Dataset, last: int) -> tuple[FloatArray, list[int]]:
    """The images that may be trained on: not the last ones, not those of the bundled validation part."""
    if last >= len(digits):
        raise ConfigurationError(
            f"{digits.name} has {len(digits)} images, so {last} of them cannot be left out.", "hold_out_images"
        )
    kept = np.arange(len(digits)) < len(digits) - last
    forbidden = {image.tobytes() for image in unseen.images}
    kept &= np.array([image.tobytes() not in forbidden for image in digits.images])
    return digits.images[kept], digits.labels[kept].tolist()


def _left_out_images(data_sets: Sequence[Dataset], last: int) -> Dataset | None:
    """The last images of each data set; None where none are left out."""
    if not data_sets or last <= 0:
        return None
    images = np.concatenate([digits.images[-last:] for digits in data_sets])
    labels = np.concatenate([digits.labels[-last:] for digits in data_sets])
    return Dataset(images, labels, f"the last {last:,} images")


def _by_writer(drawings: list[Drawing], fold: int | None, path: str) -> tuple[list[Drawing], list[Drawing]]:
    """Training drawings and those of the fold's writers, labelled ones only."""
    labelled = [drawing for drawing in drawings if drawing.label is not None and not drawing.is_blank]
    if not labelled:
        raise DataError(f"{path}: no drawing has a label, so there is nothing to learn from.")
    if fold is None:
        return labelled, []
    writers = sorted({str(drawing.extra.get("writer", "")) for drawing in labelled})
    held = set(writers[fold::FOLDS])
    if len(writers) < FOLDS:
        raise DataError(
            f"{path}: the drawings are by {counted(len(writers), 'known writer')}; {FOLDS} folds need {FOLDS}."
        )
    return (
        [drawing for drawing in labelled if str(drawing.extra.get("writer", "")) not in held],
        [drawing for drawing in labelled if str(drawing.extra.get("writer", "")) in held],
    )


def _varied(
    drawings: Iterable[Drawing], rng: np.random.Generator, count: int
) -> Iterable[tuple[Drawing, PreprocessingSteps]]:
    """Each drawing as it is, then varied."""
    for drawing in drawings:
        yield drawing, PreprocessingSteps()
        for number in range(count):
            yield augment_drawing(drawing, rng), _OWN_PEN if number % 2 else PreprocessingSteps()


def _features(drawings: Iterable[tuple[Drawing, PreprocessingSteps]]) -> tuple[FloatArray, list[int]]:
    images: list[FloatArray] = []
    labels: list[int] = []
    for drawing, path in drawings:
        features = features_from_drawing(drawing, path)
        if features is not None and drawing.label is not None:
            images.append(features)
            labels.append(drawing.label)
    return np.array(images, np.float32).reshape(-1, 20, 20), labels
