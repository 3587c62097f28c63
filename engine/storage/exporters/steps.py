"""A model as few plain steps that every exporter understands: products, windows, shapes and functions.

Layers of the same arithmetic become the same step: batch normalization and rescaling are both "scale"; layers along
one axis are those of images of height 1; what acts in training alone is left out.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np

from engine.core.parameters import FloatArray, Shape
from engine.errors import ConfigurationError, ModelFileError
from engine.evaluation.calibration import UNCALIBRATED
from engine.ink.strokes.features import PEN_WIDTH
from engine.layer_support.window_axis import WindowAxis
from engine.layers import (
    Activation,
    AveragePool1D,
    AveragePool2D,
    BatchNormalization,
    Conv1D,
    Conv2D,
    Dense,
    DepthwiseConv2D,
    Dropout,
    Flatten,
    GaussianNoise,
    GlobalAveragePool1D,
    GlobalAveragePool2D,
    GlobalMaxPool2D,
    Layer,
    LayerNormalization,
    LeakyReLU,
    MaxPool1D,
    MaxPool2D,
    Normalization,
    Permute,
    RepeatVector,
    Rescaling,
    Reshape,
    UpSampling2D,
    ZeroPadding2D,
)
from engine.layers.activation import ActivationLayer
from engine.layers.kernel_layer import KernelLayer
from engine.losses import OpenSetCrossentropy
from engine.storage.model import Model
from engine.storage.model_file import document_of


@dataclass(frozen=True, slots=True, eq=False)
class ExportStep:
    """One operation on a batch; images are (batch, height, width, channels).

    Attributes:
        kind: "dense", "convolution", "depthwise", "max_pool", "average_pool", "global_average", "global_max",
            "reshape", "permute", "repeat", "pad", "up_sampling", "scale", "layer_normalization" or "activation".
        layer: name of the layer that it is part of.
        output_shape: of one example.
        settings: what the kind needs to know.
        weights: arrays by name, as the layers hold them: kernels are (in, out) and (height, width, in, out).
    """

    kind: str
    layer: str
    output_shape: Shape
    settings: dict[str, Any] = field(default_factory=dict)
    weights: dict[str, FloatArray] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Head:
    """What becomes of the last outputs z: the function of (z + shift) / temperature.

    Attributes:
        kind: "softmax", "sigmoid", "open_set" (a softmax with one more logit of 0, whose share is spread over all) or
            "values".
        both: whether one probability p becomes [1 − p, p].
        shift, temperature: the calibration.
        threshold: least ln Σ e^z of what is answered; None answers everything.
    """

    kind: str
    both: bool
    shift: float = 0.0
    temperature: float = 1.0
    threshold: float | None = None


@dataclass(frozen=True, slots=True, eq=False)
class ExportPlan:
    """All that a file has to say about a model.

    Attributes:
        model: it.
        steps: from images (batch, 20, 20) to the last outputs.
        head: from these to what `Model.answer` gives.
    """

    model: Model
    steps: tuple[ExportStep, ...]
    head: Head

    @property
    def weights(self) -> dict[str, FloatArray]:
        """All arrays, by the layer's and their own name."""
        return {
            f"{step.layer}.{name}": np.ascontiguousarray(array)
            for step in self.steps
            for name, array in step.weights.items()
        }

    def document(self) -> str:
        """What the numbers are weights of, as a model file says it; "" where no file can say it (own functions)."""
        try:
            return document_of(replace(self.model, training={})).to_json()
        except ModelFileError:
            return ""

    def about(self) -> list[str]:
        """What the features and the answers are, a sentence a line: every export carries it."""
        name, version = self.model.preprocessing
        lines = [
            f"{self.model.title} ({self.model.name}), made by DigitLab.",
            f"Input: images (batch, 20, 20), float32, 0 background to 1 ink; preprocessing {name}, version {version}:",
            "a drawing's centre line is fitted to 20×20 pixels, aspect kept, and repainted with a pen",
            f"{PEN_WIDTH} pixels wide; an MNIST image is its tight crop, centred.",
        ]
        if self.model.task == "regression":
            lines.append(f"Output: (batch, 1), {self.model.labels[0]}.")
        else:
            lines.append(f"Output: probabilities (batch, {len(self.model.labels)}) of {', '.join(self.model.labels)}.")
        if self.head.threshold is not None:
            lines.append('Where "refused" is true, the drawing is none of them.')
        return lines


