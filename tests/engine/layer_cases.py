"""What the layer tests share: an example or more of every kind of layer, and a layer under test."""

import numpy as np

from engine.core.random_streams import RandomSource
from engine.layers import LAYERS

# kind → [(settings, input shape), …]; the contract tests refuse a kind without an example.
EXAMPLES = {
    "dense": [
        ({"units": 3}, (4,)),
        ({"units": 2, "activation": "tanh", "use_bias": False, "kernel_initializer": "he_normal"}, (5,)),
        ({"units": 3, "activation": {"kind": "leaky_relu", "alpha": 0.2}}, (2, 3)),
        ({"units": 2, "activation": "gelu", "bias_initializer": "random_normal"}, (3,)),
    ],
    "conv2d": [
        ({"filters": 3, "kernel_size": 3, "padding": "same", "activation": "relu"}, (5, 4, 2)),
        ({"filters": 2, "kernel_size": [2, 3], "strides": [2, 1]}, (5, 6, 3)),
        ({"filters": 2, "kernel_size": 4, "strides": 3, "padding": "same", "use_bias": False}, (7, 5, 1)),
        ({"filters": 2, "kernel_size": 1, "activation": "elu"}, (1, 1, 3)),
        ({"filters": 2, "kernel_size": 2, "dilation_rate": [2, 3], "padding": "same"}, (6, 7, 2)),
    ],
    "max_pool2d": [
        ({}, (4, 6, 2)),
        ({"pool_size": 3, "strides": 2, "padding": "same"}, (5, 4, 1)),
        ({"pool_size": [2, 1], "strides": [1, 3]}, (5, 7, 2)),
    ],
    "average_pool2d": [
        ({}, (5, 4, 2)),
        ({"pool_size": 3, "strides": 2, "padding": "same"}, (5, 4, 1)),
        ({"pool_size": [2, 3], "strides": 1, "padding": "same"}, (3, 4, 2)),
    ],
    "global_max_pool2d": [({}, (3, 4, 2))],
    "depthwise_conv2d": [
        ({"kernel_size": 3, "padding": "same", "depth_multiplier": 2, "activation": "relu"}, (4, 5, 3)),
        ({"kernel_size": [2, 3], "strides": 2, "use_bias": False}, (5, 6, 2)),
    ],
    "conv1d": [
        ({"filters": 3, "kernel_size": 3, "padding": "same", "activation": "tanh"}, (7, 2)),
        ({"filters": 2, "kernel_size": 2, "strides": 2, "dilation_rate": 1}, (6, 3)),
        ({"filters": 2, "kernel_size": 3, "dilation_rate": 2}, (8, 2)),
    ],
    "max_pool1d": [({}, (6, 2)), ({"pool_size": 3, "strides": 2, "padding": "same"}, (7, 2))],
    "average_pool1d": [({}, (6, 2)), ({"pool_size": 3, "strides": 2, "padding": "same"}, (7, 2))],
    "global_average_pool1d": [({}, (5, 3))],
    "zero_padding2d": [({}, (3, 4, 2)), ({"padding": [[1, 0], [2, 3]]}, (3, 4, 2))],
    "up_sampling2d": [({}, (2, 3, 2)), ({"size": [1, 3]}, (2, 3, 2)), ({"interpolation": "bilinear"}, (3, 2, 2))],
    "permute": [({"dims": [2, 3, 1]}, (2, 3, 4))],
    "repeat_vector": [({"n": 3}, (4,))],
    "identity": [({}, (3,))],
    "unit_normalization": [({}, (4,)), ({"axis": 1}, (3, 2))],
    "prelu": [({"alpha_initializer": "ones"}, (4,)), ({"shared_axes": [1]}, (3, 2))],
    "cropping1d": [({"cropping": [1, 2]}, (6, 2))],
    "cropping2d": [({"cropping": [[1, 0], [1, 2]]}, (4, 5, 2))],
    "up_sampling1d": [({"size": 3}, (2, 3))],
    "zero_padding1d": [({"padding": [1, 2]}, (3, 2))],
    "global_max_pool1d": [({}, (5, 2))],
    "spatial_dropout1d": [({"rate": 0.4}, (4, 3))],
    "spatial_dropout2d": [({"rate": 0.4}, (3, 3, 4))],
    "gaussian_dropout": [({"rate": 0.3}, (5,))],
    "alpha_dropout": [({"rate": 0.3}, (5,))],
    "random_flip": [({"mode": "horizontal"}, (3, 4, 2))],
    "random_rotation": [({"factor": 0.1}, (4, 5, 2)), ({"factor": [0.1, 0.2], "fill_mode": "constant"}, (4, 5, 2))],
    "random_zoom": [
        ({"height_factor": 0.2}, (4, 5, 2)),
        ({"height_factor": 0.2, "width_factor": [-0.3, 0.1]}, (4, 4, 1)),
    ],
    "random_translation": [({"height_factor": 0.3, "width_factor": 0.2, "fill_mode": "nearest"}, (4, 5, 1))],
    "random_shear": [({"x_factor": 0.2, "y_factor": 0.2, "interpolation": "nearest"}, (4, 4, 1))],
    "random_brightness": [({"factor": 0.2, "value_range": [-9, 9]}, (3, 4, 2))],
    "random_contrast": [({"factor": 0.4, "value_range": [-9, 9]}, (3, 4, 2))],
    "random_crop": [({"height": 3, "width": 2}, (4, 5, 2))],
    "center_crop": [({"height": 2, "width": 3}, (4, 6, 2)), ({"height": 6, "width": 3}, (4, 5, 1))],
    "resizing": [
        ({"height": 3, "width": 7}, (5, 4, 2)),
        ({"height": 2, "width": 2, "crop_to_aspect_ratio": True}, (3, 6, 1)),
    ],
    "group_normalization": [
        ({"groups": 2}, (3, 4)),
        ({"groups": -1, "center": False}, (2, 2, 3)),
        ({"groups": 1, "scale": False}, (4,)),
    ],
    "rms_normalization": [({}, (4,)), ({"epsilon": 0.1}, (2, 3))],
    "gaussian_noise": [({"stddev": 0.1}, (4,))],
    "layer_normalization": [({}, (5,)), ({"scale": False, "epsilon": 0.1}, (2, 4)), ({"center": False}, (3,))],
    "normalization": [({"mean": [0.5, 1.0], "variance": [2.0, 3.0]}, (2,)), ({"axis": None, "invert": True}, (3,))],
    "rescaling": [({"scale": 0.5, "offset": -1.0}, (4,))],
    "activation": [({"activation": "tanh"}, (4,)), ({"activation": None}, (2, 3)), ({"activation": "silu"}, (3,))],
    "global_average_pool2d": [({}, (3, 4, 2)), ({}, (1, 1, 5))],
    "flatten": [({}, (2, 3, 2)), ({}, (4,))],
    "reshape": [({"target_shape": [3, 2]}, (6,)), ({"target_shape": [-1, 2, 1]}, (3, 4))],
    "dropout": [({"rate": 0.4}, (6,)), ({"rate": 0.0}, (2, 3, 2))],
    "batch_normalization": [
        ({}, (4,)),
        ({"scale": False}, (3,)),
        ({"center": False, "trainable": False}, (2, 3)),
        ({"momentum": 0.5, "epsilon": 0.1}, (2, 3, 2)),
    ],
    "linear": [({}, (4,))],
    "relu": [({}, (4,)), ({"max_value": 0.9}, (6,)), ({}, (2, 3, 2))],
    "leaky_relu": [({}, (4,)), ({"alpha": 0.05}, (2, 3, 2))],
    "sigmoid": [({}, (4,))],
    "tanh": [({}, (4,))],
    "softplus": [({}, (4,))],
    "elu": [({}, (4,)), ({"alpha": 0.5}, (2, 3))],
    **{
        kind: [({}, (7,))]
        for kind in (
            "relu6",
            "selu",
            "celu",
            "silu",
            "hard_silu",
            "hard_sigmoid",
            "log_sigmoid",
            "softsign",
            "mish",
            "exponential",
        )
    },
    "gelu": [({}, (4,)), ({}, (2, 3, 2))],
    "softmax": [({}, (4,)), ({}, (3, 5))],
}
CASES = [(kind, settings, shape) for kind, examples in EXAMPLES.items() for settings, shape in examples]
CASE_IDS = [f"{kind}-{number}" for kind, examples in EXAMPLES.items() for number in range(len(examples))]


