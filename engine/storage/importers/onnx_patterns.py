"""A graph of ONNX nodes as a chain of steps, found from its end to its start.

Activations that other programs put together from several operators (GELU, Mish …) are recognized as one step.
"""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ModelFileError
from engine.storage.importers.importer import quoted
from engine.storage.importers.onnx_document import OnnxDocument, OnnxNode

# Operators that change nothing when a network is asked.
_NOTHING = ("Identity", "Dropout", "Cast")
_SIMPLE = {
    "Relu": "relu", "Sigmoid": "sigmoid", "Tanh": "tanh", "Softplus": "softplus", "Selu": "selu",
    "HardSwish": "hard_silu", "Softsign": "softsign", "Exp": "exponential", "Mish": "mish",
}  # fmt: skip
_ROOT_HALF = 2**-0.5


@dataclass(frozen=True, slots=True, eq=False)
class ChainStep:
    """One operation on the values before it.

    Attributes:
        kind: "activation", or the operator's name.
        source: name of the value that it works on.
        node: the operator.
        activation: kind and settings of the activation.
    """

    kind: str
    source: str
    node: OnnxNode
    activation: dict[str, Any] = field(default_factory=dict)


class OnnxGraphView:
    """Who makes which value.

    Args:
        document: of the file.

    Raises:
        ModelFileError: two operators make the same value.
    """

    def __init__(self, document: OnnxDocument) -> None:
        self.document = document
        self._producers: dict[str, OnnxNode] = {}
        for node in document.nodes:
            for name in node.outputs:
                if name in self._producers:
                    raise ModelFileError(f"is damaged (the value {quoted(name)} is made twice).")
                self._producers[name] = node

    def constant(self, name: str) -> NDArray[Any] | None:
        """The array of this name, of any shape; None for what depends on the input."""
        seen = 0
        while name not in self.document.constants:
            node = self._producers.get(name)
            seen += 1
            if node is None or node.operator not in ("Identity", "Cast") or not node.inputs or seen > 50:
                return None
            name = node.inputs[0]
        return self.document.constants[name]

    def number(self, name: str) -> float | None:
        """The constant of this name as one number; None where it is none."""
        array = self.constant(name)
        return float(array.reshape(-1)[0]) if array is not None and array.size == 1 else None

    def producer(self, name: str) -> OnnxNode | None:
        """Who makes this value, without those that change nothing; None for an input."""
        return self._producers.get(self.skip(name))

    def skip(self, name: str) -> str:
        """The value that this one is the same as."""
        for _ in range(len(self.document.nodes) + 1):
            node = self._producers.get(name)
            if node is None or node.operator not in _NOTHING or not node.inputs:
                return name
            name = node.inputs[0]
        raise ModelFileError("is damaged (its operators go round in a circle).")

    def made_by(self, name: str, operator: str) -> tuple[str, ...] | None:
        """The inputs of who makes this value, where it is this operator; values that change nothing are skipped."""
        node = self.producer(name)
        return None if node is None or node.operator != operator else tuple(self.skip(one) for one in node.inputs)

    def chain(self, end: str) -> list[ChainStep]:
        """The steps from the file's input to the value `end`.

        Raises:
            ModelFileError: a step works on two values that depend on the input, or none leads to the input.
        """
        steps: list[ChainStep] = []
        name = self.skip(end)
        while name not in self.document.inputs:
            node = self._producers.get(name)
            if node is None:
                raise ModelFileError(
                    f"does not lead from its input to its output (the value {quoted(name)} is made by nobody)."
                )
            if len(steps) > len(self.document.nodes):
                raise ModelFileError("is damaged (its operators go round in a circle).")
            step = self._step(name, node)
            steps.append(step)
            name = self.skip(step.source)
        return steps[::-1]

    def _step(self, name: str, node: OnnxNode) -> ChainStep:
        for pattern in (_gelu, _mish, _silu, _log_sigmoid, _sloped, _bounded, _simple):
            found = pattern(self, name, node)
            if found is not None:
                source, settings = found
                return ChainStep("activation", source, node, settings)
        # What is no text of the file but computed from a shape (PyTorch's `view(len(x), -1)`) counts as no value.
        only = node.inputs[:1] if node.operator in ("Reshape", "Resize", "Upsample", "Expand", "Tile") else node.inputs
        sources = [one for one in only if one and self.constant(one) is None]
        if len(sources) != 1:
            raise ModelFileError(
                f"is no plain stack: its operator {node.operator} takes {len(sources)} values that depend on the image."
            )
        return ChainStep(node.operator, sources[0], node)


_Found = tuple[str, dict[str, Any]] | None


def _either_way(view: OnnxGraphView, node: OnnxNode, operator: str) -> list[tuple[str, str]]:
    """Both orders of the inputs of a node of this operator, none for others."""
    if node.operator != operator or len(node.inputs) != 2:
        return []
    first, second = (view.skip(one) for one in node.inputs)
    return [(first, second), (second, first)]


def _near(view: OnnxGraphView, name: str, value: float) -> bool:
    number = view.number(name)
    return number is not None and bool(np.isclose(number, value, rtol=1e-5))


