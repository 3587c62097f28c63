"""PyTorch's answers in the engine's layout: NHWC arrays in, NHWC arrays out, and its gradients."""

import math
from contextlib import contextmanager

import numpy as np
import torch
import torch.nn.functional as functional

# The arrays here are small: more threads would only wait for each other.
torch.set_num_threads(1)

ACTIVATIONS = {
    "linear": lambda z: z,
    "relu": torch.relu,
    "leaky_relu": lambda z: functional.leaky_relu(z, 0.3),
    "sigmoid": torch.sigmoid,
    "tanh": torch.tanh,
    "softplus": lambda z: functional.softplus(z, threshold=1000),
    "elu": functional.elu,
    "gelu": functional.gelu,
    "softmax": lambda z: torch.softmax(z, dim=-1),
    "relu6": functional.relu6,
    "selu": functional.selu,
    "celu": functional.celu,
    "silu": functional.silu,
    "hard_silu": functional.hardswish,
    # Its own function rounds 1/6 to float32.
    "hard_sigmoid": lambda z: torch.clip(z / 6 + 0.5, 0, 1),
    "log_sigmoid": functional.logsigmoid,
    "softsign": functional.softsign,
    "mish": functional.mish,
    "exponential": torch.exp,
}


@contextmanager
def reference_kernels():
    """PyTorch's own kernels instead of oneDNN's.

    The float32 convolution of PyTorch 2.13 with oneDNN is wrong for some narrow images (one channel, 7×5, window 5×5,
    strides 1 and 2): it reads past the image. Written-out loops side with PyTorch's own kernels and with the engine.
    """
    enabled = torch.backends.mkldnn.enabled
    torch.backends.mkldnn.enabled = False
    try:
        yield
    finally:
        torch.backends.mkldnn.enabled = enabled


def run(function, output_gradient, *arrays):
    """Output of `function(*arrays)` and the gradients of Σ output ∘ output_gradient at each array."""
    tensors = [torch.tensor(array, requires_grad=True) for array in arrays]
    with reference_kernels():
        output = function(*tensors)
        output.backward(torch.tensor(output_gradient))
    return [output.detach().numpy(), *(tensor.grad.numpy() for tensor in tensors)]


def same_padding(size, window, stride):
    """What Keras pads before and after an axis for padding="same"."""
    total = max((math.ceil(size / stride) - 1) * stride + window - size, 0)
    return total // 2, total - total // 2


def pad(images, window, strides, padding, value):
    """NCHW images with Keras' border of `value`."""
    if padding == "valid":
        return images
    rows, columns = (same_padding(images.shape[2 + axis], window[axis], strides[axis]) for axis in (0, 1))
    return functional.pad(images, (*columns, *rows), value=value)


def convolution(strides, padding):
    def function(images, kernel, bias):
        padded = pad(images.permute(0, 3, 1, 2), kernel.shape[:2], strides, padding, 0.0)
        return functional.conv2d(padded, kernel.permute(3, 2, 0, 1), bias, strides).permute(0, 2, 3, 1)

    return function


def max_pooling(window, strides, padding):
    def function(images):
        padded = pad(images.permute(0, 3, 1, 2), window, strides, padding, -math.inf)
        return functional.max_pool2d(padded, window, strides).permute(0, 2, 3, 1)

    return function


def average_pooling(window, strides, padding):
    def function(images):
        channels_first = images.permute(0, 3, 1, 2)
        sums = functional.avg_pool2d(pad(channels_first, window, strides, padding, 0.0), window, strides)
        # Keras leaves the border out of the mean: divide by the part of the window that is inside.
        inside = functional.avg_pool2d(
            pad(torch.ones_like(channels_first), window, strides, padding, 0.0), window, strides
        )
        return (sums / inside).permute(0, 2, 3, 1)

    return function


def batch_normalization(momentum, epsilon, mean, variance):
    """In training mode; `mean` and `variance` are moved as PyTorch moves them (unbiased variance)."""

    def function(inputs, gamma, beta):
        channels_second = inputs.movedim(-1, 1)
        outputs = functional.batch_norm(
            channels_second, mean, variance, gamma, beta, training=True, momentum=1 - momentum, eps=epsilon
        )
        return outputs.movedim(1, -1)

    return function


def assert_close(actual, expected, limit):
    """Largest difference over the largest expected value is at most `limit`."""
    expected = np.asarray(expected)
    assert actual.shape == expected.shape
    assert actual.dtype == expected.dtype
    scale = max(1e-12, float(np.max(np.abs(expected), initial=0.0)))
    assert float(np.max(np.abs(actual - expected), initial=0.0)) <= limit * scale
