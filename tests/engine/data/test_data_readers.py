"""The binary formats: IDX pairs and NumPy archives, good, damaged and hostile."""

import gzip
import io
import pickle
import struct
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from reader_cases import COUNT, check, idx, npz, refuse, write

from engine.core.source_file import SourceFile
from engine.data import load_bundled, read_dataset
from engine.data.readers.idx import read_idx
from engine.errors import DataError


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
        (struct.pack(">HBB3I", 0, 13, 3, 1, 1, 1) + b"123", "cut off"),
        (idx(frames[0]), "shape"),
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
    with pytest.raises(DataError, match="the labels have the shape"):
        read_dataset(path)


def test_gzip_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.core.source_file.MAX_FILE_BYTES", 10**6)
    header = struct.pack(">HBB3I", 0, 8, 3, 25_000, 28, 28)
    path = write(tmp_path / "bomb-images.gz", gzip.compress(header + bytes(25_000 * 784)))
    tracemalloc.start()
    try:
        refuse(path, "unpacks to more")
        assert tracemalloc.get_traced_memory()[1] < 8e6
    finally:
        tracemalloc.stop()


@given(st.binary(max_size=80), st.integers(0, 79))
@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_idx_parser_survives_anything(tmp_path: Path, noise: bytes, place: int) -> None:
    good = idx(np.arange(60, dtype=np.uint8).reshape(3, 4, 5))
    for data in (noise, b"\0\0\x08\x03" + noise, good[:place] + noise + good[place + len(noise) :]):
        path = write(tmp_path / "x", data)
        try:
            with SourceFile(path) as source:
                read_idx(source)
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
        (npz(images=trap, labels=labels), "numbers"),
        (pickle.dumps(Trap()), "pickle"),
        (member(b"junk"), "damaged or not NumPy"),
        (member(header("{'descr': '|u1', 'fortran_order': False, 'shape': (10000000, 1000, 1000)}")), "another size"),
        (member(header("{'descr': '|u1', 'fortran_order': False, 'shape': (-1, 2)}")), "damaged"),
        (member(header("{'descr': '|O', 'fortran_order': False, 'shape': (1,)}", b"x" * 8)), "numbers"),
        (member(header("__import__('os').abort()")), "damaged"),
    ]:
        refuse(write(tmp_path / "bad.npz", data), words)
    assert not (tmp_path / "trap-was-sprung").exists()


def test_zip_bomb_is_stopped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.data.readers.npz_members.MAX_FILE_BYTES", 10**6)
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
