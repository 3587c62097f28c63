"""What an ONNX file says, as plain values: nodes, constants, inputs and outputs. Nothing in it is run or followed.

Field numbers are those of onnx.proto (https://github.com/onnx/onnx/blob/main/onnx/onnx.proto).
"""

import math
import struct
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelFileError
from engine.storage.importers.importer import MOST_PARAMETERS, quoted
from engine.storage.importers.protobuf import FieldBudget, fields, signed, varints

_MOST_NODES = 2_000
_MOST_AXES = 8
# TensorProto.DataType → NumPy's type; 16 is bfloat16, the upper half of a float32.
_TYPES: dict[int, str] = {1: "<f4", 11: "<f8", 10: "<f2", 7: "<i8", 6: "<i4", 9: "?", 2: "u1", 3: "i1"}
_BFLOAT16 = 16


@dataclass(frozen=True, slots=True, eq=False)
class OnnxNode:
    """One operator.

    Attributes:
        operator: its name, with its domain where that is not ONNX's own.
        inputs, outputs: names of values; "" where an input is left out.
        settings: attributes by name: numbers, lists, text, arrays.
    """

    operator: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    settings: dict[str, Any]


@dataclass(slots=True, eq=False)
class OnnxDocument:
    """A checked file.

    Attributes:
        nodes: in the file's order.
        constants: arrays of any shape, by name.
        inputs: name → shape; None for a size that is free. Constants are not among them.
        outputs: names.
        metadata: text by key.
    """

    nodes: list[OnnxNode] = field(default_factory=list)
    constants: dict[str, NDArray[Any]] = field(default_factory=dict)
    inputs: dict[str, tuple[int | None, ...]] = field(default_factory=dict)
    outputs: list[str] = field(default_factory=list)
    metadata: dict[str, str] = field(default_factory=dict)
    _numbers: int = 0

    def hold(self, name: str, array: NDArray[Any]) -> None:
        """Take in a constant, an array of any shape (…); raises `ModelFileError` where all are too many numbers."""
        self.constants[name] = array
        self._numbers += array.size
        if self._numbers > MOST_PARAMETERS:
            raise ModelFileError(f"holds more than {MOST_PARAMETERS:,} numbers, which no network of digits does.")


def parse_onnx(data: memoryview) -> OnnxDocument:
    """The contents of a file.

    Raises:
        ModelFileError: it is damaged, no ONNX, or holds more than a network of digits; completes "… it …".
    """
    budget = FieldBudget()
    document = OnnxDocument()
    graph: memoryview | None = None
    for number, value in fields(data, budget):
        match number, value:
            case 7, memoryview():
                graph = value
            case 14, memoryview():
                entry = {key: _text(part) for key, part in fields(value, budget) if isinstance(part, memoryview)}
                document.metadata[entry.get(1, "")] = entry.get(2, "")
    if graph is None:
        raise ModelFileError("is damaged or no ONNX file (it has no graph).")
    for number, value in fields(graph, budget):
        match number, value:
            case 1, memoryview():
                _add_node(document, value, budget)
            case 5, memoryview():
                document.hold(*_tensor(value, budget))
            case 11, memoryview():
                name, shape = _value_info(value, budget)
                document.inputs[name] = shape
            case 12, memoryview():
                document.outputs.append(_value_info(value, budget)[0])
            case 15, _:
                raise ModelFileError("holds sparse weights, which are not read: save them as ordinary ones.")
    # Older files list their weights among the inputs.
    for name in document.constants:
        document.inputs.pop(name, None)
    return document


def _add_node(document: OnnxDocument, message: memoryview, budget: FieldBudget) -> None:
    inputs: list[str] = []
    outputs: list[str] = []
    operator = domain = ""
    settings: dict[str, Any] = {}
    for number, value in fields(message, budget):
        if not isinstance(value, memoryview):
            continue
        match number:
            case 1:
                inputs.append(_text(value))
            case 2:
                outputs.append(_text(value))
            case 4:
                operator = _text(value)
            case 5:
                name, setting = _attribute(value, budget)
                settings[name] = setting
            case 7:
                domain = _text(value)
    domain = "" if domain == "ai.onnx" else domain
    node = OnnxNode(f"{domain}.{operator}" if domain else operator, tuple(inputs), tuple(outputs), settings)
    if operator == "Constant" and not domain and len(outputs) == 1:
        document.hold(outputs[0], _constant(settings))
        return
    document.nodes.append(node)
    if len(document.nodes) > _MOST_NODES:
        raise ModelFileError(f"has more than {_MOST_NODES:,} operators, which no network of digits needs.")


def _constant(settings: dict[str, Any]) -> NDArray[Any]:
    for key, kind in (("value", None), ("value_float", "f4"), ("value_floats", "f4"), ("value_int", "i8"),
                      ("value_ints", "i8")):  # fmt: skip
        if key in settings:
            return np.asarray(settings[key], kind)
    raise ModelFileError("holds a constant of a kind that is not read.")