def export_plan(model: Model) -> ExportPlan:
    """The steps of a model.

    Raises:
        ConfigurationError: a layer has no step, or the network is no chain of layers.
    """
    layers = list(model.network.layers)
    shape: Shape = (20, 20)
    for before, after in zip([None, *layers[:-1]], layers, strict=True):
        if before is not None and before.output_shape != after.input_shape:
            raise ConfigurationError("Only a chain of layers can be exported; this network has branches.")
    steps: list[ExportStep] = []
    if model.network.example_shape != shape:
        steps.append(ExportStep("reshape", "input", tuple(model.network.example_shape)))
    for layer, name in zip(layers, layer_names(layers), strict=True):
        steps += steps_of(layer, name)
    return ExportPlan(model, tuple(steps), _head(model))


def layer_names(layers: Sequence[Layer]) -> list[str]:
    """One name a layer, each another, that programs can use."""
    names: list[str] = []
    for layer in layers:
        name = re.sub(r"\W", "_", layer.name)
        names.append(name if name.isidentifier() and name not in names else f"layer_{len(names)}_{name}")
    return names


def _head(model: Model) -> Head:
    loss, calibration = model.network.loss, model.calibration
    kind = "values"
    if isinstance(loss, OpenSetCrossentropy):
        kind = "open_set"
    elif loss is not None and loss.from_logits:
        kind = "sigmoid" if loss.task == "labels" else "softmax"
    both = model.task == "binary"
    if calibration == UNCALIBRATED:
        return Head(kind, both)
    return Head(kind, both, calibration.shift, calibration.temperature, calibration.threshold)


def steps_of(layer: Layer, name: str) -> Iterator[ExportStep]:
    """The steps of one built layer, under a name that programs can use.

    Raises:
        ConfigurationError: it has none.
    """
    out = tuple(layer.output_shape)
    match layer:
        case Dropout() | GaussianNoise():
            return
        case Conv1D() | MaxPool1D() | AveragePool1D():
            yield ExportStep("reshape", name, (1, *layer.input_shape))
            yield from _window_steps(layer.image, name)
            yield ExportStep("reshape", name, out)
        case Conv2D() | DepthwiseConv2D() | MaxPool2D() | AveragePool2D():
            yield from _window_steps(layer, name)
        case Dense():
            yield ExportStep("dense", name, out, weights=_kernel_and_bias(layer))
            yield from _end(layer.end, name, out)
        case Flatten() | Reshape():
            yield ExportStep("reshape", name, out)
        case Permute():
            yield ExportStep("permute", name, out, {"dims": layer.dims})
        case RepeatVector():
            yield ExportStep("repeat", name, out, {"n": layer.n})
        case ZeroPadding2D():
            yield ExportStep("pad", name, out, {"pads": layer.padding})
        case UpSampling2D():
            yield ExportStep("up_sampling", name, out, {"size": layer.size})
        case GlobalAveragePool2D() | GlobalMaxPool2D():
            yield ExportStep("global_max" if isinstance(layer, GlobalMaxPool2D) else "global_average", name, out)
        case GlobalAveragePool1D():
            yield ExportStep("reshape", name, (1, *layer.input_shape))
            yield ExportStep("global_average", name, out)
        case BatchNormalization() | Normalization() | Rescaling():
            yield ExportStep("scale", name, out, weights=_scale_and_offset(layer))
        case LayerNormalization():
            yield ExportStep(
                "layer_normalization", name, out, {"epsilon": layer.epsilon}, weights=_gamma_and_beta(layer, out[-1])
            )
        case Activation():
            yield from _end(layer.end, name, out)
        case ActivationLayer():
            yield from _end(layer, name, out)
        case _:
            raise ConfigurationError(f"A layer of kind {layer.kind!r} ({name}) cannot be exported.")


