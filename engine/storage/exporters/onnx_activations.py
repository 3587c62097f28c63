"""Activations as ONNX nodes; those without an operator of their own are put together."""

from typing import Any

from engine.storage.exporters.onnx_graph import OnnxGraph

# One operator each, with its settings.
_SINGLE: dict[str, tuple[str, dict[str, float]]] = {
    "sigmoid": ("Sigmoid", {}),
    "tanh": ("Tanh", {}),
    "softplus": ("Softplus", {}),
    "selu": ("Selu", {}),
    "celu": ("Celu", {}),
    "hard_silu": ("HardSwish", {}),
    "hard_sigmoid": ("HardSigmoid", {"alpha": 1 / 6, "beta": 0.5}),
    "softsign": ("Softsign", {}),
    "exponential": ("Exp", {}),
}


def activation_nodes(graph: OnnxGraph, x: str, given: dict[str, Any]) -> str:
    """The activation `given["function"]` with its settings on x; the name of the result."""
    function = given["function"]
    if function in _SINGLE:
        operator, settings = _SINGLE[function]
        return graph.add(operator, [x], **settings)
    match function:
        case "relu":
            return _relu(graph, x, given)
        case "relu6":
            return graph.add("Clip", [x, graph.number(0.0), graph.number(6.0)])
        case "leaky_relu":
            return graph.add("LeakyRelu", [x], alpha=given["negative_slope"])
        case "elu":
            return graph.add("Elu", [x], alpha=given["alpha"])
        case "softmax":
            return graph.add("Softmax", [x], axis=-1)
        case "silu":
            return graph.add("Mul", [x, graph.add("Sigmoid", [x])])
        case "log_sigmoid":
            return graph.add("Neg", [graph.add("Softplus", [graph.add("Neg", [x])])])
        case "mish":
            return graph.add("Mul", [x, graph.add("Tanh", [graph.add("Softplus", [x])])])
        case _:
            # GELU: ½·x·(1 + erf(x / √2)).
            erf = graph.add("Erf", [graph.add("Div", [x, graph.number(2**0.5)])])
            half = graph.add("Mul", [x, graph.number(0.5)])
            return graph.add("Mul", [half, graph.add("Add", [erf, graph.number(1.0)])])


def _relu(graph: OnnxGraph, x: str, given: dict[str, Any]) -> str:
    most, slope, threshold = given.get("max_value"), given.get("negative_slope", 0.0), given.get("threshold", 0.0)
    if slope or threshold:
        over = graph.add("Sub", [x, graph.number(threshold)])
        below = graph.add("Mul", [over, graph.number(slope)])
        x = graph.add("Where", [graph.add("GreaterOrEqual", [x, graph.number(threshold)]), x, below])
        return x if most is None else graph.add("Min", [x, graph.number(most)])
    return graph.add("Relu", [x]) if most is None else graph.add("Clip", [x, graph.number(0.0), graph.number(most)])
