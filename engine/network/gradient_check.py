"""Is backpropagation right? Its gradients beside slopes that are measured by walking a little way up and down.

For a weight w:  numeric = (L(w + h) − L(w − h)) / 2h, an error of order h² from the formula and of order 10⁻¹⁶/h from
rounding, so h = 10⁻⁵ in float64 leaves about ten correct digits. A block of weights is right when

    error = ‖analytic − numeric‖ / max(‖analytic‖ + ‖numeric‖, tiny)

is tiny (CS231n, "Gradient checks"; Ng, course 2, week 1).
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engine.core.parameters import FloatArray, Parameter
from engine.layers.base import Layer
from engine.losses.penalty import WeightPenalty
from engine.network.network import Network
from engine.threads.blas_threads import BlasLimit

_STEP = 1e-5
# Where a corner (ReLU, maximum) lies within a step, shorter ones may stay on one side of it.
_SHORTER_STEPS = (1e-6, 1e-7, 1e-8, 1e-9)
# Gradients below this are compared with it instead of with themselves: rounding noise has no relative error.
_TINY = 1e-8


@dataclass(frozen=True, slots=True)
class ParameterCheck:
    """One parameter array of one layer.

    Attributes:
        layer: name of the layer.
        kind: its kind.
        parameter: "kernel", "bias", …
        size: numbers in the array.
        checked: how many of them were measured.
        error: relative error of the measured ones, see the module.
        largest_difference: largest |analytic − numeric|.
        passed: whether the error is within the tolerance.
    """

    layer: str
    kind: str
    parameter: str
    size: int
    checked: int
    error: float
    largest_difference: float
    passed: bool


@dataclass(frozen=True, slots=True)
class GradientReport:
    """The outcome for a whole network.

    Attributes:
        blocks: one a parameter array, in layer order.
        loss: the loss at which the slopes were measured, penalties included.
        tolerance: what the errors were compared with.
    """

    blocks: tuple[ParameterCheck, ...]
    loss: float
    tolerance: float

    @property
    def passed(self) -> bool:
        """Whether every block passed."""
        return all(block.passed for block in self.blocks)

    def verdicts(self) -> dict[str, bool]:
        """Layer name → whether all its blocks passed; layers without trainable parameters do not appear."""
        result: dict[str, bool] = {}
        for block in self.blocks:
            result[block.layer] = result.get(block.layer, True) and block.passed
        return result


def numeric_gradient(
    function: Callable[[], float], point: FloatArray, indices: ArrayLike | None = None, step: float = _STEP
) -> NDArray[np.float64]:
    """Central differences of `function` with respect to the elements of `point`.

    Args:
        function: reads `point` whenever it is called.
        point: float64 array of any shape, changed in place while measuring and put back.
        indices: flat indices to measure; None for all of them.
        step: h.

    Returns:
        the slopes, in the shape of `point`, or one for each index.

    Raises:
        ValueError: `point` is not contiguous in memory.
    """
    flat = point.reshape(-1)
    if not np.shares_memory(flat, point):
        raise ValueError("Numeric gradients need an array that is contiguous in memory.")
    chosen = np.arange(flat.size) if indices is None else np.asarray(indices)
    slopes = np.empty(chosen.size)
    for number, index in enumerate(chosen):
        before = flat[index]
        flat[index] = before + step
        above = function()
        flat[index] = before - step
        below = function()
        flat[index] = before
        slopes[number] = (above - below) / (2 * step)
    return slopes.reshape(point.shape) if indices is None else slopes


def check_gradients(
    network: Network,
    inputs: ArrayLike,
    targets: ArrayLike,
    *,
    samples: int = 40,
    tolerance: float = 1e-6,
    l1: float = 0.0,
    l2: float = 0.0,
    seed: int = 0,
) -> GradientReport:
    """Compare backpropagation with central differences, for each parameter block of a network.

    The network itself is not touched: a twin with the same weights computes in float64. Weights that are exactly 0
    (fresh biases) are moved a little first: on blank pixels they would put units exactly on the corner of a ReLU, where
    there is no slope to measure.

    Args:
        network: built, with a loss.
        inputs: a few examples (n, *input_shape); 4 to 16 are plenty.
        targets: theirs.
        samples: numbers measured in each block, drawn at random; small blocks are measured whole.
        tolerance: largest relative error that passes.
        l1: L1 penalty to include.
        l2: L2 penalty to include.
        seed: of the draws.
    """
    twin = network.from_config(
        network.config(), input_shape=network.example_shape, seed=network.seed, dtype=np.float64, fused=network.fused
    )
    if not twin.built:
        twin.build(network.example_shape)
    twin.set_weights(network.get_weights())
    twin.loss = network.require_loss()
    rng = np.random.default_rng(seed)
    values = twin.store.values
    values[values == 0] = rng.normal(0, 0.01, np.count_nonzero(values == 0))

    data = twin.prepare_inputs(inputs)
    prepared = twin.loss.prepare_targets(targets, twin.answer_shape, np.float64)
    penalty = WeightPenalty(twin.store, l1, l2)
    evaluate = _evaluation(twin, data, prepared, penalty)
    # Thousands of tiny matrix products: BLAS' own threads would only wait for each other.
    with BlasLimit(1):
        loss = evaluate(True)
        analytic = twin.store.gradients.copy()
        blocks = []
        start = 0
        for layer in twin.layers:
            for parameter in layer.parameters:
                if parameter.trainable:
                    slopes = analytic[start : start + parameter.value.size]
                    start += parameter.value.size
                    measure = partial(evaluate, False)
                    blocks.append(_check_block(layer, parameter, slopes, measure, samples, tolerance, rng))
    return GradientReport(tuple(blocks), loss, tolerance)


def _evaluation(
    network: Network, inputs: FloatArray, targets: NDArray[Any], penalty: WeightPenalty
) -> Callable[[bool], float]:
    """A function that gives the loss at the present weights and, if asked, fills the gradients."""
    loss = network.require_loss()

    def evaluate(with_gradients: bool) -> float:
        # The same dropout masks every time, or the loss would not be a function of the weights.
        network.clock.step = 0
        value, gradient = loss.value_and_gradient(network.forward(inputs, training=True), targets)
        if with_gradients:
            network.backward(gradient)
            return value + penalty.add()
        return value + penalty.value()

    return evaluate


def _check_block(
    layer: Layer,
    parameter: Parameter,
    analytic: FloatArray,
    evaluate: Callable[[], float],
    samples: int,
    tolerance: float,
    rng: np.random.Generator,
) -> ParameterCheck:
    size = parameter.value.size
    chosen = np.arange(size) if size <= samples else np.sort(rng.choice(size, samples, replace=False))
    expected = analytic[chosen]
    measured = numeric_gradient(evaluate, parameter.value, chosen)
    scale = max(float(np.linalg.norm(expected) + np.linalg.norm(measured)), _TINY)
    allowed = tolerance * scale / np.sqrt(len(chosen))
    for step in _SHORTER_STEPS:
        suspicious = np.flatnonzero(np.abs(expected - measured) > allowed)
        if not suspicious.size:
            break
        nearer = numeric_gradient(evaluate, parameter.value, chosen[suspicious], step)
        better = np.abs(nearer - expected[suspicious]) < np.abs(measured[suspicious] - expected[suspicious])
        measured[suspicious[better]] = nearer[better]
    difference = expected - measured
    error = float(np.linalg.norm(difference)) / scale
    return ParameterCheck(
        layer.name,
        layer.kind,
        parameter.name,
        size,
        len(chosen),
        error,
        float(np.abs(difference).max(initial=0)),
        error <= tolerance,
    )
