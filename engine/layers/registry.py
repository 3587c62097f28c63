"""The closed list of layers that model files may name. A class is imported when it is first asked for."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.core.registry import Registry
from engine.errors import ConfigurationError
from engine.layer_support.own_classes import named_class, remade
from engine.layers.base import Layer

if TYPE_CHECKING:
    from engine.layers.activation import ActivationLayer
    from engine.layers.merging import MergeLayer

_PACKAGE = "engine.layers"

ACTIVATION_LAYERS: "Registry[type[ActivationLayer]]" = Registry(
    _PACKAGE,
    {
        "linear": "activation.Linear",
        "relu": "activation.ReLU",
        "leaky_relu": "activation.LeakyReLU",
        "sigmoid": "activation.Sigmoid",
        "tanh": "activation.Tanh",
        "softplus": "activation.Softplus",
        "elu": "activation.ELU",
        "gelu": "function_activation.GELU",
        "softmax": "activation.Softmax",
        "relu6": "function_activation.ReLU6",
        "selu": "function_activation.SELU",
        "celu": "function_activation.CELU",
        "silu": "function_activation.SiLU",
        "hard_silu": "function_activation.HardSiLU",
        "hard_sigmoid": "function_activation.HardSigmoid",
        "log_sigmoid": "function_activation.LogSigmoid",
        "softsign": "function_activation.Softsign",
        "mish": "function_activation.Mish",
        "exponential": "function_activation.Exponential",
    },
)

# Layers of several inputs, which files know, too.
MERGE_LAYERS: "Registry[type[MergeLayer]]" = Registry(
    _PACKAGE,
    {
        "concatenate": "merging.Concatenate",
        "add": "merging.Add",
        "subtract": "merging.Subtract",
        "multiply": "merging.Multiply",
        "average": "merging.Average",
        "maximum": "merging.Maximum",
        "minimum": "merging.Minimum",
        "dot": "merging.Dot",
    },
)

_PLAIN: Registry[type[Layer]] = Registry(
    _PACKAGE,
    {
        "dense": "dense.Dense",
        "conv2d": "convolution.Conv2D",
        "max_pool2d": "pooling.MaxPool2D",
        "average_pool2d": "pooling.AveragePool2D",
        "global_average_pool2d": "pooling.GlobalAveragePool2D",
        "flatten": "reshaping.Flatten",
        "reshape": "reshaping.Reshape",
        "permute": "reshaping.Permute",
        "repeat_vector": "reshaping.RepeatVector",
        "dropout": "dropout.Dropout",
        "gaussian_noise": "noise.GaussianNoise",
        "batch_normalization": "normalization.BatchNormalization",
        "layer_normalization": "layer_normalization.LayerNormalization",
        "normalization": "preprocessing.Normalization",
        "rescaling": "preprocessing.Rescaling",
        "depthwise_conv2d": "depthwise.DepthwiseConv2D",
        "global_max_pool2d": "pooling.GlobalMaxPool2D",
        "zero_padding2d": "resizing.ZeroPadding2D",
        "up_sampling2d": "resizing.UpSampling2D",
        "conv1d": "sequences.Conv1D",
        "max_pool1d": "sequences.MaxPool1D",
        "average_pool1d": "sequences.AveragePool1D",
        "global_average_pool1d": "sequences.GlobalAveragePool1D",
        "identity": "formulas.Identity",
        "unit_normalization": "formulas.UnitNormalization",
        "prelu": "formulas.PReLU",
        "cropping1d": "formulas.Cropping1D",
        "cropping2d": "formulas.Cropping2D",
        "up_sampling1d": "formulas.UpSampling1D",
        "zero_padding1d": "formulas.ZeroPadding1D",
        "global_max_pool1d": "formulas.GlobalMaxPool1D",
        "spatial_dropout1d": "chance.SpatialDropout1D",
        "spatial_dropout2d": "chance.SpatialDropout2D",
        "gaussian_dropout": "chance.GaussianDropout",
        "alpha_dropout": "chance.AlphaDropout",
        "random_flip": "chance.RandomFlip",
        "random_rotation": "augmentation.RandomRotation",
        "random_zoom": "augmentation.RandomZoom",
        "random_translation": "augmentation.RandomTranslation",
        "random_shear": "augmentation.RandomShear",
        "random_brightness": "augmentation.RandomBrightness",
        "random_contrast": "augmentation.RandomContrast",
        "random_crop": "cropping.RandomCrop",
        "center_crop": "cropping.CenterCrop",
        "resizing": "augmentation.Resizing",
        "group_normalization": "group_normalization.GroupNormalization",
        "rms_normalization": "group_normalization.RMSNormalization",
        "activation": "activation_choice.Activation",
    },
)
_FURTHER: Registry[type[Layer]] = Registry(
    _PACKAGE,
    {
        "input_layer": "operations.InputLayer",
        "part": "operations.Part",
        "embedding": "formulas.Embedding",
        "activity_regularization": "formulas.ActivityRegularization",
        "simple_rnn": "recurrent.SimpleRNN",
        "lstm": "recurrent.LSTM",
        "gru": "recurrent.GRU",
        "separable_conv2d": "composed_convolution.SeparableConv2D",
        "conv2d_transpose": "composed_convolution.Conv2DTranspose",
    },
)

# To add a layer: its file, its line in `_PLAIN`, and its name in `__init__.pyi`. The contract tests then cover it.
LAYERS: Registry[type[Layer]] = _PLAIN | ACTIVATION_LAYERS
# Layers that only networks with branches have, or whose input is no image of numbers.
FURTHER_LAYERS: Registry[type[Layer]] = _FURTHER | MERGE_LAYERS


def is_known(layer: Layer) -> bool:
    """Whether a file can name this layer: its class is in a registry, and it holds no function of one's own."""
    return (LAYERS | FURTHER_LAYERS).get(layer.kind) is type(layer) and not layer.holds_function


def layer_from_config(config: Mapping[str, Any]) -> Layer:
    """The layer that {"kind": …, **settings} describes; anything else raises `ConfigurationError`."""
    settings = dict(config)
    kind, mode = settings.pop("kind", None), settings.pop("fixed_training", None)
    known = LAYERS | FURTHER_LAYERS
    if kind == "own":
        made = remade(named_class(str(settings.get("class"))), settings.get("config") or {})
        if not isinstance(made, Layer):
            raise ConfigurationError(f"The class {settings['class']!r} that a file names is no layer.")
        return made
    if not isinstance(kind, str) or kind not in known:
        raise ConfigurationError(f"Unknown kind of layer {kind!r}; known are {', '.join(LAYERS)}.")
    try:
        layer: Layer = known[kind].from_config(settings)
        layer.fixed_training = mode if isinstance(mode, bool) else None
        return layer
    except ConfigurationError:
        raise
    except (TypeError, ValueError, AttributeError) as error:
        raise ConfigurationError(f"A layer of kind {kind!r} cannot be made with the settings {settings}.") from error
