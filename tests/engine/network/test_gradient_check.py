import numpy as np
import pytest

from engine.layers import BatchNormalization, Conv2D, Dense, Dropout, Flatten, MaxPool2D
from engine.losses import BinaryCrossentropy, SparseCategoricalCrossentropy
from engine.network.gradient_check import check_gradients, numeric_gradient
from engine.sequential import Sequential


def network(layers, shape, loss):
    result = Sequential(layers)
    result.build(shape)
    result.loss = loss
    return result


def examples(rng, shape, classes):
    """Half of the pixels exactly 0, as in drawings."""
    x = rng.random((6, *shape))
    return x * (x > 0.5), rng.integers(0, classes, 6)


@pytest.mark.parametrize("fused", [True, False])
def test_right_gradients_pass(rng, fused):
    net = Sequential(
        [
            Conv2D(4, 3, padding="same", activation="relu"),
            MaxPool2D(2),
            Flatten(),
            Dropout(0.4),
            Dense(6, activation="tanh"),
            BatchNormalization(),
            Dense(3),
        ],
        fused=fused,
    )
    net.build((6, 6, 1))
    net.loss = SparseCategoricalCrossentropy(from_logits=True)
    before = net.store.snapshot()
    report = check_gradients(net, *examples(rng, (6, 6, 1), 3), l1=0.01, l2=0.1)
    assert report.passed, report.blocks
    assert max(block.error for block in report.blocks) < 1e-7
    assert [(block.kind, block.parameter) for block in report.blocks] == [
        ("conv2d", "kernel"),
        ("conv2d", "bias"),
        ("dense", "kernel"),
        ("dense", "bias"),
        ("batch_normalization", "gamma"),
        ("batch_normalization", "beta"),
        ("dense", "kernel"),
        ("dense", "bias"),
    ]
    assert report.blocks[0].checked == 36
    np.testing.assert_array_equal(net.store.snapshot(), before)


def test_a_wrong_gradient_is_found_where_it_is(rng, monkeypatch):
    right = Dense.backward

    def forget_half_of_the_bias(layer, output_gradient):
        result = right(layer, output_gradient)
        layer.parameters[1].gradient[...] *= 0.5
        return result

    monkeypatch.setattr(Dense, "backward", forget_half_of_the_bias)
    net = network([Dense(4, activation="sigmoid", name="hidden"), Dense(1)], (5,), BinaryCrossentropy(from_logits=True))
    net.fused = False
    report = check_gradients(net, *examples(rng, (5,), 2))
    assert not report.passed
    assert [block.parameter for block in report.blocks if not block.passed] == ["bias", "bias"]
    assert report.verdicts() == {"hidden": False, "dense": False}


def test_numeric_gradient():
    point = np.array([[1.0, -2.0], [0.5, 3.0]])
    slopes = numeric_gradient(lambda: float((point**3).sum()), point)
    np.testing.assert_allclose(slopes, 3 * point**2, rtol=1e-8)
    assert numeric_gradient(lambda: float(point[0, 1] ** 2), point, [1]).shape == (1,)
    with pytest.raises(ValueError, match="contiguous"):
        numeric_gradient(lambda: 0.0, np.zeros((4, 6))[:, :3])
