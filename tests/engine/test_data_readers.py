import gzip
import io
import json
import pickle
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image

from engine.data import READERS, load_bundled, read_dataset
from engine.data.reader_idx import parse_idx
from engine.errors import DataError
from engine.preprocessing import features_from_mnist

COUNT = 30


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """MNIST-like (30, 28, 28) uint8 and labels, from the bundled tiles."""
    bundled = load_bundled()
    frames = np.zeros((COUNT, 28, 28), np.uint8)
    frames[:, 3:23, 5:25] = np.rint(bundled.images[:COUNT] * 255)
    return frames, bundled.labels[:COUNT].astype(np.uint8)


def idx(array: np.ndarray) -> bytes:
    return struct.pack(f">HBB{array.ndim}I", 0, 8, array.ndim, *array.shape) + array.tobytes()


def npz(**arrays: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **arrays)
    return buffer.getvalue()


def write(path: Path, data: bytes | str) -> Path:
    path.write_bytes(data.encode() if isinstance(data, str) else data)
    return path


def table(frames: np.ndarray, labels: np.ndarray, separator: str = ",") -> str:
    rows = np.concatenate([labels[:, None], frames.reshape(len(frames), -1)], axis=1)
    return "\n".join(separator.join(map(str, row)) for row in rows.tolist()) + "\n"


def check(path: Path, digits: tuple[np.ndarray, np.ndarray]) -> None:
    dataset = read_dataset(path)
    np.testing.assert_array_equal(dataset.labels, digits[1])
    np.testing.assert_array_equal(dataset.images, features_from_mnist(digits[0]))
    assert dataset.name


def refuse(path: Path, words: str) -> None:
    with pytest.raises(DataError, match=words) as caught:
        read_dataset(path)
    message = str(caught.value)
    assert path.stem.split(".")[0] in message
    assert "\n" not in message
    assert message.endswith(".")


@pytest.mark.parametrize("zipped", [False, True])
@pytest.mark.parametrize(
    ("images", "labels"),
    [
        ("train-images-idx3-ubyte", "train-labels-idx1-ubyte"),
        ("t10k-images.idx3-ubyte", "t10k-labels.idx1-ubyte"),
        ("my-image.idx", "my-label.idx"),
    ],
)
def test_idx_pair_from_either_file(
    tmp_path: Path, digits: tuple[np.ndarray, np.ndarray], zipped: bool, images: str, labels: str
) -> None:
    pack: Callable[[bytes], bytes] = gzip.compress if zipped else bytes
    suffix = ".gz" if zipped else ""
    first = write(tmp_path / (images + suffix), pack(idx(digits[0])))
    second = write(tmp_path / (labels + suffix), pack(idx(digits[1])))
    check(first, digits)
    check(second, digits)


def test_idx_pair_half_zipped(tmp_path: Path, digits: tuple[np.ndarray, np.ndarray]) -> None:
    first = write(tmp_path / "x-images-idx3-ubyte", idx(digits[0]))
    write(tmp_path / "x-labels-idx1-ubyte.gz", gzip.compress(idx(digits[1])))
    check(first, digits)


def test_bad_idx_files_are_refused(tmp_path: Path, digits: tuple[np.ndarray, np.ndarray]) -> None:
    frames, labels = digits
    good = idx(frames)
    path = tmp_path / "a-images.idx"
    refuse(write(path, good), "labels")
    partner = write(tmp_path / "a-labels.idx", idx(labels))
    for data, words in [
        (good[:-1], "cut off"),
        (good[:10], "cut off"),
        (good + b"x", "too long"),
        (struct.pack(">HBB3I", 0, 8, 3, 2**32 - 1, 2**32 - 1, 2**32 - 1), "cut off"),
        (struct.pack(">HBB3I", 0, 13, 3, 1, 1, 1) + b"1234", "unsigned bytes"),
        (idx(frames[0]), "2 axes"),
        (idx(frames[:0]), "0 images"),
        (idx(frames[:-1]), "29 images but 30 labels"),
        (idx(frames[:, :1, :1]), "1×1"),
        (b"\0\0\x09\x07junk", "not a data file"),
        (gzip.compress(good)[:-20], "gzip"),
        (b"", "empty"),
    ]:
        refuse(write(path, data), words)
    write(path, good)
    wrong = labels.copy()
    wrong[4] = 10
    write(partner, idx(wrong))
    refuse(path, "label 10 of image 5")
    write(partner, idx(frames))
    with pytest.raises(DataError, match=r"a-labels\.idx: .* 3 axes; labels have 1"):
        read_dataset(path)


