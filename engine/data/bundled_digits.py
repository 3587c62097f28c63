"""The digits that come with the program: the first 10,000 of MNIST's training set, ready as features."""

import io
from importlib import resources

import numpy as np

from engine.data.dataset import Dataset, split_stratified

BUNDLED_FILE = "mnist-10000.npz"
VALIDATION_COUNT = 1500
# Part of the meaning of every published score: never change it.
SPLIT_SEED = 20


def load_bundled() -> Dataset:
    """The 10,000 bundled digits, in MNIST's own (mixed) order."""
    data = resources.files("engine.data.bundled").joinpath(BUNDLED_FILE).read_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        images, labels = archive["images"], archive["labels"]
    features = images.astype(np.float32)
    features /= np.float32(255)
    return Dataset(features, labels.astype(np.int64), "Bundled MNIST digits")


def bundled_split() -> tuple[Dataset, Dataset]:
    """The bundled digits as the fixed (training, validation) parts of 8,500 and 1,500, stratified and shuffled."""
    return split_stratified(load_bundled(), VALIDATION_COUNT, SPLIT_SEED)