def _simple(view: OnnxGraphView, _name: str, node: OnnxNode) -> _Found:
    given = node.settings
    if not node.inputs:
        return None
    x = node.inputs[0]
    match node.operator:
        case operator if operator in _SIMPLE:
            return x, {"kind": _SIMPLE[operator]}
        case "LeakyRelu":
            return x, {"kind": "leaky_relu", "negative_slope": float(given.get("alpha", 0.01))}
        case "Elu":
            return x, {"kind": "elu", "alpha": float(given.get("alpha", 1.0))}
        case "Celu" if given.get("alpha", 1.0) == 1.0:
            return x, {"kind": "celu"}
        case "Gelu" if given.get("approximate", "none") == "none":
            return x, {"kind": "gelu"}
        case "HardSigmoid" if np.allclose([given.get("alpha", 0.2), given.get("beta", 0.5)], [1 / 6, 0.5]):
            return x, {"kind": "hard_sigmoid"}
        case "Log" if (inner := view.made_by(x, "Sigmoid")) is not None:
            return inner[0], {"kind": "log_sigmoid"}
        case "Softmax" | "LogSoftmax":
            return None
    return None


def _silu(view: OnnxGraphView, _name: str, node: OnnxNode) -> _Found:
    for x, gate in _either_way(view, node, "Mul"):
        if view.made_by(gate, "Sigmoid") == (x,):
            return x, {"kind": "silu"}
        if view.made_by(gate, "HardSigmoid") == (x,):
            inner = view.producer(gate)
            if inner is not None and _simple(view, gate, inner) is not None:
                return x, {"kind": "hard_silu"}
    return None


def _mish(view: OnnxGraphView, _name: str, node: OnnxNode) -> _Found:
    for x, gate in _either_way(view, node, "Mul"):
        inner = view.made_by(gate, "Tanh")
        if inner is not None and view.made_by(inner[0], "Softplus") == (x,):
            return x, {"kind": "mish"}
    return None


def _log_sigmoid(view: OnnxGraphView, _name: str, node: OnnxNode) -> _Found:
    if node.operator != "Neg":
        return None
    inner = view.made_by(node.inputs[0], "Softplus")
    negative = None if inner is None else view.made_by(inner[0], "Neg")
    return None if negative is None else (negative[0], {"kind": "log_sigmoid"})


def _gelu(view: OnnxGraphView, _name: str, node: OnnxNode) -> _Found:
    """½·x·(1 + erf(x/√2)), in whatever order its three factors come."""
    factors = _factors(view, node)
    if len(factors) != 3:
        return None
    rest = [one for one in factors if not _near(view, one, 0.5)]
    for x, sum_ in (rest, rest[::-1]) if len(rest) == 2 else ():
        for erf, one in _summands(view, sum_):
            inner = view.made_by(erf, "Erf") if _near(view, one, 1.0) else None
            if inner is not None and _is_scaled(view, inner[0], x):
                return x, {"kind": "gelu"}
    return None


def _factors(view: OnnxGraphView, node: OnnxNode) -> list[str]:
    if node.operator != "Mul" or len(node.inputs) != 2:
        return []
    first, second = (view.skip(one) for one in node.inputs)
    for product, other in ((first, second), (second, first)):
        inner = view.made_by(product, "Mul")
        if inner is not None:
            return [*inner, other]
    return [first, second]


def _summands(view: OnnxGraphView, name: str) -> list[tuple[str, str]]:
    inner = view.made_by(name, "Add")
    return [] if inner is None or len(inner) != 2 else [(inner[0], inner[1]), (inner[1], inner[0])]


def _is_scaled(view: OnnxGraphView, name: str, x: str) -> bool:
    divided, multiplied = view.made_by(name, "Div"), view.made_by(name, "Mul")
    if divided is not None:
        return divided[0] == x and _near(view, divided[1], 1 / _ROOT_HALF)
    return multiplied is not None and x in multiplied and any(_near(view, one, _ROOT_HALF) for one in multiplied)


def _sloped(view: OnnxGraphView, name: str, node: OnnxNode) -> _Found:
    """X where x ≥ t, else slope·(x − t); with an upper bound where a `Min` follows."""
    most = None
    if node.operator == "Min" and len(node.inputs) == 2 and (most := view.number(node.inputs[1])) is not None:
        inner_node = view.producer(node.inputs[0])
        if inner_node is None:
            return None
        node = inner_node
    if node.operator != "Where" or len(node.inputs) != 3:
        return None
    test, x, below = (view.skip(one) for one in node.inputs)
    compared, product = view.made_by(test, "GreaterOrEqual"), view.made_by(below, "Mul")
    if compared is None or product is None or compared[0] != x:
        return None
    over, threshold, slope = view.made_by(product[0], "Sub"), view.number(compared[1]), view.number(product[1])
    if over is None or over[0] != x or threshold is None or slope is None or view.number(over[1]) != threshold:
        return None
    return x, {"kind": "relu", "max_value": most, "negative_slope": slope, "threshold": threshold}


def _bounded(view: OnnxGraphView, name: str, node: OnnxNode) -> _Found:
    """Cut off at 0 and at a number above."""
    if node.operator != "Clip":
        return None
    bounds = [view.number(one) if one else None for one in node.inputs[1:]]
    low, high = (*bounds, None, None)[:2] if bounds else (node.settings.get("min"), node.settings.get("max"))
    if low != 0.0:
        return None
    if high is None:
        return node.inputs[0], {"kind": "relu"}
    settings = {"kind": "relu6"} if high == 6 else {"kind": "relu", "max_value": float(high)}
    return node.inputs[0], settings
