"""Random draws during training that can be repeated exactly, on any number of threads.

A draw is a function of (seed, layer, shard, step, slice of a large batch, call within it), not of how many draws came
before.
So a resumed run draws what the uninterrupted run would have drawn once it says which step it is at, and the
shards of a batch draw independently, whichever worker computes them, without sharing a generator.
"""

from dataclasses import dataclass, field

import numpy as np


class Clock:
    """Which training step, and which slice of its batch, is computed; shared by a network and its replicas.

    Attributes:
        revision: changes whenever the clock is set, so that what is repeated draws the same again.
    """

    def __init__(self) -> None:
        self._step = self._slice = 0
        self.revision = 0

    @property
    def step(self) -> int:
        """The step, from 0; set it before each step of training."""
        return self._step

    @step.setter
    def step(self, step: int) -> None:
        self.set(step, 0)

    @property
    def slice(self) -> int:
        """The slice of the batch, from 0, when it goes through in slices."""
        return self._slice

    def set(self, step: int, part: int) -> None:
        """Set the step and the slice of its batch."""
        self._step, self._slice = step, part
        self.revision += 1


@dataclass(slots=True)
class RandomSource:
    """Where one layer of a network or a replica gets its generators from.

    Attributes:
        seed: of the network.
        layer: position of the layer in the network.
        shard: number of the shard of the batch that is computed.
        clock: tells the step.
    """

    seed: int = 0
    layer: int = 0
    shard: int = 0
    clock: Clock = field(default_factory=Clock)
    _revision: int = -1
    _calls: int = 0

    def begin_shard(self, shard: int) -> None:
        """Draw for this shard from now on, from its first call."""
        self.shard, self._calls = shard, 0

    def generator(self) -> np.random.Generator:
        """A generator of its own for each call; equal for the same step, slice and number of the call within it."""
        if self.clock.revision != self._revision:
            self._revision, self._calls = self.clock.revision, 0
        self._calls += 1
        # Philox turns a key and a counter into numbers: distinct counters give independent streams.
        return np.random.Generator(
            np.random.Philox(
                key=[self.seed, self.layer << 32 | self.shard],
                counter=[0, self.clock.slice, self._calls, self.clock.step],
            )
        )
