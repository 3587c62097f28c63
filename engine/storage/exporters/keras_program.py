"""A Keras 3 model as a script, with its weights beside it: our layers have Keras' names and meaning."""

import json
import re
from pathlib import Path
from typing import Any, ClassVar

import numpy as np

from engine.core.parameters import FloatArray
from engine.layers import (
    Activation,
    AveragePool1D,
    AveragePool2D,
    BatchNormalization,
    Dropout,
    GaussianNoise,
    Layer,
    Normalization,
)
from engine.layers.activation import ActivationLayer
from engine.layers.kernel_layer import KernelLayer
from engine.storage.exporters.asking import ask_program
from engine.storage.exporters.exporter import ExportedAnswer, Exporter, docstring, labels_line, main_part, save_program
from engine.storage.exporters.numpy_program import SOFTMAX, head_lines
from engine.storage.exporters.steps import ExportPlan, activation_settings, layer_names
from engine.storage.model_document import MODEL_ENTRY

# Settings that only matter before or in training.
_LEFT_OUT = ("name", "trainable", "dtype")
_LEFT_OUT_ENDS = ("_initializer", "_regularizer", "_constraint")
_FUNCTION_CLASSES = ("ReLU", "LeakyReLU", "ELU")
# Ends of names that are no weights of Keras': fixed statistics, and the description of the model.
_APART = (".scale", ".offset", MODEL_ENTRY)


class KerasProgram(Exporter):
    """See the module."""

    key: ClassVar[str] = "keras"
    title: ClassVar[str] = "Keras script"
    suffix: ClassVar[str] = ".py"
    asked: ClassVar[tuple[str, ...]] = ("keras", "torch")

    def write(self, plan: ExportPlan, path: Path) -> list[Path]:
        """The script and its `.npz`; raises `OSError`."""
        uses = f"python {path.name} digit.png … tells the digits; it needs Keras 3, and DigitLab to read pictures.\n"
        uses += "build() is the model with its weights, predict(images) gives the probabilities."
        layers = list(plan.model.network.layers)
        lines = docstring(plan, uses)
        lines += ["from pathlib import Path", "", "import keras", "import numpy as np", "from keras import layers", ""]
        lines += ['WEIGHTS = dict(np.load(Path(__file__).with_suffix(".npz")))', labels_line(plan), ""]
        lines += ["", "def build():", '    """The model with its weights: images to the last layer\'s outputs."""']
        lines += ["    model = keras.Sequential(", "        [", "            keras.Input((20, 20)),"]
        if plan.model.network.example_shape != (20, 20):
            lines.append(f"            layers.Reshape({tuple(plan.model.network.example_shape)}),")
        weights: dict[str, FloatArray] = {}
        for layer, name in zip(layers, layer_names(layers), strict=True):
            lines += [f"            {text}," for text in _layer_lines(layer, name, weights)]
        lines += ["        ]", "    )"]
        lines += ["    apart = " + repr(_APART)]
        lines += ["    model.set_weights([array for name, array in WEIGHTS.items() if not name.endswith(apart)])"]
        lines += ["    return model", ""]
        lines += ["", "MODEL = build()", "", *SOFTMAX.splitlines(), "", ""]
        logits = 'MODEL.predict(np.asarray(images, "float32"), verbose=0)'
        return save_program(path, [*lines, *head_lines(plan.head, logits), *main_part()], plan, weights)

    def ask(self, path: Path, images: FloatArray) -> ExportedAnswer:
        """Runs the script in a process of its own."""
        return ask_program(path, images, "keras", "Keras")