def _attribute(message: memoryview, budget: FieldBudget) -> tuple[str, Any]:
    name = ""
    value: Any = None
    floats: list[float] = []
    ints: list[int] = []
    for number, part in fields(message, budget):
        match number, part:
            case 1, memoryview():
                name = _text(part)
            case 2, memoryview():
                value = struct.unpack("<f", part)[0] if len(part) == 4 else None
            case 3, int():
                value = signed(part)
            case 4, memoryview():
                value = _text(part)
            case 5, memoryview():
                value = _tensor(part, budget)[1]
            case 7, memoryview():
                floats += np.frombuffer(part[: len(part) // 4 * 4], "<f4").tolist()
            case 8, int():
                ints.append(signed(part))
            case 8, memoryview():
                ints += map(signed, varints(part, budget))
            # Other kinds (graphs inside a node, lists of texts) belong to operators that are not read.
    return name, floats or ints or value


def _tensor(message: memoryview, budget: FieldBudget) -> tuple[str, NDArray[Any]]:
    dims: list[int] = []
    kind, name = 0, ""
    raw: memoryview | None = None
    numbers: list[memoryview] = []
    whole: list[int] = []
    for number, value in fields(message, budget):
        match number, value:
            case 1, int():
                dims.append(signed(value))
            case 1, memoryview():
                dims += map(signed, varints(value, budget))
            case 2, int():
                kind = value
            case 8, memoryview():
                name = _text(value)
            case 9, memoryview():
                raw = value
            case ((4 | 10), memoryview()):
                numbers.append(value)
            case ((5 | 7), memoryview()):
                whole += map(signed, varints(value, budget))
            case ((5 | 7), int()):
                whole.append(signed(value))
            case (13, _) | (14, 1):
                raise ModelFileError(
                    f"keeps the numbers of {quoted(name)} in another file, which is not opened: "
                    "save the model as one file."
                )
    what = f"the array {quoted(name)}"
    if len(dims) > _MOST_AXES or any(size < 0 for size in dims):
        raise ModelFileError(f"is damaged ({what} has an impossible shape).")
    if kind != _BFLOAT16 and kind not in _TYPES:
        raise ModelFileError(f"holds {what} of a type that is not read; only arrays of numbers are.")
    array: NDArray[Any]
    if raw is None and numbers and kind in (1, 11):
        size = 4 if kind == 1 else 8
        array = np.concatenate([np.frombuffer(part[: len(part) // size * size], _TYPES[kind]) for part in numbers])
    elif raw is None:
        array = _from_whole(whole, kind)
    elif kind == _BFLOAT16:
        array = (np.frombuffer(raw[: len(raw) // 2 * 2], "<u2").astype(np.uint32) << 16).view(np.float32)
    elif len(raw) % np.dtype(_TYPES[kind]).itemsize:
        array = np.empty(0)
    else:
        array = np.frombuffer(raw, _TYPES[kind])
    if array.size != math.prod(dims):
        raise ModelFileError(f"is damaged ({what} announces the shape {tuple(dims)} and holds {array.size:,} numbers).")
    return name, array.reshape(dims)


def _from_whole(whole: list[int], kind: int) -> NDArray[Any]:
    """Numbers that were written as whole ones; half floats are written as their bits."""
    if kind in (10, _BFLOAT16):
        bits = np.array([value & 0xFFFF for value in whole], np.uint16)
        return bits.view(np.float16) if kind == 10 else (bits.astype(np.uint32) << 16).view(np.float32)
    return np.array(whole, np.int64).astype(_TYPES[kind])


def _value_info(message: memoryview, budget: FieldBudget) -> tuple[str, tuple[int | None, ...]]:
    name = ""
    shape: tuple[int | None, ...] = ()
    for number, value in fields(message, budget):
        if number == 1 and isinstance(value, memoryview):
            name = _text(value)
        elif number == 2 and isinstance(value, memoryview):
            for tensor in _inside(fields(value, budget), 1):
                for dims in _inside(fields(tensor, budget), 2):
                    shape = tuple(_size(dim, budget) for dim in _inside(fields(dims, budget), 1))
    return name, shape


def _inside(parts: Iterable[tuple[int, int | memoryview]], number: int) -> list[memoryview]:
    return [value for key, value in parts if key == number and isinstance(value, memoryview)]


def _size(dim: memoryview, budget: FieldBudget) -> int | None:
    sizes = [value for number, value in fields(dim, budget) if number == 1 and isinstance(value, int)]
    return sizes[0] if sizes else None


def _text(value: memoryview) -> str:
    return bytes(value[:4_000_000]).decode("utf-8", "replace")
