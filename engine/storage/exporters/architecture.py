"""A network's architecture as code to read and to go on with: in our own names, Keras' or PyTorch's; no weights."""

import inspect
from collections.abc import Callable, Iterator
from typing import Any

from engine.layers import Activation, BatchNormalization, Dropout, GaussianNoise, Layer, Rescaling
from engine.layers.kernel_layer import KernelLayer
from engine.losses import Loss
from engine.network.network import Network
from engine.storage.exporters.keras_program import activation_layer, keras_name, literal
from engine.storage.exporters.pytorch_program import declarations, forward_lines
from engine.storage.exporters.steps import ExportStep, layer_names, steps_of

_ALWAYS_LEFT_OUT = ("name", "trainable", "dtype")
_SHAPES = ("target_shape", "dims")
_USUAL = {
    "kernel_initializer": "glorot_uniform",
    "depthwise_initializer": "glorot_uniform",
    "bias_initializer": "zeros",
}
_PYTORCH_LOSSES = {
    "sparse_categorical_crossentropy": "nn.CrossEntropyLoss()",
    "categorical_crossentropy": "nn.CrossEntropyLoss()",
    "binary_crossentropy": "nn.BCEWithLogitsLoss()",
    "mean_squared_error": "nn.MSELoss()",
    "mean_absolute_error": "nn.L1Loss()",
    "huber": "nn.HuberLoss()",
    "poisson": "nn.PoissonNLLLoss(log_input=False)",
    "mean_squared_logarithmic_error": "lambda outputs, targets: (outputs.log1p() - targets.log1p()).square().mean()",
    "hinge": "lambda outputs, targets: (1 - (2 * targets - 1) * outputs).clamp(min=0).mean()",
    "squared_hinge": "lambda outputs, targets: (1 - (2 * targets - 1) * outputs).clamp(min=0).square().mean()",
    "log_cosh": "lambda outputs, targets: (outputs - targets).cosh().log().mean()",
    "kl_divergence": "lambda outputs, targets: torch.xlogy(targets, targets / outputs).sum(-1).mean()",
    "cosine_similarity": "lambda outputs, targets: -F.cosine_similarity(outputs, targets).mean()",
    "categorical_hinge": "lambda outputs, targets: (\n"
    "    1 + ((1 - targets) * outputs).amax(-1) - (targets * outputs).sum(-1)\n).clamp(min=0).mean()",
    "binary_focal_crossentropy": "lambda outputs, targets: (\n"
    "    torch.sigmoid((1 - 2 * targets) * outputs) ** 2\n"
    '    * F.binary_cross_entropy_with_logits(outputs, targets, reduction="none")\n).mean()',
}


def digitlab_code(network: Network) -> str:
    """A built network in the names of `engine`."""
    layers, loss = network.layers, network.require_loss()
    names = sorted({type(layer).__name__ for layer in layers} | {type(loss).__name__, "Sequential"})
    lines = [f"from engine import {', '.join(names)}", "", "network = Sequential(["]
    lines += [f"    {type(layer).__name__}({_arguments(layer, keras=False)})," for layer in layers]
    lines += ["])", f"network.build({network.example_shape!r})"]
    lines += [f'network.compile(loss={_call(loss)}, optimizer="adam", metrics=["accuracy"])']
    return "\n".join(lines) + "\n"


def keras_code(network: Network) -> str:
    """A built network in Keras 3."""
    lines = ["import keras", "from keras import layers", "", "model = keras.Sequential(["]
    lines += [f"    keras.Input({network.example_shape!r}),"]
    for layer in network.layers:
        lines += [f"    {text}," for text in _keras_layers(layer)]
    loss = f"keras.losses.{_call(network.require_loss())}"
    lines += ["])", f'model.compile(loss={loss}, optimizer="adam", metrics=["accuracy"])']
    return "\n".join(lines) + "\n"


def pytorch_code(network: Network) -> str:
    """A built network as a PyTorch module that takes images (batch, height, width, channels), as ours does."""
    named = zip(network.layers, layer_names(network.layers), strict=True)
    steps = [step for layer, name in named for step in _training_steps(layer, name)]
    lines = ["import torch", "from torch import nn", "from torch.nn import functional as F", "", ""]
    lines += [
        "class Network(nn.Module):",
        "    def __init__(self):",
        "        super().__init__()",
        *declarations(steps),
    ]
    lines += ["", "    def forward(self, x):", *forward_lines(steps), "        return x", "", ""]
    lines += ["network = Network()  # the weights start as PyTorch starts them"]
    if loss := _PYTORCH_LOSSES.get(network.require_loss().kind):
        lines += [f"loss = {loss}"]
    if penalties := list(_penalties(network)):
        lines += ["", "", "def penalty():", '    """What the weights add to the loss."""']
        lines += [
            "    return (",
            *(f"        {'+ ' if number else ''}{one}" for number, one in enumerate(penalties)),
            "    )",
        ]
    return "\n".join(lines) + "\n"


