"""An ONNX file, operator set 17: images to calibrated probabilities, softmax inside. Needs the extra `export`."""

from pathlib import Path
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from engine.core.file_io import write_atomically
from engine.core.parameters import FloatArray
from engine.storage.exporters.exporter import ExportedAnswer, Exporter
from engine.storage.exporters.onnx_activations import activation_nodes
from engine.storage.exporters.onnx_graph import OnnxGraph
from engine.storage.exporters.steps import ExportPlan, ExportStep, Head

INPUT, PROBABILITIES, VALUES, REFUSED = "images", "probabilities", "values", "refused"
_CHANNELS_FIRST = ("convolution", "depthwise", "max_pool", "average_pool", "up_sampling", "pad")
_ANY_ORDER = ("global_average", "global_max")


class OnnxFile(Exporter):
    """See the module."""

    key: ClassVar[str] = "onnx"
    title: ClassVar[str] = "ONNX"
    suffix: ClassVar[str] = ".onnx"
    needed: ClassVar[tuple[str, ...]] = ("onnx",)
    asked: ClassVar[tuple[str, ...]] = ("onnxruntime",)

    def write(self, plan: ExportPlan, path: Path) -> list[Path]:
        """The one file; raises `OSError`."""
        graph = OnnxGraph(str(plan.model.network.dtype))
        z = _add_steps(graph, plan)
        outputs = _add_head(graph, plan.head, z, len(plan.model.labels))
        write_atomically(path, graph.to_bytes(INPUT, outputs, plan.about(), plan.document()))
        return [path]

    def ask(self, path: Path, images: FloatArray) -> ExportedAnswer:
        """Runs the file by ONNX Runtime."""
        import onnxruntime

        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
        names = [output.name for output in session.get_outputs()]
        answers = dict(zip(names, session.run(names, {INPUT: images}), strict=True))
        refused = answers.get(REFUSED)
        return ExportedAnswer(
            answers[names[0]],
            None if refused is None else np.asarray(refused),
            f"ONNX Runtime {onnxruntime.__version__}",
        )


def _add_steps(graph: OnnxGraph, plan: ExportPlan) -> str:
    """All steps; the name of the last outputs."""
    x, first = INPUT, False
    for step in plan.steps:
        works_first = step.kind in _CHANNELS_FIRST
        if works_first and not first:
            x, first = graph.add("Transpose", [x], perm=[0, 3, 1, 2]), True
        elif first and not works_first and step.kind not in _ANY_ORDER and not _elementwise(step):
            x, first = graph.add("Transpose", [x], perm=[0, 2, 3, 1]), False
        x = _add_step(graph, step, x, first)
        first = first and len(step.output_shape) == 3
    return x


def _elementwise(step: ExportStep) -> bool:
    return step.kind == "activation" and step.settings["function"] != "softmax"


def _add_step(graph: OnnxGraph, step: ExportStep, x: str, first: bool) -> str:
    given, name = step.settings, step.layer

    def held(key: str) -> str:
        return graph.weight(f"{name}.{key}", step.weights[key])

    match step.kind:
        case "dense":
            return graph.add("Add", [graph.add("MatMul", [x, held("kernel")]), held("bias")])
        case "convolution" | "depthwise":
            kernel, group = _kernel_first(step)
            inputs = [x, graph.weight(f"{name}.kernel", kernel), held("bias")]
            return graph.add("Conv", inputs, group=group, **_window(given), dilations=list(given["dilation"]))
        case "max_pool" | "average_pool":
            extra = {"count_include_pad": 0} if step.kind == "average_pool" else {}
            kind = "MaxPool" if step.kind == "max_pool" else "AveragePool"
            return graph.add(kind, [x], kernel_shape=list(given["window"]), **_window(given), **extra)
        case "global_average":
            return graph.add("ReduceMean", [x], axes=[2, 3] if first else [1, 2], keepdims=0)
        case "global_max":
            return graph.add("ReduceMax", [x], axes=[2, 3] if first else [1, 2], keepdims=0)
        case "reshape":
            return graph.add("Reshape", [x, graph.whole_numbers([-1, *step.output_shape])])
        case "permute":
            return graph.add("Transpose", [x], perm=[0, *given["dims"]])
        case "repeat":
            column = graph.add("Unsqueeze", [x, graph.whole_numbers([1])])
            return graph.add("Tile", [column, graph.whole_numbers([1, given["n"], 1])])
        case "pad":
            (top, bottom), (left, right) = given["pads"]
            return graph.add("Pad", [x, graph.whole_numbers([0, 0, top, left, 0, 0, bottom, right])])
        case "up_sampling":
            scales = graph.weight(f"{name}.scales", np.array([1, 1, *given["size"]], np.float32))
            return graph.add(
                "Resize",
                [x, "", scales],
                mode="nearest",
                nearest_mode="floor",
                coordinate_transformation_mode="asymmetric",
            )
        case "scale":
            return graph.add("Add", [graph.add("Mul", [x, held("scale")]), held("offset")])
        case "layer_normalization":
            return graph.add("LayerNormalization", [x, held("gamma"), held("beta")], axis=-1, epsilon=given["epsilon"])
        case _:
            return activation_nodes(graph, x, given)


def _window(given: dict[str, Any]) -> dict[str, Any]:
    (top, bottom), (left, right) = given["pads"]
    return {"strides": list(given["strides"]), "pads": [top, left, bottom, right]}


def _kernel_first(step: ExportStep) -> tuple[FloatArray, int]:
    kernel: NDArray[Any] = step.weights["kernel"]
    if step.kind == "convolution":
        return np.ascontiguousarray(kernel.transpose(3, 2, 0, 1)), 1
    height, width, channels, multiplier = kernel.shape
    return np.ascontiguousarray(kernel.transpose(2, 3, 0, 1).reshape(channels * multiplier, 1, height, width)), channels


def _add_head(graph: OnnxGraph, head: Head, z: str, labels: int) -> dict[str, tuple[str, list[Any]]]:
    """From the last outputs to what the file answers: name → (kind, shape)."""
    outputs: dict[str, tuple[str, list[Any]]] = {}
    raw = z
    if head.shift or head.temperature != 1:
        z = graph.add("Div", [graph.add("Add", [z, graph.number(head.shift)]), graph.number(head.temperature)])
    if head.kind == "values":
        p = z
    elif head.kind == "sigmoid":
        p = graph.add("Sigmoid", [z])
    elif head.kind == "softmax":
        p = graph.add("Softmax", [z], axis=-1)
    else:
        # One more logit of 0 is "none of them"; its share is spread evenly over all.
        q = graph.add("Softmax", [graph.add("Pad", [z, graph.whole_numbers([0, 0, 0, 1])])], axis=-1)
        numbers, none = graph.add_many("Split", [q, graph.whole_numbers([labels, 1])], 2, axis=1)
        p = graph.add("Add", [numbers, graph.add("Div", [none, graph.number(float(labels))])])
    if head.both:
        p = graph.add("Concat", [graph.add("Sub", [graph.number(1.0), p]), p], axis=1)
    name = VALUES if head.kind == "values" else PROBABILITIES
    graph.rename(p, name)
    outputs[name] = ("float", ["batch", labels])
    if head.threshold is not None:
        energy = graph.add("ReduceLogSumExp", [raw], axes=[1], keepdims=0)
        graph.rename(graph.add("Less", [energy, graph.number(head.threshold)]), REFUSED)
        outputs[REFUSED] = ("bool", ["batch"])
    return outputs