def _window_steps(layer: Layer, name: str) -> Iterator[ExportStep]:
    out = tuple(layer.output_shape)
    axes: tuple[WindowAxis, WindowAxis] = layer.axes  # type: ignore[attr-defined]
    settings: dict[str, Any] = {
        "window": (axes[0].window, axes[1].window),
        "strides": (axes[0].stride, axes[1].stride),
        "dilation": (axes[0].dilation, axes[1].dilation),
        "pads": ((axes[0].before, axes[0].after), (axes[1].before, axes[1].after)),
    }
    if isinstance(layer, KernelLayer):
        kind = "depthwise" if isinstance(layer, DepthwiseConv2D) else "convolution"
        yield ExportStep(kind, name, out, settings, _kernel_and_bias(layer))
        yield from _end(layer.end, name, out)
    else:
        yield ExportStep("max_pool" if isinstance(layer, MaxPool2D) else "average_pool", name, out, settings)


def _end(activation: ActivationLayer | None, name: str, out: Shape) -> Iterator[ExportStep]:
    if activation is not None and activation.kind != "linear":
        yield ExportStep("activation", name, out, activation_settings(activation))


def activation_settings(activation: ActivationLayer) -> dict[str, Any]:
    """What it is ("function") and its settings by Keras' names."""
    settings = {key: value for key, value in activation.config().items() if key not in ("name", "trainable", "dtype")}
    if isinstance(activation, LeakyReLU) and "alpha" in settings:
        settings["negative_slope"] = settings.pop("alpha")
    return {"function": activation.kind, **settings}


def _kernel_and_bias(layer: KernelLayer) -> dict[str, FloatArray]:
    values = [parameter.value.copy() for parameter in layer.parameters]
    kernel = values[0]
    if isinstance(layer, DepthwiseConv2D):
        bias = np.zeros(kernel.shape[2] * kernel.shape[3], kernel.dtype)
    else:
        bias = np.zeros(kernel.shape[-1], kernel.dtype)
    return {"kernel": kernel, "bias": values[1] if layer.use_bias else bias}


def _scale_and_offset(layer: BatchNormalization | Normalization | Rescaling) -> dict[str, FloatArray]:
    """What the layer does to each channel, as one factor and one summand."""
    named = {parameter.name: parameter.value.astype(np.float64) for parameter in layer.parameters}
    scale: Any
    offset: Any
    match layer:
        case Rescaling():
            scale, offset = layer.scale, layer.offset
        case Normalization(invert=True):
            scale, offset = layer.deviation, named["mean"]
        case Normalization():
            scale = 1 / layer.deviation
            offset = -named["mean"] * scale
        case BatchNormalization():
            scale = named.get("gamma", 1.0) / np.sqrt(named["moving_variance"] + layer.epsilon)
            offset = named.get("beta", 0.0) - named["moving_mean"] * scale
    features = layer.input_shape[-1:]
    return {
        "scale": np.broadcast_to(scale, features).astype(layer.dtype),
        "offset": np.broadcast_to(offset, features).astype(layer.dtype),
    }


def _gamma_and_beta(layer: LayerNormalization, features: int) -> dict[str, FloatArray]:
    named = {parameter.name: parameter.value.copy() for parameter in layer.parameters}
    ones, zeros = np.ones(features, layer.dtype), np.zeros(features, layer.dtype)
    return {"gamma": named.get("gamma", ones), "beta": named.get("beta", zeros)}
