"""Gradients that are too long are made shorter."""

import math

import numpy as np

from engine.core.parameters import FloatArray


def clip_by_norm(gradients: FloatArray, limit: float) -> float:
    """Scale the vector (n,) in place so that its Euclidean norm is at most `limit`; returns the norm before.

    Pascanu et al., "On the difficulty of training recurrent neural networks", 2013. The direction stays.
    """
    norm = math.sqrt(float(np.dot(gradients, gradients)))
    if not math.isfinite(norm):
        # The squares overflowed, not necessarily the gradient itself.
        norm = float(np.linalg.norm(gradients.astype(np.float64)))
    if norm > limit:
        gradients *= limit / norm
    return norm
