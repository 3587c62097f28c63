"""Whether digits lie on their side, as in files whose pixels are written column by column."""

from functools import lru_cache

import numpy as np

from engine.core.parameters import FloatArray
from engine.data.bundled_digits import load_bundled

_SAMPLE = 400
# Upright digits are 0.09 to 0.17 more like an upright mean than after turning, whoever wrote them; of 30 digits
# never less than 0.04.
_PLAIN = 0.02
_FEWEST = 10


def is_transposed(features: FloatArray, usual: bool) -> bool:
    """Whether rows and columns have to change places for the digits to stand upright.

    Each digit is compared with the mean of each class of the bundled digits; the cosine to the most similar one is
    higher in the right orientation. No label is needed, so wrong ones do no harm.

    Args:
        features: (count, 20, 20).
        usual: the answer where the digits are too few or too odd to tell.
    """
    sample = features[:: 1 + len(features) // _SAMPLE]
    inked = sample[sample.any(axis=(1, 2))]
    if len(inked) < _FEWEST:
        return usual
    better = _likeness(inked.transpose(0, 2, 1)) - _likeness(inked)
    return better > 0 if abs(better) > _PLAIN else usual


def _likeness(features: FloatArray) -> float:
    rows = features.reshape(len(features), -1)
    cosines = rows @ _class_means().T / np.linalg.norm(rows, axis=1, keepdims=True)
    return float(cosines.max(axis=1).mean())


@lru_cache(maxsize=1)
def _class_means() -> FloatArray:
    """(10, 400) float32: the mean image of each digit, of length 1."""
    digits = load_bundled()
    means = np.stack([digits.images[digits.labels == digit].mean(axis=0).ravel() for digit in range(10)])
    return np.asarray(means / np.linalg.norm(means, axis=1, keepdims=True), np.float32)