def _penalties(network: Network) -> Iterator[str]:
    for layer, name in zip(network.layers, layer_names(network.layers), strict=True):
        for key, value in layer.config().items():
            if key.endswith("_regularizer") and isinstance(value, dict):
                weights = f"network.{name}.{'bias' if key.startswith('bias') else 'weight'}"
                sums = {"l1": f"{weights}.abs().sum()", "l2": f"{weights}.square().sum()"}
                yield from (f"{value[part]!r} * {text}" for part, text in sums.items() if value.get(part))


LANGUAGES: dict[str, Callable[[Network], str]] = {
    "DigitLab": digitlab_code,
    "Keras": keras_code,
    "PyTorch": pytorch_code,
}


def _training_steps(layer: Layer, name: str) -> list[ExportStep]:
    """As `steps_of`, and what acts in training alone."""
    out = tuple(layer.output_shape)
    match layer:
        case Dropout():
            return [ExportStep("dropout", name, out, {"rate": layer.rate})]
        case Rescaling():
            return [ExportStep("rescale", name, out, {"scale": layer.scale, "offset": layer.offset})]
        case GaussianNoise():
            return [ExportStep("noise", name, out, {"stddev": layer.stddev})]
        case BatchNormalization() if len(out) in (1, 3):
            settings = {"epsilon": layer.epsilon, "momentum": layer.momentum, "affine": layer.center or layer.scale}
            return [ExportStep("batch_normalization", name, out, settings)]
        case _:
            return list(steps_of(layer, name))


def _keras_layers(layer: Layer) -> list[str]:
    name, after = keras_name(type(layer).__name__), []
    if isinstance(layer, KernelLayer | Activation) and isinstance(layer.config().get("activation"), dict):
        # An activation with settings of its own is a layer in Keras.
        assert layer.end is not None
        after = [activation_layer(layer.end)]
    if after and isinstance(layer, Activation):
        return after
    return [f"layers.{name}({_arguments(layer, keras=True, without='activation' if after else '')})", *after]


def _arguments(layer: Layer, *, keras: bool, without: str = "") -> str:
    signature = inspect.signature(type(layer).__init__).parameters
    parts: list[str] = []
    for key, value in layer.config().items():
        nothing = isinstance(layer, Activation) and value is None
        if key in (*_ALWAYS_LEFT_OUT, without) or (value is None and not nothing):
            continue
        usual = _USUAL.get(key, signature[key].default if key in signature else inspect.Parameter.empty)
        # Keras has no usual size of a window of means.
        if key != "pool_size" and not nothing and _plain(usual) == _plain(value):
            continue
        value = "linear" if nothing and keras else value
        text = literal(value if key in _SHAPES else _shortened(value))
        if keras and isinstance(value, dict) and key.endswith("_regularizer"):
            text = f"keras.regularizers.L1L2(l1={value['l1']!r}, l2={value['l2']!r})"
        elif keras and key.endswith("_initializer"):
            kind = value["kind"] if isinstance(value, dict) else value
            # Keras does not know this one by its name alone.
            text = "keras.initializers.Constant()" if kind == "constant" else literal(kind)
        parts.append(text if not parts and key == _first(signature) else f"{key}={text}")
    return ", ".join(parts)


def _first(signature: Any) -> str:  # noqa: ANN401 — a mapping that only inspect names
    return next((name for name in signature if name != "self"), "")


def _plain(value: object) -> object:
    shortened = _shortened(value)
    return tuple(shortened) if isinstance(shortened, list | tuple) else shortened


def _shortened(value: Any) -> Any:  # noqa: ANN401 — a setting
    """3 in place of (3, 3)."""
    square = isinstance(value, list | tuple) and len(value) == 2 and value[0] == value[1] and isinstance(value[0], int)
    return value[0] if square else value


def _call(loss: Loss) -> str:
    return f"{type(loss).__name__}({'from_logits=True' if loss.from_logits else ''})"
