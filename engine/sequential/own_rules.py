"""Penalties that are functions of one's own, and constraints: what single steps keep beside the optimizer."""

from typing import Any

import numpy as np

from engine.core.regularizers import L1L2
from engine.core.tensor import Tensor, as_tensor
from engine.layers.variables import variable


def has_own_rules(network: Any) -> bool:  # noqa: ANN401 — a network
    """Whether its steps have to be taken one by one."""
    return any(layer.own_penalties or layer.constraints for layer in network.layers)


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
    """Every penalty on a parameter by itself, recorded where somebody records: Keras' `losses`."""
    found = []
    for layer in network.layers:
        for weight, parameter in zip(layer.weights, layer.parameters, strict=True):
            own = layer.own_penalties.get(parameter.name)
            if own is not None:
                found.append(as_tensor(own(weight)))
            elif parameter.l1 or parameter.l2:
                found.append(as_tensor(L1L2(parameter.l1, parameter.l2)(weight)))
    return found
