"""How long each layer of a network takes, measured: forward and backward, as training runs them."""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from engine.fused.plan import counted_plan
from engine.network.network import Network
from engine.threads.blas_threads import BlasLimit

EXAMPLES = 64
_ROUNDS = 4


@dataclass(frozen=True, slots=True)
class LayerTimes:
    """What was measured.

    Attributes:
        seconds: of each layer for one example, the least of some rounds; None for a layer that runs as part of the one
            before it, whose time holds both.
    """

    seconds: tuple[float | None, ...]

    def share(self, start: int, stop: int) -> float | None:
        """The part of the whole, 0 to 1, that these layers take; None where another one's time holds all of theirs."""
        own = [seconds for seconds in self.seconds[start:stop] if seconds is not None]
        whole = sum(seconds for seconds in self.seconds if seconds is not None)
        return sum(own) / max(whole, 1e-12) if own else None


def measure_layer_times(network: Network, report: Callable[[float], None] = lambda _share: None) -> LayerTimes:
    """Run a built network over random images and clock its stages, on one thread.

    The network's gradients are overwritten and its moving averages move: give one that nobody else uses.

    Args:
        network: built.
        report: hears the share that is done, 0 to 1; may raise to end the measurement.
    """
    rng = np.random.default_rng(0)
    inputs = rng.random((EXAMPLES, *network.example_shape)).astype(network.dtype)
    gradient = rng.normal(size=(EXAMPLES, *network.answer_shape)).astype(network.dtype)
    stages = counted_plan(network.layers)
    least = [float("inf")] * len(stages)
    with BlasLimit(1), np.errstate(all="ignore"):
        # The first round makes the buffers.
        for number in range(_ROUNDS + 1):
            report(number / (_ROUNDS + 1))
            seconds = [0.0] * len(stages)
            values = inputs
            for place, (stage, _) in enumerate(stages):
                start = time.perf_counter()
                values = stage.forward(values, training=True)
                seconds[place] += time.perf_counter() - start
            slope = gradient.copy()
            for place in reversed(range(len(stages))):
                start = time.perf_counter()
                slope = stages[place][0].backward(slope)
                seconds[place] += time.perf_counter() - start
                if not stages[place][0].needs_input_gradient:
                    break
            if number:
                least = [min(pair) for pair in zip(least, seconds, strict=True)]
    network.release_buffers()
    found: list[float | None] = []
    for (_, layers), measured in zip(stages, least, strict=True):
        found += [measured / EXAMPLES, *(None,) * (layers - 1)]
    return LayerTimes(tuple(found))
