"""Copies of a network to look into: readable layers alone, and gradients down to the pixels."""

import numpy as np
from numpy.typing import DTypeLike

from engine.core.parameters import FloatArray
from engine.layers import Dense, Flatten, Reshape
from engine.network.network import Network


def readable_twin(network: Network, dtype: DTypeLike = np.float32, *, fused: bool = False) -> Network:
    """A network of the same layers, weights and loss that shares no numbers with the first.

    Without `fused` its stages are the layers themselves, so that each one's outputs can be read, and its backward pass
    reaches the inputs.
    """
    twin = Network.from_config(
        network.config(), input_shape=network.example_shape, seed=network.seed, dtype=dtype, fused=fused
    )
    if not twin.built:
        twin.build(network.example_shape)
    twin.loss = network.loss
    for layer in twin.layers:
        layer.needs_input_gradient = True
    take_weights(twin, network.store.snapshot())
    return twin


def take_weights(twin: Network, snapshot: FloatArray) -> None:
    """Write a snapshot of the first network's weights, (weights,), into its twin, whatever float type that has."""
    twin.store.restore(np.asarray(snapshot, twin.dtype))


def with_random_weights(network: Network, seed: int = 0) -> Network:
    """A readable twin that has learned nothing: each parameter is drawn anew, as widely spread as the learned one."""
    twin, rng = readable_twin(network), np.random.default_rng(seed)
    for parameter in twin.store.parameters:
        if parameter.trainable:
            parameter.value[...] = rng.normal(0.0, float(parameter.value.std()) or 0.1, parameter.value.shape)
    return twin


def is_linear(network: Network) -> bool:
    """Whether each output is a sum of the pixels, each times a weight of its own, and a bias."""
    *before, last = network.layers
    flat = all(isinstance(layer, Flatten | Reshape) for layer in before)
    return flat and isinstance(last, Dense) and last.end is None and len(last.output_shape) == 1
