"""ONNX files made byte by byte, so that tests need no package for it, and may write what no package would."""

import struct

import numpy as np

_TYPES = {"float32": 1, "int64": 7, "float64": 11}


def varint(value):
    value &= (1 << 64) - 1
    out = b""
    while value > 0x7F:
        out += bytes([value & 0x7F | 0x80])
        value >>= 7
    return out + bytes([value])


def field(number, value):
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    if isinstance(value, float):
        return varint(number << 3 | 5) + struct.pack("<f", value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def tensor(name, array):
    array = np.asarray(array)
    dims = b"".join(field(1, size) for size in array.shape)
    return dims + field(2, _TYPES[str(array.dtype)]) + field(8, name) + field(9, array.tobytes())


def attribute(name, value):
    data = field(1, name)
    if isinstance(value, list):
        return data + b"".join(field(8, one) for one in value) + field(20, 7)
    if isinstance(value, str):
        return data + field(4, value) + field(20, 3)
    return data + field(3 if isinstance(value, int) else 2, value) + field(20, 2 if isinstance(value, int) else 1)


def node(operator, inputs, outputs, **settings):
    parts = [field(1, name) for name in inputs] + [field(2, name) for name in outputs] + [field(4, operator)]
    return b"".join([*parts, *(field(5, attribute(name, value)) for name, value in settings.items())])


def value(name, shape):
    dims = b"".join(field(1, field(2, "batch") if size is None else field(1, size)) for size in shape)
    return field(1, name) + field(2, field(1, field(1, 1) + field(2, dims)))


def model(nodes, weights, shape=(None, 1, 20, 20), output="y", extra=b""):
    """A file with the input x and one output."""
    graph = b"".join(field(1, one) for one in nodes)
    graph += b"".join(field(5, tensor(name, array)) for name, array in weights.items())
    graph += field(11, value("x", shape)) + field(12, value(output, (None, 10)))
    return field(1, 8) + field(7, graph) + field(8, field(2, 17)) + extra


def chain(*steps):
    """Nodes one after the other from x to y: (operator, further inputs, settings)."""
    nodes = []
    for place, (operator, further, settings) in enumerate(steps):
        name = "y" if place == len(steps) - 1 else f"v{place}"
        nodes.append(node(operator, ["x" if place == 0 else f"v{place - 1}", *further], [name], **settings))
    return nodes