def _layer_lines(layer: Layer, name: str, weights: dict[str, FloatArray]) -> list[str]:
    """One layer in Keras' words; its weights are added in Keras' order, which is ours."""
    if isinstance(layer, Dropout | GaussianNoise):
        return []
    if isinstance(layer, Normalization):
        # Keras keeps these statistics apart from the weights; a fixed scale and offset say the same.
        mean = next(p.value for p in layer.parameters if p.name == "mean")
        scale = layer.deviation if layer.invert else 1 / layer.deviation
        features = layer.input_shape[-1:]
        weights[f"{name}.scale"] = np.broadcast_to(scale, features).copy()
        weights[f"{name}.offset"] = np.broadcast_to(mean if layer.invert else -mean * scale, features).copy()
        return [f'layers.Rescaling(WEIGHTS["{name}.scale"], WEIGHTS["{name}.offset"])']
    if isinstance(layer, AveragePool1D | AveragePool2D) and layer.padding == "same":
        return _average_pool_lines(layer, name, weights)
    for spec, array in zip(layer.specs, layer.get_weights(), strict=True):
        weights[f"{name}.{spec.name}"] = np.ascontiguousarray(array)
    settings = {
        key: value for key, value in layer.config().items() if key not in _LEFT_OUT and not key.endswith(_LEFT_OUT_ENDS)
    }
    if isinstance(layer, BatchNormalization):
        settings.pop("momentum", None)
    kind = type(layer).__name__
    if isinstance(layer, ActivationLayer) and kind not in _FUNCTION_CLASSES:
        return [f'layers.Activation("{layer.kind}")']
    if isinstance(layer, ActivationLayer):
        return [activation_layer(layer)]
    if isinstance(layer, Activation) and layer.end is None:
        return ['layers.Activation("linear")']
    after: list[str] = []
    if isinstance(settings.get("activation"), dict) and isinstance(layer, KernelLayer | Activation) and layer.end:
        # An activation with settings of its own is a layer in Keras.
        del settings["activation"]
        after = [activation_layer(layer.end)]
    written = ", ".join(f"{key}={literal(value)}" for key, value in settings.items() if value is not None)
    if kind == "Activation" and after:
        return after
    return [f"layers.{keras_name(kind)}({written})", *after]


def _average_pool_lines(layer: AveragePool1D | AveragePool2D, name: str, weights: dict[str, FloatArray]) -> list[str]:
    """Zeros around, means of whole windows, divided by the share of each window that is inside.

    With "same", Keras' backends do not agree about the border.
    """
    axes = layer.axes if isinstance(layer, AveragePool2D) else layer.image.axes[1:]
    shares: list[FloatArray] = []
    for axis in axes:
        places = np.zeros(axis.padded)
        places[axis.interior] = 1
        shares.append(np.mean([places[axis.elements(place)] for place in range(axis.window)], axis=0))
    inside: FloatArray = shares[0] if len(axes) == 1 else np.multiply.outer(*shares)
    weights[f"{name}.scale"] = (1 / inside)[..., None].astype(layer.dtype)
    pads = tuple((axis.before, axis.after) for axis in axes)
    windows, strides = tuple(axis.window for axis in axes), tuple(axis.stride for axis in axes)
    rank = f"{len(axes)}D"
    return [
        f"layers.ZeroPadding{rank}({pads[0] if len(axes) == 1 else pads})",
        f"layers.AveragePooling{rank}({windows}, {strides})",
        f'layers.Rescaling(WEIGHTS["{name}.scale"])',
    ]


def keras_name(name: str) -> str:
    """Keras writes poolings in full."""
    return re.sub(r"Pool(\dD)$", r"Pooling\1", name)


def activation_layer(activation: ActivationLayer) -> str:
    """An activation as a layer of Keras' names."""
    given = activation_settings(activation)
    settings = ", ".join(f"{key}={literal(value)}" for key, value in given.items() if key != "function")
    return f"layers.{type(activation).__name__}({settings})"


def literal(value: Any) -> str:  # noqa: ANN401 — a setting
    """A setting as Python writes it, lists as tuples."""
    if isinstance(value, str):
        return json.dumps(value)
    return repr(tuple(_tuple(item) for item in value)) if isinstance(value, list | tuple) else repr(value)


def _tuple(value: Any) -> Any:  # noqa: ANN401 — a setting
    return tuple(value) if isinstance(value, list) else value
