"""What comes with the program, ready as features: MNIST's first 10,000 training digits, and drawings that are none."""

import io
from functools import cache
from importlib import resources

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.data.dataset import Dataset, split_stratified

BUNDLED_FILE = "mnist-10000.npz"
NON_DIGITS_FILE = "non-digits.npz"
VALIDATION_COUNT = 1500
# Part of the meaning of every published score: never change it.
SPLIT_SEED = 20


def load_bundled() -> Dataset:
    """The 10,000 bundled digits, in MNIST's own (mixed) order."""
    arrays = _read(BUNDLED_FILE)
    return Dataset(_features(arrays["images"]), arrays["labels"].astype(np.int64), "Bundled MNIST digits")


def load_non_digits() -> FloatArray:
    """The bundled drawings that are no digit, all kinds of `engine.data.synthetic.non_digits` mixed.

    Returns:
        (4250, 20, 20) float32 in [0, 1], as models take them.
    """
    return _features(_read(NON_DIGITS_FILE)["images"])


# Unpacking is seven eighths of a load, and every tab and every training loads; 6 MB of bytes stay.
@cache
def _read(name: str) -> dict[str, NDArray[np.uint8]]:
    data = resources.files("engine.data.bundled").joinpath(name).read_bytes()
    with np.load(io.BytesIO(data), allow_pickle=False) as archive:
        return dict(archive)


def _features(images: NDArray[np.uint8]) -> FloatArray:
    """Grey levels (n, 20, 20) as values from 0 to 1."""
    features = images.astype(np.float32)
    features /= np.float32(255)
    return features


def bundled_split() -> tuple[Dataset, Dataset]:
    """The bundled digits as the fixed (training, validation) parts of 8,500 and 1,500, stratified and shuffled."""
    return split_stratified(load_bundled(), VALIDATION_COUNT, SPLIT_SEED)
