"""Operators that multiply by weights, and windows that slide: dense layers, convolutions, poolings."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from engine.core.parameters import FloatArray
from engine.errors import ModelFileError
from engine.layer_support.window_axis import WindowAxis
from engine.storage.importers.onnx_operation import Operation, each_axis

_REDUCED = {
    "ReduceMean": "global_average_pool", "GlobalAveragePool": "global_average_pool",
    "ReduceMax": "global_max_pool", "GlobalMaxPool": "global_max_pool",
}  # fmt: skip


def dense(op: Operation) -> None:
    """A product with a matrix; raises `ModelFileError` where it does not fit."""
    given = op.node.settings
    kernel = op.array(1)
    if op.view.constant(op.node.inputs[0]) is not None or kernel.ndim != 2 or given.get("transA"):
        raise op.refused("multiplies from the left, or by more than a matrix")
    bias = None
    if op.operator == "Gemm":
        kernel = (kernel.T if given.get("transB") else kernel) * op.number("alpha", 1.0)
        if op.has(2):
            bias = op.array(2) * op.number("beta", 1.0)
            bias = np.broadcast_to(bias.reshape(-1) if bias.size > 1 else bias.reshape(()), kernel.shape[1:])
    shape = op.chain.shape
    order: tuple[int, ...]
    if not shape or shape[-1] != kernel.shape[0]:
        raise ModelFileError(f"has a {op.operator} with a matrix of shape {kernel.shape} for values of shape {shape}.")
    if len(shape) == 1:
        # Where images were flattened in another order, the matrix is turned and not the image.
        turned = np.empty_like(kernel)
        turned[op.chain.rows()] = kernel
        kernel, order = turned, (0,)
    else:
        order = tuple(range(len(shape)))
        op.chain.arrange(order)
    config = {"kind": "dense", "units": int(kernel.shape[1]), "use_bias": bias is not None}
    op.chain.add(config, [kernel] if bias is None else [kernel, bias], order)


def convolution(op: Operation) -> None:
    """Along one or two axes, also with a kernel of its own for each channel; raises `ModelFileError` for others."""
    given = op.node.settings
    kernel = op.array(1)
    rank = kernel.ndim - 2
    shape = op.chain.shape
    if rank not in (1, 2) or len(shape) != rank + 1:
        raise op.refused(f"has a kernel of shape {kernel.shape} for values of shape {shape}")
    groups = int(given.get("group", 1))
    channels, filters = shape[0], kernel.shape[0]
    dilation = each_axis(op, "dilations", rank)
    inside = kernel.transpose(*range(2, rank + 2), 1, 0)
    config: dict[str, Any]
    if groups == 1 and kernel.shape[1] == channels:
        config = {"kind": f"conv{rank}d", "filters": filters, "dilation_rate": dilation}
        if rank == 1:
            config["dilation_rate"] = dilation[0]
    elif groups == channels and kernel.shape[1] == 1 and rank == 2 and filters % channels == 0:
        if dilation != [1, 1]:
            raise op.refused("has groups and a dilation")
        multiplier = filters // channels
        config = {"kind": "depthwise_conv2d", "depth_multiplier": multiplier}
        inside = kernel.reshape(channels, multiplier, *kernel.shape[2:]).transpose(2, 3, 0, 1)
    else:
        raise op.refused(f"has {groups} groups and a kernel of shape {kernel.shape} for {channels} channels")
    config |= _window(op, kernel.shape[2:], dilation, zeros=True)
    weights: list[FloatArray] = [np.ascontiguousarray(inside)]
    if op.has(2):
        weights.append(op.array(2).reshape(-1))
    config["use_bias"] = len(weights) > 1
    op.chain.add(config, weights, (rank, *range(rank)))


def _window(op: Operation, window: Sequence[int], dilation: Sequence[int], *, zeros: bool) -> dict[str, Any]:
    """Size, strides and padding, after the values were arranged; other borders of zeros become a layer."""
    given = op.node.settings
    rank = len(window)
    shape = op.chain.arrange((*range(1, rank + 1), 0))
    strides = each_axis(op, "strides", rank)
    pads = [int(value) for value in given.get("pads") or [0] * 2 * rank]
    automatic = given.get("auto_pad", "NOTSET")
    if len(pads) != 2 * rank or min([*pads, *strides, *window]) < 0 or max([*pads, *window]) > 100:
        raise op.refused(f"has a border of {pads[:8]}")
    same = [
        WindowAxis.fit(length, size, stride, "same", apart)
        for length, size, stride, apart in zip(shape[:-1], window, strides, dilation, strict=True)
    ]
    padding = "valid"
    if automatic == "SAME_UPPER" or (
        automatic == "NOTSET" and any(pads) and pads == [*(a.before for a in same), *(a.after for a in same)]
    ):
        padding = "same"
    elif automatic not in ("NOTSET", "VALID"):
        raise op.refused(f"pads as {automatic}")
    elif any(pads):
        if not zeros or rank != 2:
            raise op.refused(f"has a border of {pads}, which no pooling here has")
        borders = [[pads[0], pads[2]], [pads[1], pads[3]]]
        op.chain.add({"kind": "zero_padding2d", "padding": borders}, [], (2, 0, 1))
        op.chain.arrange((1, 2, 0))
    if given.get("ceil_mode"):
        raise op.refused("rounds its size up")
    key = "kernel_size" if zeros else "pool_size"
    if rank == 1:
        return {key: int(window[0]), "strides": strides[0], "padding": padding}
    return {key: [int(size) for size in window], "strides": strides, "padding": padding}


def pool(op: Operation) -> None:
    """The largest or the mean of every window; raises `ModelFileError` for borders that no pooling has."""
    given = op.node.settings
    window = given.get("kernel_shape") or []
    rank = len(window)
    if rank not in (1, 2) or len(op.chain.shape) != rank + 1:
        raise op.refused(f"has a window of {rank} axes for values of shape {op.chain.shape}")
    if each_axis(op, "dilations", rank) != [1] * rank:
        raise op.refused("has a dilation")
    config = _window(op, window, [1] * rank, zeros=False)
    counts_border = op.operator == "AveragePool" and given.get("count_include_pad")
    if config["padding"] == "same" and counts_border:
        raise op.refused("counts its border")
    kind = "max_pool" if op.operator == "MaxPool" else "average_pool"
    op.chain.add({"kind": f"{kind}{rank}d", **config}, [], (rank, *range(rank)))


def reduce(op: Operation) -> None:
    """The mean or the largest of each channel; raises `ModelFileError` along other axes."""
    rank = len(op.chain.shape)
    axes = op.node.settings.get("axes")
    if axes is None and op.has(1):
        axes = op.whole(1)
    if op.operator.startswith("Global"):
        axes, keep = range(2, rank + 1), True
    else:
        keep = bool(op.node.settings.get("keepdims", 1))
    over = sorted({int(axis) % (rank + 1) for axis in axes or ()})
    if rank not in (2, 3) or len(over) != rank - 1 or 0 in over:
        raise op.refused(f"works along the axes {over} of values of shape {op.chain.shape}")
    if rank == 2 and op.operator.endswith(("Max", "MaxPool")):
        raise op.refused("works along one axis")
    channel = next(axis for axis in range(rank) if axis + 1 not in over)
    op.chain.arrange((*(axis for axis in range(rank) if axis != channel), channel))
    op.chain.add({"kind": f"{_REDUCED[op.operator]}{rank - 1}d"}, [], (0,))
    if keep:
        op.chain.reshape([op.chain.shape[0] if axis == channel else 1 for axis in range(rank)])