def test_gzip_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.files.MAX_FILE_BYTES", 10**6)
    monkeypatch.setattr("engine.files.read_file.__defaults__", (10**6,))
    path = write(tmp_path / "bomb.gz", gzip.compress(bytes(20_000_000)))
    tracemalloc.start()
    try:
        refuse(path, "unpacks to more")
        assert tracemalloc.get_traced_memory()[1] < 8e6
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=80), st.integers(0, 79))
@settings(max_examples=100, deadline=None)
def test_idx_parser_survives_anything(noise: bytes, place: int) -> None:
    good = idx(np.arange(60, dtype=np.uint8).reshape(3, 4, 5))
    for data in (noise, b"\0\0\x08\x03" + noise, good[:place] + noise + good[place + len(noise) :]):
        try:
            parse_idx(Path("x"), data)
        except DataError:
            continue


@pytest.mark.parametrize("names", [("images", "labels"), ("x_train", "y_train"), ("X", "y")])
def test_npz_names_and_types(tmp_path: Path, digits: tuple[np.ndarray, np.ndarray], names: tuple[str, str]) -> None:
    frames, labels = digits
    variants = [
        (frames, labels),
        (frames.astype(np.float64) / 255, labels.astype(np.int64)),
        (frames.astype(np.float32), labels.astype(np.float32)[:, None]),
        (frames.astype(">i4"), labels.astype(">u2")),
        (np.asfortranarray(frames), labels),
        (frames[:, :, :, None], labels),
        (frames.reshape(COUNT, 784), labels),
        (255 - frames, labels),
    ]
    for number, (images, targets) in enumerate(variants):
        check(write(tmp_path / f"{number}.npz", npz(**{names[0]: images, names[1]: targets})), digits)


def test_npz_of_features_is_taken_as_it_is(tmp_path: Path) -> None:
    bundled = load_bundled().subset(np.arange(20))
    writers = np.arange(20) % 3
    levels = np.rint(bundled.images * 255).astype(np.uint8)
    for number, images in enumerate((bundled.images, bundled.images.astype(np.float64), levels)):
        path = write(tmp_path / f"{number}.npz", npz(images=images, labels=bundled.labels, writers=writers))
        dataset = read_dataset(path)
        np.testing.assert_array_equal(dataset.images, bundled.images)
        assert dataset.writers is not None
        np.testing.assert_array_equal(dataset.writers, writers)


class Trap:
    def __reduce__(self) -> tuple[object, ...]:
        return (Path("trap-was-sprung").touch, ())


