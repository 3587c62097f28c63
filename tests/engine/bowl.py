"""The simplest loss with a known minimum, to try optimizers on."""

import numpy as np

from engine.core.parameters import ParameterSpec, ParameterStore

SCALES = np.array([1.0, 3.0, 0.5, 2.0, 1.5])
CENTRE = np.array([0.5, -0.3, 0.2, 0.0, -0.1])


class Bowl:
    """L = ½ Σ scale·(w − centre)², whose minimum everybody knows."""

    def __init__(self, dtype=np.float64):
        self.store = ParameterStore([ParameterSpec("w", (5,), np.ones(5))], dtype)

    def evaluate(self):
        distance = self.store.values - CENTRE.astype(self.store.dtype)
        self.store.gradients[...] = SCALES * distance
        return float(0.5 * (SCALES * distance**2).sum())
