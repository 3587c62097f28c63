"""What notebooks ask of Keras beside networks: files of metrics, backups, pictures in folders, the bundled digits."""

import struct

import numpy as np
import pytest
from PIL import Image

from engine import keras, tf
from engine.errors import DataError, EngineError
from engine.keras import layers
from engine.sequential.event_files import masked_checksum
from tests.tables import over

X = np.random.default_rng(3).normal(size=(40, 4))
Y = (X[:, 0] > 0).astype(float)


def network(**compiled):
    keras.utils.set_random_seed(1)
    made = keras.Sequential([keras.Input((4,)), layers.Dense(3, activation="tanh"), layers.Dense(1)])
    made.compile("adam", "mse", **compiled)
    return made


def records(path):
    """The bytes of each record, their check sums proved."""
    data, found = path.read_bytes(), []
    while data:
        length = struct.unpack("<Q", data[:8])[0]
        body = data[12 : 12 + length]
        assert struct.unpack("<I", data[8:12])[0] == masked_checksum(data[:8])
        assert struct.unpack("<I", data[12 + length : 16 + length])[0] == masked_checksum(body)
        found.append(body)
        data = data[16 + length :]
    return found


def test_the_check_sum_is_the_known_one():
    # CRC-32C of "123456789" is e3069283.
    crc = 0xE3069283
    assert masked_checksum(b"123456789") == ((crc >> 15 | crc << 17) + 0xA282EAD8) & 0xFFFFFFFF


def test_figures_are_written_for_tensorboard(tmp_path):
    callback = keras.callbacks.TensorBoard(tmp_path)
    history = network().fit(X, Y, epochs=2, verbose=0, validation_data=(X, Y), callbacks=[callback]).history
    for folder, key in (("train", "loss"), ("validation", "val_loss")):
        (path,) = (tmp_path / folder).iterdir()
        version, *events = records(path)
        assert b"brain.Event:2" in version
        for event, value in zip(events, history[key], strict=True):
            assert b"epoch_loss" in event
            assert struct.pack("<f", value) in event


def test_a_training_that_was_cut_off_goes_on(tmp_path):
    whole = network()
    whole.fit(X, Y, epochs=4, verbose=0, shuffle=False)

    class Cut(keras.callbacks.Callback):
        def on_epoch_end(self, epoch, logs=None):
            if epoch == 1:
                raise KeyboardInterrupt

    backup = keras.callbacks.BackupAndRestore(tmp_path)
    with pytest.raises(KeyboardInterrupt):
        network().fit(X, Y, epochs=4, verbose=0, shuffle=False, callbacks=[backup, Cut()])
    assert (tmp_path / "backup.npz").exists()
    again = network()
    backup = keras.callbacks.BackupAndRestore(tmp_path)
    history = again.fit(X, Y, epochs=4, verbose=0, shuffle=False, callbacks=[backup])
    assert history.epoch == [2, 3]
    assert not (tmp_path / "backup.npz").exists()
    for own, other in zip(again.get_weights(), whole.get_weights(), strict=True):
        np.testing.assert_allclose(own, other, rtol=1e-6)


def test_a_saved_network_trains_on(tmp_path):
    path = tmp_path / "not" / "there" / "network.safetensors"
    first = network(metrics=["mae", keras.metrics.RootMeanSquaredError()])
    first.optimizer.learning_rate = 0.02
    first.save(path)
    second = keras.models.load_model(path)
    assert second.metrics_names == ["loss", "mae", "root_mean_squared_error"]
    assert float(second.optimizer.learning_rate) == 0.02
    np.testing.assert_allclose(second.evaluate(X, Y, verbose=0), first.evaluate(X, Y, verbose=0))
    histories = [one.fit(X, Y, epochs=2, verbose=0, shuffle=False).history["loss"] for one in (first, second)]
    np.testing.assert_allclose(*histories)


def test_networks_are_kept_every_so_many_batches(tmp_path):
    kept = keras.callbacks.ModelCheckpoint(tmp_path / "{epoch}-{batch}.safetensors", save_freq=3)
    network().fit(X, Y, epochs=2, batch_size=10, verbose=0, callbacks=[kept])
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1-3.safetensors", "2-2.safetensors"]


