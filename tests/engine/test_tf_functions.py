"""TensorFlow's functions against NumPy's and SciPy's, with TensorFlow's names of arguments."""

import colorsys

import numpy as np
import pytest
import scipy.special

from engine import DataError, keras, tf
from tests.tables import over

A = np.array([[0.5, -2.0, 0.25], [1.0, 3.0, -0.5]])
TURNED = A.T @ A + np.eye(3)
CASES = {
    "matmul turned": (lambda: tf.matmul(A, A, transpose_b=True, name="product"), A @ A.T),
    "matrices": (lambda: tf.linalg.matmul(A, A, transpose_a=True), A.T @ A),
    "lengths": (lambda: tf.linalg.l2_normalize(A, axis=1), A / np.linalg.norm(A, axis=1, keepdims=True)),
    "places": (lambda: tf.where(A > 0), np.argwhere(A > 0)),
    "argmin": (lambda: tf.argmin(input=A), A.argmin(axis=0)),
    "sums so far": (lambda: tf.cumsum(A), A.cumsum(axis=0)),
    "sums before": (lambda: tf.cumsum(A[:, :2], axis=1, exclusive=True), [[0.0, 0.5], [0.0, 1.0]]),
    "sums from the end": (lambda: tf.cumsum([1, 2, 3], reverse=True), [6, 5, 3]),
    "products": (lambda: tf.math.cumprod([1, 2, 3], exclusive=True), [1, 1, 2]),
    "mean": (lambda: tf.reduce_mean(input_tensor=A, axis=[0], keepdims=True), A.mean(axis=0, keepdims=True)),
    "zeros": (lambda: tf.zeros([2], tf.int32), [0, 0]),
    "einsum": (lambda: tf.einsum("ij,kj->ik", A, A), A @ A.T),
    "gather_nd": (lambda: tf.gather_nd(A, [[0, 1], [1, 2]]), [-2.0, -0.5]),
    "gather_nd in rows": (lambda: tf.gather_nd(A, [[1], [0]], batch_dims=1), [-2.0, 1.0]),
    "gather in rows": (lambda: tf.gather(A, [[2, 0], [1, 1]], batch_dims=1), [[0.25, 0.5], [3.0, 3.0]]),
    "scatter": (lambda: tf.scatter_nd([[1], [1]], [2.0, 3.0], [3]), [0, 5, 0]),
    "update": (lambda: tf.tensor_scatter_nd_update([1, 2, 3], [[0]], [9]), [9, 2, 3]),
    "largest": (lambda: tf.tensor_scatter_nd_max([1, 2, 3], [[0], [2]], [9, 1]), [9, 2, 3]),
    "part": (lambda: tf.slice(A, begin=[0, 1], size=[-1, 2]), A[:, 1:]),
    "mask": (lambda: tf.sequence_mask([1, 3], 3), [[True, False, False], [True, True, True]]),
    "searchsorted": (lambda: tf.searchsorted([1, 3, 5], [4, 3], side="right"), [2, 2]),
    "coordinates": (lambda: tf.unravel_index([5], (2, 3)), [[1], [2]]),
    "counts": (lambda: tf.unique_with_counts([7, 2, 7]).count, [2, 1]),
    "array": (lambda: tf.TensorArray(tf.float32, size=2).write(1, 5).write(0, 4).stack(), [4, 5]),
    "scan": (lambda: tf.scan(lambda a, b: a + b, [1, 2, 3]), [1, 3, 6]),
    "fold": (lambda: tf.foldl(lambda a, b: a * b, [1, 2, 3], 2), 12),
    "erf": (lambda: tf.math.erf(A), scipy.special.erf(A)),
    "xlogy": (lambda: tf.math.xlogy([0.0, 2.0], [0.0, 3.0]), scipy.special.xlogy([0.0, 2.0], [0.0, 3.0])),
    "atan2": (lambda: tf.atan2(y=1.0, x=A), np.arctan2(1.0, A)),
    "segments": (lambda: tf.math.segment_mean([1.0, 3.0, 5.0], [0, 0, 1]), [2.0, 5.0]),
    "singular values": (lambda: tf.linalg.svd(A)[0], np.linalg.svd(A)[1]),
    "least squares": (lambda: tf.linalg.lstsq(A.T, A.T[:, :1]), np.linalg.lstsq(A.T, A.T[:, :1])[0]),
    "cholesky": (lambda: tf.linalg.cholesky(TURNED), np.linalg.cholesky(TURNED)),
    "logdet": (lambda: tf.linalg.logdet(TURNED), np.linalg.slogdet(TURNED)[1]),
    "text": (lambda: tf.strings.regex_replace(["a1", "b22"], "[0-9]", ""), ["a", "b"]),
    "letters": (lambda: tf.strings.substr("hello", 1, 3), "ell"),
    "numbers as texts": (lambda: tf.strings.as_string([1, 2]), ["1", "2"]),
    "finite": (lambda: tf.debugging.check_numerics(A, "broken"), A),
}  # fmt: skip


@over("case", CASES)
def test_functions(case):
    function, wanted = CASES[case]
    given = np.asarray(function())
    if given.dtype.kind == "O":
        assert given.tolist() == wanted
    else:
        np.testing.assert_allclose(given, wanted, rtol=1e-6, atol=1e-9)