def test_bad_npz_files_are_refused(
    tmp_path: Path, digits: tuple[np.ndarray, np.ndarray], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    frames, labels = digits
    good = npz(images=frames, labels=labels)

    def member(content: bytes) -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr("images.npy", content)
            archive.writestr("labels.npy", b"")
        return buffer.getvalue()

    def header(description: str, payload: bytes = b"") -> bytes:
        text = description.encode().ljust(117) + b"\n"
        return b"\x93NUMPY\x01\x00" + struct.pack("<H", len(text)) + text + payload

    trap = np.empty(1, object)
    trap[0] = Trap()
    for data, words in [
        (good[: len(good) // 2], "damaged"),
        (good[:30], "damaged"),
        (npz(images=frames), "“images” and “labels”"),
        (npz(images=frames, labels=labels[:-1]), "30 images but 29 labels"),
        (npz(images=frames, labels=labels + 7), "not a digit"),
        (npz(images=frames, labels=labels - 0.5), "not a digit"),
        (npz(images=frames, labels=np.full(COUNT, np.nan)), "not a digit"),
        (npz(images=frames.astype(float) - 1, labels=labels), "0 to 255"),
        (npz(images=frames * np.nan, labels=labels), "0 to 255"),
        (npz(images=frames[0], labels=labels), "shape"),
        (npz(images=frames[:0], labels=labels[:0]), "no digits"),
        (npz(images=frames, labels=np.array(["3"] * COUNT)), "numbers"),
        (npz(images=trap, labels=labels), "numbers"),
        (pickle.dumps(Trap()), "not a data file"),
        (member(b"junk"), "damaged or not NumPy"),
        (member(header("{'descr': '|u1', 'fortran_order': False, 'shape': (10000000, 1000, 1000)}")), "another size"),
        (member(header("{'descr': '|u1', 'fortran_order': False, 'shape': (-1, 2)}")), "damaged"),
        (member(header("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", b"x" * 8)), "numbers"),
        (member(header("__import__('os').abort()")), "damaged"),
    ]:
        refuse(write(tmp_path / "bad.npz", data), words)
    assert not (tmp_path / "trap-was-sprung").exists()


def test_zip_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.data.reader_npz.MAX_FILE_BYTES", 10**6)
    path = write(tmp_path / "bomb.npz", npz(images=np.zeros((9000, 28, 28), np.uint8), labels=np.zeros(9000, np.uint8)))
    refuse(path, "too large")


def test_damaged_npz_never_gives_another_error(tmp_path: Path, digits: tuple[np.ndarray, np.ndarray]) -> None:
    good = bytearray(npz(images=digits[0][:3], labels=digits[1][:3]))
    path = tmp_path / "flipped.npz"
    for place in range(0, len(good), 7):
        damaged = bytes(good[:place]) + bytes([good[place] ^ 0x41]) + bytes(good[place + 1 :])
        path.write_bytes(damaged)
        try:
            read_dataset(path)
        except DataError:
            continue


def test_coursera_mat(tmp_path: Path, digits: tuple[np.ndarray, np.ndarray]) -> None:
    from scipy.io import savemat

    frames, labels = digits
    rows = []
    for frame in frames:
        small = Image.fromarray(frame.astype(np.float32) / 255).resize((20, 20), Image.Resampling.BICUBIC)
        rows.append(np.asarray(small).T.ravel())
    targets = np.where(labels == 0, 10, labels)[:, None]
    path = tmp_path / "ex3data1.mat"
    savemat(path, {"X": np.array(rows, float), "y": targets}, do_compression=True)
    dataset = read_dataset(path)
    np.testing.assert_array_equal(dataset.labels, labels)
    # Upright (not transposed), filling the tile, and near what the full picture gives.
    expected = features_from_mnist(frames)
    assert np.abs(dataset.images - expected).mean() < 0.12
    assert np.abs(dataset.images.transpose(0, 2, 1) - expected).mean() > 0.2
    assert np.all((dataset.images > 0).any(axis=2).sum(axis=1) + (dataset.images > 0).any(axis=1).sum(axis=1) > 22)

    good = path.read_bytes()
    refuse(write(tmp_path / "cut.mat", good[:400]), "holds X|damaged")
    refuse(write(tmp_path / "cut.mat", good[:-9]), "damaged")
    refuse(write(tmp_path / "new.mat", b"MATLAB 7.3 MAT-file" + bytes(600)), "7.3")
    for name, variables, words in [
        ("names", {"A": np.ones(3)}, "X and y"),
        ("shape", {"X": np.ones((3, 399)), "y": np.ones((3, 1))}, "400"),
        ("count", {"X": np.ones((3, 400)), "y": np.ones((2, 1))}, "3 images but 2 labels"),
        ("labels", {"X": np.ones((2, 400)), "y": np.array([[11], [1]])}, "label 11"),
        ("text", {"X": np.ones((2, 400)), "y": np.array(["a", "b"])}, "whole numbers"),
        ("nan", {"X": np.full((2, 400), np.nan), "y": np.ones((2, 1))}, "finite"),
    ]:
        savemat(tmp_path / f"{name}.mat", variables)
        refuse(tmp_path / f"{name}.mat", words)


def test_csv_variants(tmp_path: Path, digits: tuple[np.ndarray, np.ndarray]) -> None:
    frames, labels = digits
    names = ",".join(["label"] + [f"pixel{number}" for number in range(784)])
    last = "\n".join(",".join(map(str, row)) for row in np.c_[frames.reshape(COUNT, -1), labels].tolist())
    for name, text in {
        "plain": table(frames, labels),
        "names": names + "\n" + table(frames, labels),
        "bom": "\ufeff" + names + "\r\n" + table(frames, labels).replace("\n", "\r\n"),
        "semicolon": table(frames, labels, ";"),
        "tabs": table(frames, labels, "\t"),
        "last": last,
        "blank-lines": "\n" + table(frames, labels) + "\n\n",
    }.items():
        check(write(tmp_path / f"{name}.csv", text), digits)
    check(write(tmp_path / "zipped.csv.gz", gzip.compress(table(frames, labels).encode())), digits)


def test_bad_csv_files_are_refused(tmp_path: Path, digits: tuple[np.ndarray, np.ndarray]) -> None:
    good = table(*digits)
    lines = good.splitlines()
    names = ",".join(["label"] + ["p"] * 784)
    for text, words in [
        (lines[0] + "\n" + lines[1][:-8], "line 2 has"),
        ("1,2,3\n", "3 columns"),
        (names, "no digits"),
        ("\n\n", "no"),
        (lines[0] + "\n" + lines[1].replace(",0,", ",x,", 1), "line 2 holds “x”"),
        (lines[0] + "\n" + lines[1].replace(",0,", ",nan,", 1), "line 2 holds “nan”"),
        (lines[0] + "\n" + lines[1].replace(",0,", ",,", 1), "line 2 holds “”"),
        (names + "\n" + "12" + lines[0][1:], "label 12"),
        (names + "\n" + lines[0].replace(",0,", ",300,", 1), "0 to 255"),
        ("hello, world", "line 1 has 2 columns|no digits"),
        ("just some words", "not a data file"),
    ]:
        refuse(write(tmp_path / "bad.csv", text), words)


def test_folder_of_images_by_class(tmp_path: Path, digits: tuple[np.ndarray, np.ndarray]) -> None:
    frames, labels = digits
    root = tmp_path / "my digits"
    for number in np.argsort(labels, kind="stable"):
        folder = root / (("digit_" if labels[number] % 2 else "") + str(labels[number]))
        folder.mkdir(parents=True, exist_ok=True)
        Image.fromarray(255 - frames[number]).save(folder / f"{number:03}.png")
    (root / "0" / ".DS_Store").write_bytes(b"x")
    (root / "0" / "notes.txt").write_text("x")
    (root / "other").mkdir()
    dataset = read_dataset(root)
    assert len(dataset) == COUNT
    order = sorted(
        range(COUNT), key=lambda number: (("digit_" if labels[number] % 2 else "") + str(labels[number]), number)
    )
    np.testing.assert_array_equal(dataset.labels, labels[order])
    np.testing.assert_allclose(dataset.images, features_from_mnist(frames[order]), atol=0.005)

    Image.new("L", (28, 28), 255).save(root / "0" / "blank.png")
    with pytest.raises(DataError, match=r"blank\.png: there is no ink"):
        read_dataset(root)
    (root / "0" / "blank.png").write_bytes(b"\x89PNG\r\n\x1a\n junk")
    with pytest.raises(DataError, match=r"blank\.png"):
        read_dataset(root)
    empty = tmp_path / "empty"
    empty.mkdir()
    refuse(empty, "no images")


def test_drawing_file(tmp_path: Path) -> None:
    lines = [
        {"label": 1, "strokes": [[[5, 0], [5, 30]]], "writer": "Ann"},
        {"label": 7, "strokes": [[[0, 0], [20, 0], [8, 30]]], "writer": "Bob"},
        {"label": 7, "strokes": [[[0, 1], [20, 0], [8, 31]]], "writer": "Ann"},
    ]
    path = write(tmp_path / "mine.jsonl.gz", gzip.compress("\n".join(map(json.dumps, lines)).encode()))
    dataset = read_dataset(path)
    assert dataset.labels.tolist() == [1, 7, 7]
    assert dataset.writers is not None
    assert dataset.writers.tolist() == [0, 1, 0]
    assert np.all(dataset.images.max(axis=(1, 2)) == 1)
    refuse(write(tmp_path / "unlabelled.jsonl", '{"strokes": [[[1, 2]]]}'), "drawing 1 has no label")
    refuse(write(tmp_path / "blank.jsonl", '{"label": 3, "strokes": []}'), "drawing 1 is blank")
    refuse(write(tmp_path / "wrong.jsonl", '{"label": 11, "strokes": []}'), "label 11")


def test_bundled_by_name_and_what_is_no_data(tmp_path: Path) -> None:
    assert len(read_dataset("bundled")) == 10_000
    refuse(tmp_path / "missing.npz", "no such file")
    picture = tmp_path / "picture.png"
    Image.new("L", (28, 28), 255).save(picture)
    refuse(picture, "not a data file")
    refuse(write(tmp_path / "random.bin", np.random.default_rng(0).bytes(5000)), "not a data file")
    assert list(READERS) == ["npz", "idx", "mat", "drawings", "csv"]


@pytest.mark.skipif(not hasattr(__import__("os"), "mkfifo"), reason="pipes with a name are POSIX")
def test_pipe_does_not_hang(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    refuse(tmp_path / "pipe", "not an ordinary file")
