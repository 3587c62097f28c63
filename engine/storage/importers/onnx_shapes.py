"""Operators that move values without changing them, and the softmax, which needs an axis."""

import math

import numpy as np

from engine.storage.importers.onnx_operation import Operation


def softmax(op: Operation) -> None:
    """Softmax along one axis; raises `ModelFileError` where that is the batch."""
    rank = len(op.chain.shape)
    axis = int(op.node.settings.get("axis", -1)) % (rank + 1) - 1
    if axis < 0:
        raise op.refused("works along the batch")
    order = (*(one for one in range(rank) if one != axis), axis)
    op.chain.arrange(order)
    if rank == 1:
        op.chain.add_elementwise({"kind": "softmax"})
        return
    op.chain.add({"kind": "softmax"}, [], np.argsort(order).tolist())


def transpose(op: Operation) -> None:
    """Axes in another order; raises `ModelFileError` where the batch is one of them."""
    rank = len(op.chain.shape)
    order = [int(axis) for axis in op.node.settings.get("perm") or range(rank, -1, -1)]
    if len(order) != rank + 1 or order[0] != 0:
        raise op.refused("turns the batch")
    op.chain.transpose([axis - 1 for axis in order[1:]])


def cut(op: Operation) -> None:
    """Flatten, Reshape, Squeeze and Unsqueeze: the same values under another shape; raises `ModelFileError`."""
    op.chain.reshape(_shape(op))


def _shape(op: Operation) -> list[int]:
    """The shape, without the batch, that values are cut into."""
    shape = list(op.chain.shape)
    if op.operator == "Flatten":
        if int(op.node.settings.get("axis", 1)) not in (1, -len(shape)):
            raise op.refused("flattens the batch, too")
        return [math.prod(shape)]
    if op.operator == "Reshape":
        return _target(op)
    axes = op.node.settings.get("axes")
    if axes is None and op.has(1):
        axes = op.whole(1)
    rank = len(shape) + 1 + (len(axes or ()) if op.operator == "Unsqueeze" else 0)
    places = sorted({int(axis) % rank - 1 for axis in axes or ()})
    if not places or places[0] < 0:
        raise op.refused("changes the batch")
    if op.operator == "Unsqueeze":
        for place in places:
            shape.insert(place, 1)
        return shape
    if any(shape[place] != 1 for place in places):
        raise op.refused("leaves out an axis that is longer than 1")
    return [size for place, size in enumerate(shape) if place not in places]


def _target(op: Operation) -> list[int]:
    name = op.node.inputs[1] if op.has(1) else ""
    constant = op.view.constant(name) if name else None
    parts = op.view.made_by(name, "Concat") if name and constant is None else None
    if constant is not None:
        target = [int(size) for size in constant.reshape(-1)[:8]]
    elif parts is not None and len(parts) > 1:
        # A program that computes the batch's size from the input: the rest has to be known.
        rest = [op.view.constant(part) for part in parts[1:]]
        if any(part is None for part in rest):
            raise op.refused("computes its shape")
        target = [0, *(int(size) for part in rest if part is not None for size in part.reshape(-1)[:8])]
    else:
        target = [int(size) for size in op.node.settings.get("shape") or ()]
    shape = op.chain.shape
    sizes = [shape[place - 1] if size == 0 and 0 < place <= len(shape) else size for place, size in enumerate(target)]
    inside = sizes[1:]
    if not target or inside.count(-1) > 1 or any(size < -1 for size in inside):
        raise op.refused(f"has the shape {target}")
    if -1 in inside:
        known = math.prod(size for size in inside if size != -1)
        inside[inside.index(-1)] = math.prod(shape) // max(known, 1)
    return inside


def tile(op: Operation) -> None:
    """The same row n times; raises `ModelFileError` for other repetitions."""
    repeats = op.whole(1)
    shape = op.chain.shape
    if len(shape) != 2 or shape[0] != 1 or len(repeats) != 3 or repeats[0] != 1 or repeats[2] != 1 or repeats[1] < 1:
        raise op.refused("repeats other axes than a new one")
    op.chain.reshape(shape[1:])
    op.chain.arrange((0,))
    op.chain.add({"kind": "repeat_vector", "n": repeats[1]}, [], (0, 1))


def pad(op: Operation) -> None:
    """A border of zeros around images; raises `ModelFileError` for other borders."""
    given = op.node.settings
    pads = op.whole(1) if op.has(1) else [int(size) for size in given.get("pads") or ()]
    value = op.view.number(op.node.inputs[2]) if op.has(2) else 0.0
    image = len(op.chain.shape) == 3 and len(pads) == 8
    if not image or given.get("mode", "constant") != "constant" or value != 0 or any(pads[:2] + pads[4:6]):
        raise op.refused("pads other axes than height and width, or with more than zeros")
    if min(pads) < 0 or max(pads) > 100:
        raise op.refused(f"has a border of {pads}")
    op.chain.arrange((1, 2, 0))
    op.chain.add({"kind": "zero_padding2d", "padding": [[pads[2], pads[6]], [pads[3], pads[7]]]}, [], (2, 0, 1))


def resize(op: Operation) -> None:
    """Pixels repeated; raises `ModelFileError` for other ways to enlarge."""
    given = op.node.settings
    arrays = [op.view.constant(name) if name else None for name in op.node.inputs[1:]]
    shape = op.chain.shape
    factors: list[float] = []
    for place, array in enumerate(arrays):
        if array is not None and array.size == len(shape) + 1:
            values = [float(value) for value in array.reshape(-1)]
            sizes = place == 2
            factors = [value / (size if sizes else 1) for value, size in zip(values[1:], shape, strict=True)]
    nearest = given.get("mode", "nearest") == "nearest"
    whole = len(factors) == 3 and all(1 <= factor <= 20 and factor == int(factor) for factor in factors)
    if not (nearest and whole and factors[0] == 1):
        raise op.refused("is no repetition of pixels")
    op.chain.arrange((1, 2, 0))
    op.chain.add({"kind": "up_sampling2d", "size": [int(factors[1]), int(factors[2])]}, [], (2, 0, 1))