@over(
    ("function", "wanted"),
    [
        (lambda x: tf.gather_nd(x, [[1], [1]]), [0, 2, 0]),
        (lambda x: tf.tensor_scatter_nd_update(x, [[0]], x[1:2] * 3), [0, 4, 1]),
        (lambda x: tf.tensor_scatter_nd_sub(x, [[0]], x[2:]), [1, 1, 0]),
        (lambda x: tf.math.erf(x), 2 / np.sqrt(np.pi) * np.exp(-np.square([0.5, 1.0, 2.0]))),
        (lambda x: tf.asinh(x), 1 / np.sqrt(np.square([0.5, 1.0, 2.0]) + 1)),
        (lambda x: tf.atan2(x, 2.0), 2 / (np.square([0.5, 1.0, 2.0]) + 4)),
        (lambda x: tf.linalg.trace(tf.linalg.diag(x)), [1, 1, 1]),
    ],
)  # fmt: skip
def test_gradients(function, wanted):
    x = tf.Variable([0.5, 1.0, 2.0])
    with tf.GradientTape() as tape:
        value = tf.reduce_sum(function(x))
    np.testing.assert_allclose(tape.gradient(value, x), wanted, rtol=1e-6)


def test_a_gradient_of_ones_own():
    @tf.custom_gradient
    def clipped(x):
        return x * 5, lambda upstream: tf.clip_by_value(upstream, -1, 1)

    x = tf.Variable(2.0)
    with tf.GradientTape() as tape:
        value = 7 * clipped(x)
    assert float(value) == 70
    assert float(tape.gradient(value, x)) == 1


def test_strategies_run_here():
    with pytest.raises(ValueError, match="no such machine"):
        tf.distribute.cluster_resolver.TPUClusterResolver()
    strategy = tf.distribute.get_strategy()
    with strategy.scope():
        assert strategy.run(lambda x: x + 1, args=(strategy.num_replicas_in_sync,)) == 2


def test_checkpoints_keep_the_newest_variables(tmp_path):
    network = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1)])
    step = tf.Variable(1)
    kept = tf.train.Checkpoint(step=step, net=network, optimizer=keras.optimizers.Adam())
    manager = tf.train.CheckpointManager(kept, tmp_path / "kept", max_to_keep=2)
    assert manager.latest_checkpoint is None
    kept.restore(None)
    for number in range(3):
        step.assign(number)
        manager.save()
    before = network.get_weights()[0].copy()
    network.set_weights([before * 0, np.zeros(1)])
    step.assign(9)
    assert manager.checkpoints == [str(tmp_path / "kept" / f"ckpt-{number}") for number in (2, 3)]
    kept.restore(tf.train.latest_checkpoint(tmp_path / "kept")).expect_partial()
    assert int(step) == 2
    np.testing.assert_array_equal(network.get_weights()[0], before)
    with pytest.raises(DataError, match="no checkpoint missing"):
        kept.restore(tmp_path / "missing")


def test_figures_of_ones_own_are_written(tmp_path):
    writer = tf.summary.create_file_writer(tmp_path)
    with writer.as_default():
        assert tf.summary.scalar("loss", tf.constant(0.5), step=1)
        tf.summary.scalar("loss", 0.25, step=2)
    assert not tf.summary.scalar("loss", 0.5, step=1)
    (file,) = tmp_path.iterdir()
    assert file.read_bytes().count(b"loss") == 2


def test_colors():
    pixels = np.random.default_rng(0).random((4, 5, 3))
    wanted = np.array([[colorsys.rgb_to_hsv(*pixel) for pixel in row] for row in pixels])
    np.testing.assert_allclose(tf.image.rgb_to_hsv(pixels), wanted, atol=1e-12)
    np.testing.assert_allclose(tf.image.hsv_to_rgb(wanted), pixels, atol=1e-12)
    gray = tf.image.adjust_saturation(pixels, 0)
    np.testing.assert_allclose(gray, np.repeat(pixels.max(axis=-1, keepdims=True), 3, axis=-1), atol=1e-12)
    np.testing.assert_allclose(tf.image.adjust_hue(pixels, 1 / 3), np.roll(pixels, 1, axis=-1), atol=1e-12)
    whole = (pixels * 255).astype(np.uint8)
    assert np.abs(np.asarray(tf.image.adjust_gamma(whole, 1.0)).astype(int) - whole).max() == 0
    again = [tf.image.stateless_random_hue(whole, 0.4, seed=(1, 2)) for _ in range(2)]
    np.testing.assert_array_equal(*again)
    read = tf.io.decode_png(tf.io.encode_png(whole))
    np.testing.assert_array_equal(read, whole)
    assert tf.image.resize_with_pad(pixels, 10, 20).shape == (10, 20, 3)
    assert float(tf.image.psnr(pixels, pixels + 0.1, 1.0)) == pytest.approx(20)


def test_a_module_knows_its_variables():
    class Line(tf.Module):
        def __init__(self):
            super().__init__()
            self.slopes = [tf.Variable(2.0), tf.Variable(3.0, trainable=False)]
            self.start = tf.Variable(1.0)

    line = Line()
    assert [float(one) for one in line.variables] == [2, 3, 1]
    assert [float(one) for one in line.trainable_variables] == [2, 1]
