"""Random draws of a training run as functions of the seed and the position in the run.

No generator is carried along, so a resumed run needs no random state, and neither the order of the examples nor their
augmentation depends on what else was drawn. Dropout does the same through the network's clock.
"""

import numpy as np

from engine.core.parameters import IntArray

# Two streams of random numbers that never meet.
_ORDER, _AUGMENTATION = 0, 1


def epoch_order(seed: int, epoch: int, count: int, *, shuffle: bool = True) -> IntArray:
    """The order in which an epoch (from 0) visits `count` examples, (count,)."""
    if not shuffle:
        return np.arange(count)
    return np.random.default_rng([seed, _ORDER, epoch]).permutation(count)


def augmentation_generator(seed: int, step: int) -> np.random.Generator:
    """The generator for the augmentation of the batch of one step (from 0)."""
    return np.random.default_rng([seed, _AUGMENTATION, step])
