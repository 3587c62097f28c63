"""A graph of ONNX nodes that grows one operator at a time."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray
from engine.storage.model_document import MODEL_ENTRY
from engine.version import digitlab_version

# What the runtimes of the last years take: ONNX 1.12 of 2022.
OPERATOR_SET, FILE_VERSION = 17, 8


class OnnxGraph:
    """Nodes and weights; values are known by their names.

    Args:
        dtype: float type of everything, "float32" or "float64".
    """

    def __init__(self, dtype: str = "float32") -> None:
        self._dtype = np.dtype(dtype)
        self._nodes: list[Any] = []
        self._weights: dict[str, NDArray[Any]] = {}
        self._count = 0

    def add(self, operator: str, inputs: Sequence[str], **settings: Any) -> str:  # noqa: ANN401 — ONNX attributes
        """One node; gives the name of its output."""
        return self.add_many(operator, inputs, 1, **settings)[0]

    def add_many(self, operator: str, inputs: Sequence[str], count: int, **settings: Any) -> list[str]:  # noqa: ANN401
        """One node with several outputs; gives their names."""
        from onnx import helper

        names = [self._fresh(operator.lower()) for _ in range(count)]
        self._nodes.append(helper.make_node(operator, list(inputs), names, **settings))
        return names

    def weight(self, name: str, array: FloatArray) -> str:
        """An array of the file, of any shape (…); gives its name."""
        self._weights[name] = np.ascontiguousarray(array)
        return name

    def number(self, value: float) -> str:
        """A number as an array without axes."""
        return self.weight(self._fresh("number"), np.array(value, self._dtype))

    def whole_numbers(self, values: Sequence[int]) -> str:
        """A list of whole numbers, as shapes are."""
        return self.weight(self._fresh("shape"), np.array(values, np.int64))

    def rename(self, old: str, new: str) -> None:
        """Give a value the name that the file shows."""
        from onnx import helper

        self._nodes.append(helper.make_node("Identity", [old], [new]))

    def to_bytes(
        self, name: str, outputs: Mapping[str, tuple[str, list[Any]]], about: Sequence[str], document: str
    ) -> bytes:
        """The file: images (batch, 20, 20) of this name in, the outputs by name → (kind, shape).

        It carries sentences about the model, and its description as model files have it.
        """
        import onnx
        from onnx import TensorProto, helper, numpy_helper

        number = TensorProto.FLOAT if self._dtype == np.float32 else TensorProto.DOUBLE
        kinds = {"float": number, "bool": TensorProto.BOOL}
        graph = helper.make_graph(
            self._nodes,
            "digitlab",
            [helper.make_tensor_value_info(name, number, ["batch", 20, 20])],
            [helper.make_tensor_value_info(key, kinds[kind], shape) for key, (kind, shape) in outputs.items()],
            [numpy_helper.from_array(array, key) for key, array in self._weights.items()],
        )
        model = helper.make_model(
            graph,
            opset_imports=[helper.make_opsetid("", OPERATOR_SET)],
            ir_version=FILE_VERSION,
            producer_name="DigitLab",
            producer_version=digitlab_version(),
            doc_string="\n".join(about),
        )
        if document:
            helper.set_model_props(model, {MODEL_ENTRY: document})
        onnx.checker.check_model(model, full_check=True)
        written: bytes = model.SerializeToString()
        return written

    def _fresh(self, word: str) -> str:
        self._count += 1
        return f"{word}_{self._count}"
