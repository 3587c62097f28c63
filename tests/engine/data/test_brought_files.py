"""Files as people bring them: each read rightly, each guess told, each doubt refused in words."""

import gzip
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reader_cases import idx, npz, refuse, write

from engine.data import ReadOptions, load_bundled, read_dataset, read_digits
from engine.errors import DataError
from engine.ink import features_from_mnist

COUNT = 60
Digits = tuple[np.ndarray, np.ndarray]


@pytest.fixture(scope="module")
def many() -> Digits:
    """MNIST-like (60, 28, 28) uint8 and labels."""
    bundled = load_bundled()
    frames = np.zeros((COUNT, 28, 28), np.uint8)
    frames[:, 3:23, 5:25] = np.rint(bundled.images[:COUNT] * 255)
    return frames, bundled.labels[:COUNT].astype(np.uint8)


def check(path: Path, digits: Digits, told: str = "", options: ReadOptions | None = None, atol: float = 0.0) -> None:
    """The digits are those, to the bit unless `atol` is given, and the guesses hold the words of `told`."""
    reading = read_digits(path, options or ReadOptions())
    assert reading.labels is not None
    np.testing.assert_array_equal(reading.labels, digits[1])
    np.testing.assert_allclose(reading.images, features_from_mnist(digits[0]), rtol=0, atol=atol)
    if told:
        assert told in reading.told
    else:
        assert reading.guesses == ()


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
    by_column = shrunk(frames).transpose(0, 2, 1).reshape(COUNT, 400).astype(np.float64)
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
    np.save(by_row / "X.npy", shrunk(frames).reshape(COUNT, 400))
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
        check(folder, (frames[:40], labels[:40]), "part: train (test left out)")
        check(folder, (frames[40:], labels[40:]), "part: test", ReadOptions(purpose="test"))
        check(folder, (frames[40:], labels[40:]), "part: test", ReadOptions(part="test"))


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
        check(path, train, "part: train")
        check(path, test, "part: test", ReadOptions(purpose="test"))
        check(path, train, "part: train", ReadOptions(part="train", purpose="test"))
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
            "columns": frames.reshape(COUNT, 784).T,
            "examples last": np.moveaxis(frames, 0, 2),
            "color": np.repeat(frames[:, :, :, None], 3, 3),
        }[name]
        write(path, npz(images=images, labels=labels))
    check(path, many, told)


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
    check(write(tmp_path / "a.npz", npz(images=many[0], labels=labels(many[1]))), many, told)


