"""What a model has not met: a file's writers, all or those of a fold, and the last images."""

from pathlib import Path

from engine.data import Dataset, read_dataset
from engine.ink.drawing import Drawing
from engine.ink.drawing_files import read_drawings
from models.recipes.full_recipe import FOLDS


def writers_of_fold(path: str | Path, fold: int | None) -> dict[str, list[Drawing]]:
    """The labelled drawings of each writer (key `writer`) that `train --fold` holds out; None: of all."""
    hands: dict[str, list[Drawing]] = {}
    for drawing in read_drawings(path):
        if drawing.label is not None and not drawing.is_blank:
            hands.setdefault(str(drawing.extra.get("writer", "")), []).append(drawing)
    return {writer: hands[writer] for writer in (sorted(hands) if fold is None else sorted(hands)[fold::FOLDS])}


def last_images(path: str, count: int) -> Dataset:
    """The images that `train --hold-out-images` leaves out."""
    dataset = read_dataset(path)
    return Dataset(dataset.images[-count:], dataset.labels[-count:], f"the last {count:,} of {Path(path).name}")
