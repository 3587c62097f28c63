"""Convolution and pooling against loops that are written out, over drawn shapes, strides and paddings."""

import math

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import AveragePool2D, Conv2D, MaxPool2D
from engine.layer_support.window_axis import WindowAxis
from tests.tables import over

# The same examples in every run, however slow the machine is.
drawn_fully = settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
small = st.integers(1, 4)


@st.composite
def windowed_images(draw):
    """Batch of images with a window, strides and a padding that fit together."""
    padding = draw(st.sampled_from(["valid", "same"]))
    window, strides = draw(st.tuples(small, small)), draw(st.tuples(st.integers(1, 3), st.integers(1, 3)))
    least = window if padding == "valid" else (1, 1)
    size = tuple(draw(st.integers(n, 7)) for n in least)
    shape = (draw(st.integers(1, 3)), *size, draw(st.integers(1, 3)))
    images = np.random.default_rng(draw(st.integers(0, 99))).normal(size=shape)
    return images, window, strides, padding


def positions(length, window, stride, padding):
    """Start of each window along one axis, by Keras' documented rules; a start may lie in the padding."""
    if padding == "valid":
        return list(range(0, length - window + 1, stride))
    count = math.ceil(length / stride)
    missing = max((count - 1) * stride + window - length, 0)
    return [index * stride - missing // 2 for index in range(count)]


def each_window(shape, window, strides, padding):
    """(output row, output column, [(window row, window column, image row, image column) inside the image])."""
    _, height, width, _ = shape
    for y, top in enumerate(positions(height, window[0], strides[0], padding)):
        for x, left in enumerate(positions(width, window[1], strides[1], padding)):
            elements = [
                (i, j, top + i, left + j)
                for i in range(window[0])
                for j in range(window[1])
                if 0 <= top + i < height and 0 <= left + j < width
            ]
            yield y, x, elements


def output_size(shape, window, strides, padding):
    return tuple(len(positions(shape[1 + axis], window[axis], strides[axis], padding)) for axis in (0, 1))


def convolve_with_loops(images, kernel, bias, strides, padding):
    size = output_size(images.shape, kernel.shape[:2], strides, padding)
    outputs = np.tile(bias, (len(images), *size, 1)).astype(float)
    for y, x, elements in each_window(images.shape, kernel.shape[:2], strides, padding):
        for i, j, row, column in elements:
            for channel in range(images.shape[3]):
                for filter_ in range(kernel.shape[3]):
                    outputs[:, y, x, filter_] += images[:, row, column, channel] * kernel[i, j, channel, filter_]
    return outputs


def convolution_gradients_with_loops(images, kernel, strides, padding, gradient):
    image_gradient, kernel_gradient = np.zeros(images.shape), np.zeros(kernel.shape)
    for y, x, elements in each_window(images.shape, kernel.shape[:2], strides, padding):
        for i, j, row, column in elements:
            image_gradient[:, row, column] += gradient[:, y, x] @ kernel[i, j].T
            kernel_gradient[i, j] += images[:, row, column].T @ gradient[:, y, x]
    return image_gradient, kernel_gradient


@drawn_fully
@given(windowed_images(), st.integers(1, 3))
def test_convolution_against_loops(drawn, filters):
    images, window, strides, padding = drawn
    layer = Conv2D(filters, window, strides, padding, kernel_initializer="random_normal", bias_initializer="he_normal")
    store = layer.build_alone(images.shape[1:], dtype=np.float64)
    kernel, bias = (parameter.value for parameter in layer.parameters)
    outputs = layer.forward(images, training=True)
    expected = convolve_with_loops(images, kernel, bias, strides, padding)
    assert outputs.shape == expected.shape == (len(images), *layer.output_shape)
    np.testing.assert_allclose(outputs, expected, rtol=1e-12, atol=1e-12)
    gradient = np.random.default_rng(1).normal(size=outputs.shape)
    image_gradient, kernel_gradient = convolution_gradients_with_loops(images, kernel, strides, padding, gradient)
    np.testing.assert_allclose(layer.backward(gradient.copy()), image_gradient, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(layer.parameters[0].gradient, kernel_gradient, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(layer.parameters[1].gradient, gradient.sum(axis=(0, 1, 2)), rtol=1e-12, atol=1e-12)
    assert store.gradients.size == kernel.size + bias.size


@drawn_fully
@given(windowed_images())
def test_max_pooling_against_loops(drawn):
    images, window, strides, padding = drawn
    layer = MaxPool2D(window, strides, padding)
    layer.build_alone(images.shape[1:], dtype=np.float64)
    outputs = layer.forward(images, training=True).copy()
    gradient = np.random.default_rng(1).normal(size=outputs.shape)
    expected, image_gradient = np.empty(outputs.shape), np.zeros(images.shape)
    for y, x, elements in each_window(images.shape, window, strides, padding):
        values = np.stack([images[:, row, column] for _, _, row, column in elements])
        expected[:, y, x] = values.max(axis=0)
        for n, channel in np.ndindex(len(images), images.shape[3]):
            _, _, row, column = elements[int(values[:, n, channel].argmax())]
            image_gradient[n, row, column, channel] += gradient[n, y, x, channel]
    np.testing.assert_array_equal(outputs, expected)
    np.testing.assert_allclose(layer.backward(gradient), image_gradient, rtol=1e-12, atol=1e-12)


@drawn_fully
@given(windowed_images())
def test_average_pooling_against_loops(drawn):
    images, window, strides, padding = drawn
    layer = AveragePool2D(window, strides, padding)
    layer.build_alone(images.shape[1:], dtype=np.float64)
    outputs = layer.forward(images, training=True).copy()
    gradient = np.random.default_rng(1).normal(size=outputs.shape)
    expected, image_gradient = np.empty(outputs.shape), np.zeros(images.shape)
    for y, x, elements in each_window(images.shape, window, strides, padding):
        expected[:, y, x] = np.mean([images[:, row, column] for _, _, row, column in elements], axis=0)
        for _, _, row, column in elements:
            image_gradient[:, row, column] += gradient[:, y, x] / len(elements)
    np.testing.assert_allclose(outputs, expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(layer.backward(gradient), image_gradient, rtol=1e-12, atol=1e-12)


@over(
    ("length", "window", "stride", "before", "after", "count"),
    # As TensorFlow pads: the odd one goes to the end; nothing where the stride jumps over the rest.
    [
        (5, 2, 1, 0, 1, 5),
        (5, 3, 1, 1, 1, 5),
        (6, 3, 2, 0, 1, 3),
        (7, 4, 3, 1, 2, 3),
        (5, 1, 2, 0, 0, 3),
        (1, 5, 1, 2, 2, 1),
    ],
)
def test_same_padding_by_hand(length, window, stride, before, after, count):
    axis = WindowAxis.fit(length, window, stride, "same")
    assert (axis.before, axis.after, axis.positions) == (before, after, count)


def test_the_first_of_equal_maxima_takes_the_gradient():
    layer = MaxPool2D(2)
    layer.build_alone((2, 2, 1), dtype=np.float64)
    layer.forward(np.ones((1, 2, 2, 1)), training=True)
    gradient = layer.backward(np.full((1, 1, 1, 1), 7.0))
    np.testing.assert_array_equal(gradient[0, :, :, 0], [[7, 0], [0, 0]])


def test_max_pooling_of_negative_values_ignores_the_padding():
    layer = MaxPool2D(3, 1, "same")
    layer.build_alone((2, 2, 1), dtype=np.float64)
    np.testing.assert_array_equal(layer.forward(np.full((1, 2, 2, 1), -5.0)), np.full((1, 2, 2, 1), -5.0))


def test_an_edge_detector_by_hand():
    layer = Conv2D(1, (1, 2), use_bias=False)
    layer.build_alone((1, 4, 1), dtype=np.float64)
    layer.parameters[0].value[...] = np.array([-1.0, 1.0]).reshape(1, 2, 1, 1)
    ramp = np.array([0.0, 1.0, 3.0, 3.0]).reshape(1, 1, 4, 1)
    np.testing.assert_array_equal(layer.forward(ramp).ravel(), [1, 2, 0])
