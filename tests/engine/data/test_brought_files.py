"""Arrays as people bring them: each read rightly, each guess told, each doubt refused in words."""

import gzip
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reader_cases import MANY, Digits, check_reading, idx, npz, refuse, write

from engine.data import ReadOptions, read_dataset, read_digits
from engine.ink import features_from_mnist


def shrunk(frames: np.ndarray) -> np.ndarray:
    """(count, 20, 20): the whole frames reduced by bicubic interpolation, as the courses did; values overshoot."""
    size = (20, 20)
    floats = frames.astype(np.float32) / 255
    return np.stack([np.asarray(Image.fromarray(frame).resize(size, Image.Resampling.BICUBIC)) for frame in floats])


def alike(images: np.ndarray, frames: np.ndarray) -> None:
    """Upright and in the tile, near what the full pictures give."""
    expected = features_from_mnist(frames)
    assert np.abs(images - expected).mean() < 0.12
    assert np.abs(images.transpose(0, 2, 1) - expected).mean() > 0.2


def test_course_npy_pair_and_its_folder(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    by_column = shrunk(frames).transpose(0, 2, 1).reshape(MANY, 400).astype(np.float64)
    np.save(tmp_path / "X.npy", by_column)
    np.save(tmp_path / "y.npy", labels[:, None])
    for path in (tmp_path, tmp_path / "X.npy", tmp_path / "y.npy"):
        reading = read_digits(path)
        assert reading.labels is not None
        np.testing.assert_array_equal(reading.labels, labels)
        alike(reading.images, frames)
        assert "column by column" in reading.told
        assert "clipped to 0…1" in reading.told
    by_row = tmp_path / "rows"
    by_row.mkdir()
    np.save(by_row / "X.npy", shrunk(frames).reshape(MANY, 400))
    np.save(by_row / "y.npy", labels)
    alike(read_dataset(by_row).images, frames)
    sideways = read_dataset(by_row, ReadOptions(transpose=True))
    alike(sideways.images.transpose(0, 2, 1), frames)


def test_folder_of_mnists_four_files(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)
    write(raw / "train-images-idx3-ubyte", idx(frames[:40]))
    write(raw / "train-labels-idx1-ubyte", idx(labels[:40]))
    write(raw / "t10k-images-idx3-ubyte.gz", gzip.compress(idx(frames[40:])))
    write(raw / "t10k-labels.idx1-ubyte", idx(labels[40:]))
    for folder in (raw, tmp_path / "MNIST"):
        check_reading(folder, (frames[:40], labels[:40]), "part: train (test left out)")
        check_reading(folder, (frames[40:], labels[40:]), "part: test", ReadOptions(purpose="test"))
        check_reading(folder, (frames[40:], labels[40:]), "part: test", ReadOptions(part="test"))


def test_npz_of_several_parts(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    train, test = (frames[:40], labels[:40]), (frames[40:], labels[40:])
    keras = write(tmp_path / "mnist.npz", npz(x_test=test[0], x_train=train[0], y_train=train[1], y_test=test[1]))
    medical = write(
        tmp_path / "medical.npz",
        npz(
            train_images=train[0], train_labels=train[1][:, None], val_images=test[0][:9], val_labels=test[1][:9, None],
            test_images=test[0], test_labels=test[1][:, None],
        ),
    )  # fmt: skip
    four = tmp_path / "four.npz"
    np.savez(four, train[0], train[1], test[0], test[1])
    for path in (keras, medical, four):
        check_reading(path, train, "part: train")
        check_reading(path, test, "part: test", ReadOptions(purpose="test"))
        check_reading(path, train, "part: train", ReadOptions(part="train", purpose="test"))
    refuse(write(tmp_path / "plain.npz", npz(images=frames, labels=labels)), "no parts", ReadOptions(part="test"))


@pytest.mark.parametrize(
    ("name", "told"),
    [("arr", ""), ("channels last", ""), ("channels first", "moved"), ("columns", "one digit a column"),
     ("examples last", "moved"), ("color", "colors averaged")],
)  # fmt: skip
def test_layouts(tmp_path: Path, many: Digits, name: str, told: str) -> None:
    frames, labels = many
    path = tmp_path / "a.npz"
    if name == "arr":
        np.savez(path, frames, labels)
    else:
        images = {
            "channels last": frames[:, :, :, None],
            "channels first": frames[:, None],
            "columns": frames.reshape(MANY, 784).T,
            "examples last": np.moveaxis(frames, 0, 2),
            "color": np.repeat(frames[:, :, :, None], 3, 3),
        }[name]
        write(path, npz(images=images, labels=labels))
    check_reading(path, many, told)


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (lambda y: y.astype(str), "labels as text"),
        (lambda y: np.char.add(y.astype(str), ".0"), "labels as text"),
        (lambda y: y.astype("S1"), "labels as text"),
        (
            lambda y: np.array(
                [["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"][k] for k in y]
            ),
            "text",
        ),
        (lambda y: np.eye(10)[y], "one-hot"),
        (lambda y: np.eye(10, dtype=bool)[y].T, "one-hot"),
        (lambda y: y[None].astype(float), ""),
        (lambda y: np.where(y == 0, 10, y), "10 read as 0"),
    ],
)
def test_labels(tmp_path: Path, many: Digits, labels, told: str) -> None:
    check_reading(write(tmp_path / "a.npz", npz(images=many[0], labels=labels(many[1]))), many, told)


