"""What a preset trains on: the bundled digits or a file of the user's, cut into training and validation."""

import numpy as np

from engine.core.wording import counted
from engine.data import Dataset, bundled_split, read_dataset, split_stratified
from engine.errors import DataError
from models.presets.preset import ModelPreset

# The share of the bundled digits that is held out, 1,500 of 10,000, also for the user's own data.
_VALIDATION_SHARE = 0.15
_SPLIT_SEED = 0


def training_data(preset: ModelPreset, path: str | None = None, read: Dataset | None = None) -> tuple[Dataset, Dataset]:
    """Training and validation digits, only those that the preset can learn from.

    Args:
        preset: who wants to learn.
        path: a data file or folder; None for the bundled digits with their fixed split.
        read: the digits of `path`, where they have been read already.

    Raises:
        DataError: the data cannot be read, or there are too few digits of too few kinds.
    """
    if path is None:
        training, validation = bundled_split()
        return preset.select(training), preset.select(validation)
    digits = preset.select(read_dataset(path) if read is None else read)
    if len(digits) < 2 or (preset.task != "regression" and len(np.unique(digits.labels)) < 2):
        raise DataError(
            f"{path}: training needs at least two digits, and different ones; this has {len(digits)} usable of "
            f"{counted(len(np.unique(digits.labels)), 'kind')}."
        )
    return split_stratified(digits, max(1, round(_VALIDATION_SHARE * len(digits))), _SPLIT_SEED)


def fewer_examples(training: Dataset, count: int, seed: int) -> Dataset:
    """So many of the digits, drawn at random; a larger number with the same seed holds those of a smaller one.

    Raises:
        DataError: there are not so many.
    """
    if not 2 <= count <= len(training):
        raise DataError(
            f"{training.name}: {counted(count, 'example')} cannot be taken from {len(training):,} training digits; "
            f"ask for 2 to {len(training):,}."
        )
    return training.subset(np.sort(np.random.default_rng(seed).permutation(len(training))[:count]))
