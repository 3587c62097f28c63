"""Winograd's transforms, pooling in pairs, and the stages for many images beside the readable layers."""

import numpy as np
import pytest

from engine.fused.base import Geometry
from engine.fused.by_batch_size import MANY_IMAGES, ByBatchSize
from engine.fused.im2col_convolution import ConvolutionBlock
from engine.fused.paired_pooling import PairedPooling
from engine.fused.patch_convolution_images_last import PatchConvolution
from engine.fused.plan import plan
from engine.fused.winograd_convolution import WinogradConvolution, suits_winograd
from engine.fused.winograd_transform import InputsGradient, InputTransform, LargerOutputs, OutputPairs, filter_matrix
from engine.layers import Conv2D, MaxPool2D
from tests.tables import over

DOUBLE = np.dtype(np.float64)


def by_parity(columns):
    """(rows, pairs + 1, 2, step) as (2, rows, (pairs + 1) · step)."""
    return np.ascontiguousarray(columns.transpose(2, 0, 1, 3)).reshape(2, len(columns), -1)


def test_four_products_make_two_outputs_of_a_filter():
    rng = np.random.default_rng(0)
    columns, taps, step = rng.normal(size=(3, 6, 2, 5)), rng.normal(size=3), 5
    pairs = OutputPairs((3, 25), 2, DOUBLE)
    transformed = np.empty((4, 3, 30))
    InputTransform(by_parity(columns), step, transformed).run()
    np.multiply(transformed[..., :25], (filter_matrix(DOUBLE) @ taps)[:, np.newaxis, np.newaxis], out=pairs.products)
    pairs.run()
    line = columns.reshape(3, 12, step)
    expected = sum(taps[k] * line[:, k : k + 10] for k in range(3)).reshape(3, 5, 2, step)
    np.testing.assert_allclose(pairs.outputs.reshape(2, 3, 5, step), expected.transpose(2, 0, 1, 3), atol=1e-14)
    assert not pairs.bordered[:, :2].any()
    assert not pairs.bordered[:, -2:].any()


def test_the_way_back_is_the_transposed_transform():
    rng = np.random.default_rng(1)
    columns, gradient = rng.normal(size=(3, 6, 2, 5)), rng.normal(size=(4, 3, 25))
    # Column 0 and the last one are the border.
    columns[:, 0, 0] = columns[:, -1, 1] = 0
    transformed = np.empty((4, 3, 30))
    InputTransform(by_parity(columns), 5, transformed).run()
    back = np.empty((3, 5, 2, 5))
    projected = (transformed[..., :25] * gradient).sum()
    InputsGradient(gradient, 5, back).run()
    inside = columns.reshape(3, 12, 5)[:, 1:-1].reshape(back.shape)
    assert (inside * back).sum() == pytest.approx(projected, rel=1e-12)


def test_the_larger_of_two_outputs_and_its_way_back():
    rng = np.random.default_rng(2)
    products, gradient = rng.normal(size=(4, 3, 20)), rng.normal(size=(3, 20))
    pairs, larger = OutputPairs((3, 20), 2, DOUBLE), LargerOutputs((3, 20), 2, DOUBLE, training=True)
    for room in (pairs, larger):
        np.copyto(room.products, products)
        room.run()
    even, odd = pairs.outputs
    np.testing.assert_allclose(larger.larger, np.maximum(even, odd), atol=1e-14)
    np.copyto(pairs.outputs, [gradient * (even >= odd), gradient * (odd > even)])
    np.copyto(larger.larger, gradient)
    for room in (pairs, larger):
        room.spread()
        assert not room.bordered[:, :2].any()
        assert not room.bordered[:, -2:].any()
    np.testing.assert_array_equal(larger.products, pairs.products)


def test_of_equal_members_the_first_wins():
    # (upper and lower, left and right, windows)
    elements = np.array([[[1.0, 1, 0, 0], [1, 0, 0, 2]], [[1.0, 0, 0, 2], [1, 1, 3, 2]]])
    across = PairedPooling(elements[:, 0], elements[:, 1], training=True)
    down = PairedPooling(*across.larger, training=True)
    across.run()
    down.run()
    np.testing.assert_array_equal(down.larger, [1, 1, 3, 2])
    down.spread(np.array([5.0, 6, 7, 8]))
    across.spread(across.larger)
    np.testing.assert_array_equal(elements[:, 0], [[5, 6, 0, 0], [0, 0, 0, 0]])
    np.testing.assert_array_equal(elements[:, 1], [[0, 0, 0, 8], [0, 0, 7, 0]])


@over(
    ("settings", "shape", "suits"),
    [
        ({"padding": "same"}, (6, 8, 4), True),
        ({"padding": "same", "kernel_size": (1, 3)}, (5, 8, 4), True),
        ({"padding": "same"}, (6, 7, 4), False),
        ({"padding": "valid"}, (6, 8, 4), False),
        ({"padding": "same"}, (6, 8, 2), False),
        ({"padding": "same", "kernel_size": 5}, (6, 8, 4), False),
    ],
)
def test_which_convolutions_go_winograds_way(settings, shape, suits):
    layer = Conv2D(5, **({"kernel_size": 3} | settings))
    layer.build_alone(shape)
    assert suits_winograd(Geometry.of(layer, None)) is suits
    (stage,) = plan([layer])
    assert isinstance(stage, ByBatchSize if suits else ConvolutionBlock)


def test_odd_rows_are_not_pooled_in_pairs():
    layer, pooling = Conv2D(5, 3, padding="same"), MaxPool2D(2)
    layer.build_alone((5, 8, 4))
    pooling.build_alone(layer.output_shape)
    assert not suits_winograd(Geometry.of(layer, pooling))


def test_the_batch_size_chooses_the_form():
    layer = Conv2D(5, 3, padding="same")
    layer.build_alone((6, 8, 4))
    (stage,) = plan([layer])
    outputs = stage.forward(np.ones((MANY_IMAGES, 6, 8, 4), np.float32))
    assert isinstance(stage.many, WinogradConvolution)
    # Images last in memory, whatever the shape says.
    assert outputs.strides[0] == outputs.itemsize
    assert stage.forward(np.ones((MANY_IMAGES - 1, 6, 8, 4), np.float32)).flags.c_contiguous


@pytest.mark.parametrize("channels", [1, 4])
def test_the_way_back_leaves_the_outputs_alone(channels):
    # Pooling works in the memory of the products; a training step asks for the outputs after its way back.
    layer, pooling = Conv2D(5, 3, padding="same", activation="relu"), MaxPool2D(2)
    layer.build_alone((6, 8, channels))
    pooling.build_alone(layer.output_shape)
    layer.needs_input_gradient = channels > 1
    (stage,) = plan([layer, pooling])
    form = stage.many if channels > 1 else stage
    assert isinstance(form, WinogradConvolution if channels > 1 else PatchConvolution)
    outputs = stage.forward(np.random.default_rng(3).normal(size=(20, 6, 8, channels)).astype(np.float32), True)
    before = outputs.copy()
    stage.backward(np.ones_like(before))
    np.testing.assert_array_equal(outputs, before)