def test_labels_that_are_refused(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    objects = np.array([str(label) for label in labels], object)
    two_hot = np.eye(10)[labels]
    two_hot[3, :2] = 1
    for wrong, words in [
        (objects, "Python objects"),
        (two_hot, "image 4"),
        (np.where(np.arange(MANY) == 5, "x", labels.astype(str)), "“x” of image 6"),
        (labels + 1j, "numbers"),
    ]:
        refuse(write(tmp_path / "bad.npz", npz(images=frames, labels=wrong)), words)
    check_reading(
        write(tmp_path / "s.npz", npz(images=frames, labels=labels + 1)), many, "-1", ReadOptions(label_shift=-1)
    )


@pytest.mark.parametrize(
    ("values", "told", "atol"),
    [
        (lambda x: (x / 127.5 - 1).astype(np.float32), "−1…1", 0.003),
        (lambda x: x.astype(np.uint16) * 257, "65,535", 0.0),
        (lambda x: x.astype(np.int32) * 257, "65,535", 0.0),
        (lambda x: x.view(np.int8), "int8", 0.0),
        (lambda x: np.where(x == 0, -0.13, np.where(x == 255, 1.13, x / 255)), "clipped", 0.003),
        (lambda x: (x / 255 - 0.1307) / 0.3081, "unnormalized", 0.003),
        (lambda x: np.rint(x / 255 * 16), "0…16", 0.04),
    ],
)
def test_values(tmp_path: Path, many: Digits, values, told: str, atol: float) -> None:
    frames = many[0].copy()
    frames[0, 10, 10] = 255
    check_reading(
        write(tmp_path / "a.npz", npz(images=values(frames), labels=many[1])), (frames, many[1]), told, atol=atol
    )


def test_bits(tmp_path: Path, many: Digits) -> None:
    bits = many[0] > 127
    for images in (bits, bits.astype(np.int64), bits.astype(np.float32), bits * np.uint8(255)):
        check_reading(write(tmp_path / "a.npz", npz(images=images, labels=many[1])), (bits * np.uint8(255), many[1]))


def test_values_that_nobody_uses(tmp_path: Path, many: Digits) -> None:
    frames = many[0].astype(float)
    for wrong in (frames - 1, frames * 1.2, frames - 500, frames * 1000, frames * 1j):
        refuse(write(tmp_path / "bad.npz", npz(images=wrong, labels=many[1])), "pixels|numbers")
    frames[7, 3, 3] = np.inf
    refuse(write(tmp_path / "bad.npz", npz(images=frames, labels=many[1])), "image 8 is not a finite number")


def test_images_on_their_side_are_turned(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    path = write(tmp_path / "emnist-images-idx3-ubyte", idx(np.ascontiguousarray(frames.transpose(0, 2, 1))))
    write(tmp_path / "emnist-labels-idx1-ubyte", idx(labels))
    check_reading(path, many, "column by column: turned")
    reading = read_digits(path)
    assert reading.originals is not None
    np.testing.assert_array_equal(reading.originals, frames)
    as_it_is = read_dataset(path, ReadOptions(transpose=False))
    np.testing.assert_array_equal(as_it_is.images, features_from_mnist(frames.transpose(0, 2, 1)))
    # Labels that are off by one don't change which way is up.
    write(tmp_path / "emnist-labels-idx1-ubyte", idx((labels + 1) % 10))
    np.testing.assert_array_equal(read_dataset(path).images, features_from_mnist(frames))


def test_originals_follow_the_digits(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    dataset = read_dataset(write(tmp_path / "a.npz", npz(images=255 - frames, labels=labels)))
    assert dataset.originals is not None
    np.testing.assert_array_equal(dataset.originals, frames)
    chosen = dataset.subset(np.array([5, 2]))
    assert chosen.originals is not None
    np.testing.assert_array_equal(chosen.originals, frames[[5, 2]])
    small = read_dataset(write(tmp_path / "b.npz", npz(images=shrunk(frames), labels=labels)))
    assert small.originals is None


def test_mat_with_structs_and_with_examples_last(tmp_path: Path, many: Digits) -> None:
    from scipy.io import savemat

    frames, labels = many
    struct = tmp_path / "struct.mat"
    part = {"images": np.moveaxis(frames, 0, 2).astype(float), "labels": labels[:, None].astype(float)}
    held_out = {"images": np.moveaxis(frames[:30], 0, 2), "labels": labels[:30, None], "width": 28}
    savemat(struct, {"training": part, "test": held_out}, do_compression=True)
    check_reading(struct, many, "part: train")
    check_reading(struct, (frames[:30], labels[:30]), "part: test", ReadOptions(purpose="test"))
    original = tmp_path / "original.mat"
    savemat(original, {"data": frames.reshape(MANY, 784).T, "label": labels[None].astype(float)})
    check_reading(original, many, "one digit a column")
    shifted = tmp_path / "shifted.mat"
    savemat(shifted, {"X": frames.transpose(0, 2, 1).reshape(MANY, 784), "y": labels[:, None] + 1})
    check_reading(shifted, many, "column by column", ReadOptions(label_shift=-1))
    assert "10 read as 0" in read_digits(shifted).told