def test_labels_that_are_refused(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    objects = np.array([str(label) for label in labels], object)
    two_hot = np.eye(10)[labels]
    two_hot[3, :2] = 1
    for wrong, words in [
        (objects, "Python objects"),
        (two_hot, "image 4"),
        (np.where(np.arange(COUNT) == 5, "x", labels.astype(str)), "“x” of image 6"),
        (labels + 1j, "numbers"),
    ]:
        refuse(write(tmp_path / "bad.npz", npz(images=frames, labels=wrong)), words)
    check(write(tmp_path / "s.npz", npz(images=frames, labels=labels + 1)), many, "-1", ReadOptions(label_shift=-1))


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
    check(write(tmp_path / "a.npz", npz(images=values(frames), labels=many[1])), (frames, many[1]), told, atol=atol)


def test_bits(tmp_path: Path, many: Digits) -> None:
    bits = many[0] > 127
    for images in (bits, bits.astype(np.int64), bits.astype(np.float32), bits * np.uint8(255)):
        check(write(tmp_path / "a.npz", npz(images=images, labels=many[1])), (bits * np.uint8(255), many[1]))


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
    check(path, many, "column by column: turned")
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
    check(struct, many, "part: train")
    check(struct, (frames[:30], labels[:30]), "part: test", ReadOptions(purpose="test"))
    original = tmp_path / "original.mat"
    savemat(original, {"data": frames.reshape(COUNT, 784).T, "label": labels[None].astype(float)})
    check(original, many, "one digit a column")
    shifted = tmp_path / "shifted.mat"
    savemat(shifted, {"X": frames.transpose(0, 2, 1).reshape(COUNT, 784), "y": labels[:, None] + 1})
    check(shifted, many, "column by column", ReadOptions(label_shift=-1))
    assert "10 read as 0" in read_digits(shifted).told


def rows_of(frames: np.ndarray, labels: np.ndarray, form: str) -> str:
    flat = frames.reshape(len(frames), -1)
    if form in ("optdigits", "tabs"):
        separator = "," if form == "optdigits" else "\t"
        return "".join(separator.join(map(str, [*row, label])) + "\n" for row, label in zip(flat, labels, strict=True))
    if form == "semeion":
        tails = [" ".join("1" if k == label else "0" for k in range(10)) for label in labels]
        return "".join(" ".join(f"{v:.4f}" for v in row) + f" {t} \n" for row, t in zip(flat, tails, strict=True))
    if form == "usps":
        return "".join(
            f"{label:.4f} " + " ".join(f"{v:.3f}" for v in row) + " \n" for row, label in zip(flat, labels, strict=True)
        )
    if form == "decimal comma":
        return "".join(
            ";".join([str(label), *(f"{v:.5f}".replace(".", ",") for v in row)]) + "\r\n"
            for row, label in zip(flat, labels, strict=True)
        )
    assert form == "exponents"
    return "".join(
        " ".join([f"{label:.3e}", *(f"{v:.7e}" for v in row)]) + "\n" for row, label in zip(flat, labels, strict=True)
    )


def reduced(frames: np.ndarray, side: int) -> np.ndarray:
    """(count, side, side) float32 in [0, 1], the features area-averaged or repeated."""
    tiles = features_from_mnist(frames)
    grown = np.repeat(np.repeat(tiles, side, 1), side, 2)
    return grown.reshape(len(frames), side, 20, side, 20).mean(axis=(2, 4))


def closely(path: Path, digits: Digits, told: str) -> None:
    reading = read_digits(path)
    assert reading.labels is not None
    np.testing.assert_array_equal(reading.labels, digits[1])
    assert np.abs(reading.images - features_from_mnist(digits[0])).mean() < 0.15
    assert told in reading.told


def test_tables_of_other_sides_and_spellings(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    small = np.rint(reduced(frames, 8) / reduced(frames, 8).max(axis=(1, 2), keepdims=True) * 16).astype(int)
    for form in ("optdigits", "tabs"):
        path = write(tmp_path / f"{form}.csv", rows_of(small, labels, form))
        closely(path, many, "label column: last · values 0…16 scaled")
    bits = (reduced(frames, 16) > 0.4).astype(float)
    closely(write(tmp_path / "semeion.data", rows_of(bits, labels, "semeion")), many, "label columns: the last ten")
    signed = 2 * reduced(frames, 16) - 1
    signed[0, 8, 8] = 1
    signed[0, 0, 0] = -1
    zipped = gzip.compress(rows_of(signed, labels, "usps").encode())
    closely(write(tmp_path / "zip.train.gz", zipped), many, "−1…1")
    check(write(tmp_path / "comma.csv", rows_of(frames / 255, labels, "decimal comma")), many)
    check(write(tmp_path / "exponents.txt", rows_of(frames / 255, labels, "exponents")), many)


def test_columns_by_name_number_and_guess(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    flat = frames.reshape(COUNT, 784)
    pixels = [f"pixel{number}" for number in range(784)]

    def text(names: list[str], rows: np.ndarray) -> str:
        lines = [",".join(map(str, row)) for row in rows.tolist()]
        return "\n".join(([",".join(names)] if names else []) + lines) + "\n"

    numbers = np.arange(COUNT)
    for name, content in {
        "index": text(["", *pixels, "Class"], np.c_[numbers, flat, labels]),
        "quoted": text([f'"{name}"' for name in ["Digit", *pixels]], np.c_[labels, flat]),
        "comment": text(["# label", *pixels], np.c_[labels, flat]),
        "counted": text([], np.c_[numbers, labels, flat]),
    }.items():
        reading = read_digits(write(tmp_path / f"{name}.csv", content))
        assert reading.labels is not None, name
        np.testing.assert_array_equal(reading.labels, labels)
        np.testing.assert_array_equal(reading.images, features_from_mnist(frames))
    odd = write(tmp_path / "odd.csv", text(["number", *pixels], np.c_[labels, flat]))
    for wanted in ("first", "number", "1"):
        check(odd, many, "label column: 1", ReadOptions(labels_column=wanted))
    refuse(odd, "no column 'colour'", ReadOptions(labels_column="colour"))
    test_table = write(tmp_path / "test.csv", text(pixels, flat))
    refuse(test_table, "no labels")
    reading = read_digits(test_table, ReadOptions(labels_needed=False))
    assert reading.labels is None
    np.testing.assert_array_equal(reading.images, features_from_mnist(frames))


def test_folders_of_images(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    parts, named, words = tmp_path / "parts", tmp_path / "named", tmp_path / "words"
    spelled = ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
    for number in range(20):
        label = int(labels[number])
        for folder, name in (
            (parts / ("train" if number < 12 else "test") / str(label), f"{number:03}.png"),
            (named, f"{label}_{number:03}.png"),
            (words / spelled[label], f"{number:03}.png"),
        ):
            folder.mkdir(parents=True, exist_ok=True)
            Image.fromarray(255 - frames[number]).save(folder / name)
    order = np.lexsort((np.arange(20), labels[:20]))
    for folder, chosen, told, options in [
        (parts, order[order < 12], "part: train (test left out)", ReadOptions()),
        (parts, order[order >= 12], "part: test", ReadOptions(purpose="test")),
        (named, order, "", ReadOptions()),
    ]:
        check(folder, (frames[chosen], labels[chosen]), told, options, atol=0.005)
    assert sorted(read_dataset(words).labels.tolist()) == sorted(labels[:20].tolist())
    Image.fromarray(255 - frames[0]).save(named / "holiday.png")
    with pytest.raises(DataError, match=r"does not begin with the digit; name images such as 7_001\.png"):
        read_dataset(named)


def test_foreign_files_have_their_own_sentences(tmp_path: Path) -> None:
    page = b"<!DOCTYPE html>\n<html><body>Log in, please</body></html>"
    for name, data, words in [
        ("mnist.pkl", pickle.dumps({"a": 1}), "pickle, which can run any code"),
        ("mnist0.pkl", pickle.dumps([1], protocol=0), "pickle"),
        ("mnist.pkl.gz", gzip.compress(pickle.dumps(([1], [2]), protocol=2)), "pickle"),
        ("new.mat", b"MATLAB 7.3 MAT-file" + bytes(600), "save -v7"),
        ("digits.h5", b"\x89HDF\r\n\x1a\n" + bytes(600), "HDF5"),
        ("train.gz", page, "web page"),
        ("train.npz", b"\xef\xbb\xbf \n" + page, "web page"),
        ("packed.gz", gzip.compress(page), "web page"),
        ("paper.pdf", b"%PDF-1.4", "PDF"),
        ("lfs.npz", b"version https://git-lfs.github.com/spec/v1\n", "git lfs pull"),
    ]:
        refuse(write(tmp_path / name, data), words)


STROKES = [[[0, 0], [1, 8], [2, 16], [2, 24]], [[5, 0], [5, 12], [6, 20], [6, 30], [7, 31]]]


@pytest.mark.parametrize(
    "document",
    [
        {"strokes": [list(map(list, zip(*stroke, strict=True))) for stroke in STROKES]},
        {"drawing": [[*map(list, zip(*stroke, strict=True)), list(range(len(stroke)))] for stroke in STROKES]},
        {"strokes": [dict(zip("xy", zip(*stroke, strict=True), strict=True)) for stroke in STROKES]},
        {"strokes": [[{"x": x, "y": y, "t": 3} for x, y in stroke] for stroke in STROKES]},
        {"strokes": [{"points": stroke} for stroke in STROKES]},
    ],
)
def test_strokes_of_other_programs(tmp_path: Path, document: dict[str, object]) -> None:
    expected = read_dataset(write(tmp_path / "a.jsonl", json.dumps({"label": 4, "strokes": STROKES})))
    found = read_dataset(write(tmp_path / "b.jsonl", json.dumps({"word": "four", **document})))
    np.testing.assert_array_equal(found.images, expected.images)
    assert found.labels.tolist() == [4]


def test_short_strokes_are_read_like_the_rest_of_their_file(tmp_path: Path) -> None:
    short, long = [[[3, 9, 4], [0, 5, 30]]], [[[1, 2, 3, 4, 5], [0, 9, 5, 2, 8]]]
    for lines in ([short, long], [long, short]):
        path = write(tmp_path / "a.jsonl", "\n".join(json.dumps({"label": 1, "strokes": line}) for line in lines))
        place = lines.index(short)
        alone = write(tmp_path / "b.jsonl", json.dumps({"label": 1, "strokes": [[[3, 0], [9, 5], [4, 30]]]}))
        np.testing.assert_array_equal(read_dataset(path).images[place], read_dataset(alone).images[0])
    mixed = {"label": 1, "strokes": [long[0], [[0, 0], [1, 1], [2, 2], [3, 3]]]}
    refuse(write(tmp_path / "mixed.jsonl", json.dumps(mixed)), r"line 1: some strokes are points")
    uneven = {"label": 1, "strokes": [{"x": [1, 2], "y": [1]}]}
    refuse(write(tmp_path / "uneven.jsonl", json.dumps(uneven)), r"line 1: a stroke has to be")
    cat = {"word": "cat", "drawing": long}
    refuse(write(tmp_path / "cat.jsonl", json.dumps(cat)), "“cat” is no digit")