def test_mnist_stands_on_the_bundled_digits(monkeypatch, tmp_path):
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    with pytest.warns(UserWarning, match="first 10,000"):
        (x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
    assert x_train.shape == (60000, 28, 28)
    assert x_test.shape == (10000, 28, 28)
    assert x_train.dtype == y_train.dtype == np.uint8
    # MNIST begins with these.
    assert y_train[:10].tolist() == [5, 0, 4, 1, 9, 2, 1, 3, 1, 4]
    assert x_train[0, 4:24, 4:24].sum() == x_train[0].sum()
    images = x_train[:100].astype(float)
    middle = (images.sum(axis=2) @ np.arange(28)) / images.sum(axis=(1, 2))
    assert np.abs(middle - 13.5).max() < 1
    assert len(y_test) == 10000


@pytest.fixture
def folder(tmp_path):
    for number, name in enumerate(("cats", "dogs")):
        (tmp_path / name).mkdir()
        for place in range(5):
            pixels = np.full((6, 4, 3), 50 * number + place, np.uint8)
            Image.fromarray(pixels).save(tmp_path / name / f"{place}.png")
    return tmp_path


def test_folders_of_pictures(folder):
    parts = [
        keras.utils.image_dataset_from_directory(
            folder, validation_split=0.2, subset=subset, seed=3, image_size=(3, 2), batch_size=4
        )
        for subset in ("training", "validation")
    ]
    assert parts[0].class_names == ["cats", "dogs"]
    sizes = [[len(labels) for _, labels in part] for part in parts]
    assert sizes == [[4, 4], [2]]
    pairs = [pair for part in parts for images, labels in part for pair in zip(images, labels, strict=True)]
    seen = [(int(image[0, 0, 0]), int(label)) for image, label in pairs]
    assert sorted(seen) == [(50 * number + place, number) for number in (0, 1) for place in range(5)]


def test_pictures_are_changed_by_chance(folder):
    made = keras.preprocessing.image.ImageDataGenerator(rescale=1 / 255, horizontal_flip=True, rotation_range=20)
    batches = made.flow_from_directory(folder, target_size=(6, 4), batch_size=4, class_mode="categorical")
    assert (len(batches), batches.class_indices) == (3, {"cats": 0, "dogs": 1})
    pictures, targets = next(batches)
    assert (pictures.shape, targets.shape) == ((4, 6, 4, 3), (4, 2))
    # Of one color, however they are turned.
    assert np.ptp(pictures, axis=(1, 2, 3)).max() < 1e-6
    numbers = np.arange(24.0).reshape(2, 3, 4, 1)
    plain = keras.preprocessing.image.ImageDataGenerator().flow(numbers, [0, 1], batch_size=2, shuffle=False)
    np.testing.assert_array_equal(next(plain)[0], numbers)


def test_layers_that_move_pictures_move_them_right():
    picture = np.zeros((1, 5, 5, 1))
    picture[0, 1, 2] = 1
    turned = layers.RandomRotation((0.25, 0.25), interpolation="nearest")(picture, training=True)
    assert np.argwhere(np.asarray(turned[0, ..., 0])).tolist() in ([[2, 1]], [[2, 3]])
    moved = layers.RandomTranslation((0.2, 0.2), (0.4, 0.4), "constant")(picture, training=True)
    np.testing.assert_allclose(np.argwhere(np.asarray(moved[0, ..., 0]) > 0.5), [[2, 4]])
    np.testing.assert_array_equal(layers.RandomZoom(0.5)(picture), picture)
    smaller = layers.RandomZoom((1.0, 1.0), fill_mode="constant")(np.ones((1, 8, 8, 1)), training=True)
    assert np.asarray(smaller).sum() == pytest.approx(16, abs=1)


def test_a_gradient_that_is_not_there_is_told():
    x = tf.Variable([1.0, 2.0])
    with tf.GradientTape() as tape:
        y = np.sinc(x)
    with tf.GradientTape() as other:
        z = np.sum(np.i0(x))
    assert tape.gradient(tf.reduce_sum(y * 0), [tf.Variable(1.0)]) == [None]
    with pytest.raises(EngineError, match="no gradient through"):
        other.gradient(z, x)


RULES = {
    "tensordot": lambda a, b: np.tensordot(a, b, axes=((1, 0), (0, 2))),
    "tensordot of one axis": lambda a, b: np.tensordot(a, b, axes=1),
    "einsum that sums": lambda a, b: np.einsum("ij,jik->k", a, b),
    "tril": lambda a, b: np.tril(a) * 2,
    "diag": lambda a, b: a @ np.diag(a[0]),
    "pad": lambda a, b: np.pad(a, 1) ** 2,
    "sort": lambda a, b: np.sort(a, axis=0) * [[1.0, 2.0, 3.0]],
    "outer": lambda a, b: np.outer(a[0], a[1]),
    "inverse": lambda a, b: np.linalg.inv(a[:, :2]),
    "determinant": lambda a, b: np.linalg.det(a[:, :2]),
    "mod": lambda a, b: np.mod(a, 0.7),
}


@over("name", RULES)
def test_rules_agree_with_differences(name):
    rng = np.random.default_rng(2)
    a, b = rng.normal(size=(2, 3)), rng.normal(size=(3, 2, 2))
    made = tf.Variable(a, dtype="float64")
    with tf.GradientTape() as tape:
        outcome = RULES[name](made, tf.constant(b, "float64"))
        weights = rng.normal(size=np.shape(outcome))
        value = tf.reduce_sum(outcome * weights)
    slopes = np.asarray(tape.gradient(value, made))
    for place in np.ndindex(a.shape):
        sides = []
        for step in (1e-6, -1e-6):
            moved = a.copy()
            moved[place] += step
            sides.append(np.sum(np.asarray(RULES[name](moved, b)) * weights))
        assert slopes[place] == pytest.approx((sides[0] - sides[1]) / 2e-6, rel=1e-4, abs=1e-6)


TEXTS = ["The cat sat.", "the dog, sat down!", "A bird"]


@over(
    ("settings", "vocabulary", "first"),
    [
        # Frequent words first, equally frequent ones from the end of the alphabet, as Keras has them.
        ({}, ["", "[UNK]", "the", "sat", "down", "dog", "cat", "bird", "a"], [2, 6, 3, 0]),
        ({"max_tokens": 4, "output_sequence_length": 2}, ["", "[UNK]", "the", "sat"], [2, 1]),
        ({"max_tokens": 4, "output_mode": "count"}, ["[UNK]", "the", "sat", "down"], [1, 1, 1, 0]),
        ({"max_tokens": 3, "output_mode": "tf_idf"}, ["[UNK]", "the", "sat"], np.log([2, 2, 2])),
        ({"max_tokens": 4, "ngrams": 2}, ["", "[UNK]", "the", "sat"], [2, 1, 3, 1, 1, 0, 0]),
        ({"max_tokens": 3, "standardize": lambda texts: tf.strings.upper(texts)}, ["", "[UNK]", "THE"], [2, 1, 1, 0]),
    ],
)
def test_texts_become_numbers(settings, vocabulary, first):
    layer = keras.layers.TextVectorization(**settings)
    layer.adapt(tf.data.Dataset.from_tensor_slices(TEXTS).batch(2))
    assert layer.get_vocabulary() == vocabulary
    np.testing.assert_allclose(layer(TEXTS)[0], first, rtol=1e-6)
    np.testing.assert_array_equal(layer(TEXTS[0]), layer(TEXTS[:1])[0])


def test_classes_and_ranges_become_numbers():
    letters = keras.layers.StringLookup()
    letters.adapt(["a", "b", "a", "c"])
    assert letters(["a", "z", "c"]).tolist() == [1, 0, 2]
    back = keras.layers.StringLookup(vocabulary=letters.get_vocabulary(), invert=True)
    assert back([1, 0, 3]).tolist() == ["a", "[UNK]", "b"]
    assert keras.layers.IntegerLookup(vocabulary=[12, 36])([[36], [99]]).tolist() == [[2], [0]]
    with pytest.raises(DataError, match="no number for unknown ones"):
        keras.layers.StringLookup(vocabulary=["x"], num_oov_indices=0)(["y"])
    rows = keras.layers.CategoryEncoding(3, "count")([[0, 0], [1, 2]])
    assert rows.tolist() == [[2, 0, 0], [0, 1, 1]]
    ranges = keras.layers.Discretization(bin_boundaries=[0.0, 1.0], output_mode="one_hot")
    assert ranges([-1.0, 1.0]).tolist() == [[1, 0, 0], [0, 0, 1]]
    quarters = keras.layers.Discretization(num_bins=4)
    quarters.adapt(np.arange(100))
    assert np.bincount(quarters(np.arange(100))).tolist() == [25] * 4


def test_weights_within_tuples_of_lists_are_the_networks():
    class Pairs(keras.layers.Layer):
        def build(self, input_shape):
            made = [self.add_weight(shape=(input_shape[-1], 1), initializer="ones") for _ in range(3)]
            self.pairs, self.named = [(made[0], 1), (made[1], 2)], {"last": (made[2],)}

        def call(self, inputs):
            return sum(factor * (inputs @ kernel) for kernel, factor in self.pairs) + inputs @ self.named["last"][0]

    layer = Pairs()
    assert float(layer(np.ones((1, 2)))[0, 0]) == 8
    layer.set_weights([np.full((2, 1), number) for number in (1.0, 10.0, 100.0)])
    assert float(layer(np.ones((1, 2)))[0, 0]) == 242


def test_pictures_alone_are_resized():
    picture = np.ones((8, 6, 3))
    assert keras.layers.Resizing(4, 2)(picture).shape == (4, 2, 3)
    assert keras.layers.RandomFlip()(picture, training=True).shape == picture.shape
    scaled = keras.Sequential([keras.layers.Resizing(4, 2), keras.layers.Rescaling(0.5)])(picture)
    np.testing.assert_array_equal(scaled, np.full((4, 2, 3), 0.5))


def test_a_layer_of_several_inputs_builds_by_the_first_ones_shape():
    class First(keras.layers.Layer):
        def build(self, input_shape):
            self.kernel = self.add_weight(shape=(input_shape[-1], 1), initializer="ones")

        def call(self, first, second=None):
            return first @ self.kernel + second

    assert First()(np.ones((2, 3)), second=np.ones((2, 1))).tolist() == [[4], [4]]
