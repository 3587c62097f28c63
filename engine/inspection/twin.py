"""Copies of a network to look into: readable layers alone, and gradients down to the pixels."""

import numpy as np
from numpy.typing import DTypeLike

from engine.core.parameters import FloatArray
from engine.fused import plan as fusion
from engine.layers import BatchNormalization, Dense, Flatten, Layer, Reshape
from engine.network.network import Network


def readable_twin(
    network: Network, dtype: DTypeLike = np.float32, *, fused: bool = False, until: int | None = None,
    head: bool | None = None,
) -> Network:  # fmt: skip
    """A network of the same layers, weights and loss that shares no numbers with the first.

    It is the same function with `training` and without: layers that draw in training rest, batch normalization keeps
    its averages. Its backward pass reaches the inputs.

    Args:
        network: built.
        dtype: float32 or float64.
        fused: compute with fused layers; without, each stage is one layer, whose outputs can be read.
        until: end with this layer (from 0), whose outputs are the answer then; None for the whole network.
        head: whether a `head_of` the network is a layer of its own, or left out: either way the logits can be read;
            None for a network as it is.
    """
    configs, activation = network.config()[: None if until is None else until + 1], head_of(network)
    if activation and head is not None:
        last = configs.pop()
        if "activation" in last and last["kind"] != "activation":
            configs.append({**last, "activation": None})
        if head:
            configs.append({"kind": activation})
    twin = Network.from_config(
        configs, input_shape=network.example_shape, seed=network.seed, dtype=dtype, fused=fused,
    )  # fmt: skip
    if not twin.built:
        twin.build(network.example_shape)
    twin.loss = network.loss
    for layer in twin.layers:
        layer.needs_input_gradient = True
        if isinstance(layer, BatchNormalization):
            layer.trainable = False
    twin.stages = fusion.plan([layer for layer in twin.layers if not rests(layer)], fused)
    for mine, theirs in zip(twin.store.parameters, network.store.parameters, strict=until is None):
        mine.value[...] = theirs.value
    return twin


def rests(layer: Layer) -> bool:
    """Whether a layer does nothing but draw in training: dropout, noise."""
    return type(layer).draw_from is not Layer.draw_from and layer.output_shape == layer.input_shape


def head_of(network: Network) -> str:
    """The activation of the network's own that makes probabilities of its logits, "softmax" or "sigmoid".

    It is "" where the loss does so, or nothing does.
    """
    last = network.layers[-1]
    kind = getattr(getattr(last, "end", last), "kind", "")
    by_loss = network.loss is not None and network.loss.from_logits
    return kind if kind in ("softmax", "sigmoid") and not by_loss else ""


def answered_by(network: Network) -> str:
    """What makes the answer of the logits, whether network or loss: "softmax", "sigmoid", or "" for nothing."""
    if network.loss is None or not network.loss.from_logits:
        return head_of(network)
    return "sigmoid" if network.loss.kind.startswith("binary") else "softmax"


def logit_stages(twin: Network) -> list[Layer]:
    """The stages up to the logits, of a readable twin whose head is a layer of its own."""
    return twin.stages[:-1] if head_of(twin) else twin.stages


def take_weights(twin: Network, snapshot: FloatArray) -> None:
    """Write a snapshot of the first network's weights, (weights,), into its twin, whatever float type that has."""
    twin.store.restore(np.asarray(snapshot, twin.dtype))


def with_random_weights(network: Network, seed: int = 0, *, fused: bool = False) -> Network:
    """A readable twin that has learned nothing: each parameter is drawn anew, as widely spread as the learned one."""
    twin, rng = readable_twin(network, fused=fused), np.random.default_rng(seed)
    for parameter in twin.store.parameters:
        if parameter.trainable:
            parameter.value[...] = rng.normal(0.0, float(parameter.value.std()) or 0.1, parameter.value.shape)
    return twin


def is_linear(network: Network) -> bool:
    """Whether each output is a sum of the pixels, each times a weight of its own, and a bias."""
    *before, last = network.layers
    flat = all(isinstance(layer, Flatten | Reshape) or rests(layer) for layer in before)
    return flat and isinstance(last, Dense) and last.end is None and len(last.output_shape) == 1
