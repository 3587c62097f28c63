"""Operators that scale and shift: normalizations, and arithmetic with constants."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.layers import BatchNormalization, Rescaling
from engine.layers.kernel_layer import KernelLayer
from engine.storage.importers.onnx_operation import Operation

# Batch normalization as a factor and a summand has the mean 0 and the variance 1 − ε.
_EPSILON = 1e-3


def batch_normalization(op: Operation) -> None:
    """Per channel, by the moving statistics; raises `ModelFileError` where they do not fit."""
    arrays = [op.array(place).reshape(-1) for place in range(1, 5)]
    rank = len(op.chain.shape)
    order = (*range(1, rank), 0)
    op.chain.arrange(order)
    config = {"kind": "batch_normalization", "epsilon": op.number("epsilon", 1e-5)}
    op.chain.add(config, arrays, np.argsort(order).tolist())


def layer_normalization(op: Operation) -> None:
    """Each example's last axis; raises `ModelFileError` along others."""
    rank = len(op.chain.shape)
    if int(op.node.settings.get("axis", -1)) not in (-1, rank):
        raise op.refused("works along several axes")
    gamma = op.array(1).reshape(-1)
    with_bias = op.has(2)
    beta = op.array(2).reshape(-1) if with_bias else np.zeros_like(gamma)
    op.chain.arrange(range(rank))
    config = {"kind": "layer_normalization", "epsilon": op.number("epsilon", 1e-5)}
    op.chain.add(config, [gamma, beta], range(rank))


def affine(op: Operation) -> None:
    """Arithmetic with a constant; raises `ModelFileError` where that varies along several axes."""
    is_second = op.view.constant(op.node.inputs[1]) is not None
    array = op.array(1 if is_second else 0).astype(np.float64)
    if op.operator == "Div" and not is_second:
        raise op.refused("divides by values that depend on the image")
    axis, values = _along(op, array)
    with np.errstate(all="ignore"):
        match op.operator:
            case "Add":
                scale, offset = np.ones_like(values), values
            case "Sub" if is_second:
                scale, offset = np.ones_like(values), -values
            case "Sub":
                scale, offset = -np.ones_like(values), values
            case "Mul":
                scale, offset = values, np.zeros_like(values)
            case _:
                scale, offset = 1 / values, np.zeros_like(values)
    if not (np.isfinite(scale).all() and np.isfinite(offset).all()):
        raise op.refused("has numbers that are not finite")
    if axis is None:
        _scalar(op, float(scale), float(offset))
    else:
        _vector(op, axis, scale, offset)


def _along(op: Operation, array: NDArray[Any]) -> tuple[int | None, NDArray[Any]]:
    """Along which axis of the values a constant varies, and its numbers; None for one number."""
    shape = op.chain.shape
    sizes = (1,) * (len(shape) - array.ndim) + array.shape
    sizes = sizes[1:] if len(sizes) == len(shape) + 1 and sizes[0] == 1 else sizes
    long = [axis for axis, size in enumerate(sizes) if size > 1]
    if len(sizes) != len(shape) or len(long) > 1 or any(sizes[axis] != shape[axis] for axis in long):
        raise op.refused(f"has an array of shape {array.shape} for values of shape {shape}")
    return (long[0], array.reshape(-1)) if long else (None, array.reshape(()))


def _scalar(op: Operation, scale: float, offset: float) -> None:
    last = op.chain.layers[-1] if op.chain.layers else None
    if isinstance(last, Rescaling):
        settings = {"scale": last.scale * scale, "offset": last.offset * scale + offset}
        op.chain.change_last(settings, [])
    else:
        op.chain.add_anywhere({"kind": "rescaling", "scale": scale, "offset": offset})


def _vector(op: Operation, axis: int, scale: NDArray[Any], offset: NDArray[Any]) -> None:
    rank = len(op.chain.shape)
    order = (*(one for one in range(rank) if one != axis), axis)
    count = len(op.chain.layers)
    op.chain.arrange(order)
    last = op.chain.layers[-1] if len(op.chain.layers) == count and count else None
    if isinstance(last, KernelLayer) and last.end is None and not last.use_bias and (scale == 1).all():
        op.chain.change_last({"use_bias": True}, [*op.chain.weights[-1], offset])
    elif isinstance(last, BatchNormalization) and last.epsilon == _EPSILON:
        gamma, beta, mean, variance = op.chain.weights[-1]
        op.chain.change_last({}, [gamma * scale, beta * scale + offset, mean, variance])
    else:
        variance = np.full_like(scale, 1 - _EPSILON)
        weights: list[FloatArray] = [scale, offset, np.zeros_like(scale), variance]
        op.chain.add({"kind": "batch_normalization", "epsilon": _EPSILON}, weights, np.argsort(order).tolist())