class LayerUnderTest:
    """A layer with its own store, whose random draws repeat with every call."""

    def __init__(self, kind, settings, shape, dtype=np.float64, seed=3):
        self.layer = LAYERS[kind](**settings)
        self.shape = shape
        self.dtype = np.dtype(dtype)
        self.store = self.layer.build_alone(shape, seed, dtype)
        self._scatter(seed)

    def _scatter(self, seed):
        """Parameters away from their special starting values (biases of 0, scales of 1)."""
        rng = np.random.default_rng(seed)
        self.store.values[...] += rng.uniform(-0.3, 0.3, self.store.values.size)
        self.store.state[...] += rng.uniform(0.1, 0.5, self.store.state.size)

    def inputs(self, batch=3, seed=5):
        """Values at least 0.02 from each other and from 0, so that no small step crosses a corner or a tie."""
        rng = np.random.default_rng(seed)
        size = batch * int(np.prod(self.shape))
        values = (rng.permutation(size) - size // 2 + 0.5) * (4.0 / size)
        return values.reshape(batch, *self.shape).astype(self.dtype)

    def output_gradient(self, batch=3, seed=6):
        rng = np.random.default_rng(seed)
        return rng.normal(size=(batch, *self.layer.output_shape)).astype(self.dtype)

    def forward(self, inputs, training=True):
        self.layer.draw_from(RandomSource(seed=11))
        return self.layer.forward(inputs, training).copy()

    def gradients(self, inputs, output_gradient):
        """Input gradient and the flat parameter gradient, copied."""
        self.forward(inputs)
        input_gradient = self.layer.backward(output_gradient.copy())
        return input_gradient.copy(), self.store.gradients.copy()

    def projected(self, inputs, output_gradient):
        """Σ outputs ∘ output_gradient: the function whose gradients `gradients` gives."""
        return float(np.sum(self.forward(inputs) * output_gradient))


def central_differences(function, values, step=1e-6):
    """∂function/∂values by (f(v + h) − f(v − h)) / 2h; `values` is changed in place and put back."""
    gradient = np.zeros(values.shape)
    for index in np.ndindex(values.shape):
        kept = values[index]
        values[index] = kept + step
        above = function()
        values[index] = kept - step
        below = function()
        values[index] = kept
        gradient[index] = (above - below) / (2 * step)
    return gradient


def relative_error(actual, expected):
    """Largest difference over the largest expected value."""
    scale = max(1e-12, float(np.max(np.abs(expected), initial=0.0)))
    return float(np.max(np.abs(np.asarray(actual, np.float64) - expected), initial=0.0)) / scale
