"""Penalties that are functions of one's own, and constraints: what single steps keep beside the optimizer."""

from typing import Any

import numpy as np

from engine.core.parameters import FloatArray, Shape
from engine.core.tensor import Tensor, as_tensor
from engine.layer_support.added_losses import gathered
from engine.layer_support.variables import variable
from engine.losses import Loss


class NoLoss(Loss):
    """Always 0: what is minimized are the penalties that layers add."""

    kind, task = "no_loss", "values"

    def prepare_targets(self, targets: Any, output_shape: Shape, dtype: Any = np.float32) -> FloatArray:  # noqa: ANN401
        """Zeros (n, *output_shape): whatever the targets are, nobody looks at them."""
        return np.zeros((len(targets), *output_shape), dtype)

    def _losses_and_gradient(self, outputs: FloatArray, targets: Any) -> tuple[FloatArray, FloatArray]:  # noqa: ANN401
        return np.zeros(len(outputs)), np.zeros_like(outputs)


def has_own_rules(network: Any) -> bool:  # noqa: ANN401 — a network
    """Whether its steps have to be taken one by one."""
    return any(layer.own_penalties or layer.constraints for layer in network.layers) or charges_outputs(network)


def charges_outputs(network: Any) -> bool:  # noqa: ANN401 — a network, or a layer
    """Whether what its layers give has a price: an activity regularizer, or `add_loss`."""
    if getattr(network, "adds_losses", False) or getattr(network, "activity_regularizer", None) is not None:
        return True
    parts = getattr(network, "layers", None)
    if parts is None:
        parts = network.parts() if network.by_call else ()
    return any(charges_outputs(part) for part in parts)


def output_penalties(network: Any, inputs: FloatArray, batch_size: int | None) -> float:  # noqa: ANN401
    """The mean over batches of inputs (n, …) of what their outputs cost, each batch weighed by its length."""
    if not charges_outputs(network) or not len(inputs):
        return 0.0
    total, size = 0.0, batch_size or 32
    for start in range(0, len(inputs), size):
        part = inputs[start : start + size]
        with gathered() as added:
            network.propagate(part, training=False)
        total += len(part) * sum(float(np.sum(np.asarray(one))) for one in added)
    network.release_buffers()
    return total / len(inputs)


def add_own_penalties(network: Any, gradients: bool = True) -> float:  # noqa: ANN401 — a network
    """The sum of the penalties; their gradients are added to the parameters'."""
    total = 0.0
    for layer in network.layers:
        for parameter in layer.parameters:
            penalty = layer.own_penalties.get(parameter.name)
            if penalty is None:
                continue
            from engine.core.tape import GradientTape

            with GradientTape() as tape:
                weight = variable(parameter.value, parameter.name)
                value = as_tensor(penalty(weight))
            total += float(value)
            slope = tape.gradient(value, weight) if gradients and parameter.gradient.size else None
            if slope is not None:
                parameter.gradient[...] += np.asarray(slope)
    return total


def constrain(network: Any) -> None:  # noqa: ANN401 — a network
    """Put the parameters where their constraints allow them to be."""
    for layer in network.layers:
        for parameter in layer.parameters:
            constraint = layer.constraints.get(parameter.name)
            if constraint is not None and parameter.trainable:
                parameter.value[...] = np.asarray(constraint(as_tensor(parameter.value.copy())))


def penalties_of(network: Any) -> list[Tensor]:  # noqa: ANN401 — a network
    """Every penalty by itself, recorded where somebody records: Keras' `losses`."""
    return [penalty for layer in network.layers for penalty in layer.losses]
