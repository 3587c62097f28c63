"""Packed folders, arrays in cells, sparse or with their labels inside, and archives of other programs."""

import contextlib
import io
import struct
import tarfile
import zipfile
from pathlib import Path

import numpy as np
import pytest
import scipy.io
import scipy.sparse
from PIL import Image
from reader_cases import MANY, Digits, check_reading, idx, npz, refuse, table, write

from engine.data import ReadOptions, read_digits
from engine.errors import DataError


def packed(path: Path, files: dict[str, bytes]) -> Path:
    """The files in a zip or tar archive, by the name's end."""
    if path.suffix == ".zip":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, data in files.items():
                archive.writestr(name, data)
        return path
    with tarfile.open(path, "w:gz" if path.name.endswith("gz") else "w") as tar:
        for name, data in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(data)
            tar.addfile(info, io.BytesIO(data))
    return path


def png(image: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(image).save(buffer, "PNG")
    return buffer.getvalue()


@pytest.mark.parametrize("name", ["digits.zip", "digits.tar", "digits.tar.gz"])
def test_a_packed_folder_is_read_as_the_folder(tmp_path: Path, many: Digits, name: str) -> None:
    frames, labels = many
    order = np.argsort(labels, kind="stable")
    files = {f"top/train/{labels[k]}/{k:03}.png": png(frames[k]) for k in range(MANY)}
    path = packed(tmp_path / name, {**files, "__MACOSX/top/._0.png": b"\0", "top/train/3/Thumbs.db": b"\0"})
    check_reading(path, (frames[order], labels[order]))
    assert read_digits(path).name == name


def test_a_packed_table_is_read_and_its_test_part_has_no_labels(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    pixels = "\n".join(",".join(map(str, row)) for row in frames.reshape(MANY, -1).tolist())
    files = {"train.csv": table(frames, labels).encode(), "test.csv": pixels.encode(), "sample.csv": b"Id,Label\n1,0\n"}
    path = packed(tmp_path / "kaggle.zip", files)
    check_reading(path, many, "part: train")
    refuse(path, "kaggle.zip/test.csv: there are pixels but no labels", ReadOptions(part="test"))


@pytest.mark.parametrize(
    ("name", "files", "words"),
    [
        ("out.zip", {"../7_1.png": b"x"}, "leads out of its folder"),
        ("out.tar", {"/tmp/7_1.png": b"x"}, "leads out of its folder"),
        ("out.tgz", {"a/../../7_1.png": b"x"}, "leads out of its folder"),
        ("inner.zip", {"a.zip": b"PK\3\4" + bytes(99)}, "no images found"),
        ("notes.zip", {"notes.txt": b"nothing"}, "no images found"),
        ("book.zip", {"xl/workbook.xml": b"<x/>"}, "Excel workbook"),
        ("torch.zip", {"training/data.pkl": b"\x80\2."}, "PyTorch file.*numpy.savez"),
        ("large.zip", {"7_1.png": bytes(2_000_001)}, "more than 2 MB"),
        ("many.zip", {f"7_{number}.png": b"" for number in range(1002)}, "too small for pictures"),
        ("large.tar", {"7_1.png": bytes(2_000_001)}, "more than 2 MB"),
    ],
)
def test_archives_that_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, files: dict[str, bytes], words: str
) -> None:
    monkeypatch.setattr("engine.data.readers.archives.MOST_BYTES", 2_000_000)
    refuse(packed(tmp_path / name, files), words)
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_damaged_archives_are_refused(tmp_path: Path, many: Digits) -> None:
    for name in ("a.zip", "a.tar"):
        data = packed(tmp_path / name, {"train.csv": table(*many).encode()}).read_bytes()
        refuse(write(tmp_path / f"cut{name[1:]}", data[: len(data) // 2]), "damaged or cut off")


def test_archives_of_arrays_and_of_idx_files_each_in_a_folder_of_its_name(tmp_path: Path, many: Digits) -> None:
    check_reading(packed(tmp_path / "keras.zip", {"mnist.npz": npz(x_train=many[0], y_train=many[1])}), many)
    names = ("train-images-idx3-ubyte", "train-labels-idx1-ubyte")
    files = {f"{name}/{name}": idx(array) for name, array in zip(names, many, strict=True)}
    check_reading(packed(tmp_path / "kaggle.zip", files), many)


@pytest.mark.parametrize("form", ["npz", "npy first", "npz last"])
def test_arrays_in_one_file_each_or_with_their_labels_inside(tmp_path: Path, many: Digits, form: str) -> None:
    frames, labels = many
    rows = frames.reshape(MANY, -1)
    if form == "npz":
        write(tmp_path / "k-train-imgs.npz", npz(arr_0=frames))
        write(tmp_path / "k-train-labels.npz", npz(arr_0=labels))
        for path in (tmp_path, tmp_path / "k-train-imgs.npz"):
            check_reading(path, many)
    elif form == "npy first":
        np.save(tmp_path / "train.npy", np.c_[labels, rows])
        check_reading(tmp_path / "train.npy", many)
    else:
        check_reading(write(tmp_path / "a.npz", npz(train=np.c_[rows, labels])), many, "label column: last")


@pytest.mark.parametrize("form", ["sparse", "cells", "classes", "structs"])
def test_mat_files_with_arrays_in_another_shape(tmp_path: Path, many: Digits, form: str) -> None:
    frames, labels = many
    rows, path = frames.reshape(MANY, -1), tmp_path / "a.mat"
    cells = np.empty((MANY, 1), object)
    cells[:, 0] = list(frames)
    of_each = np.stack([rows[labels == (digit + 1) % 10][:2].T for digit in range(10)], axis=2)
    structs = np.zeros((1, MANY), [("image", object), ("label", object)])
    structs[0] = [(frame, float(label)) for frame, label in zip(frames, labels, strict=True)]
    document = {
        "structs": {"digits": structs},
        "sparse": {"X": scipy.sparse.csc_matrix(rows.astype(float)), "y": labels[:, None]},
        "cells": {"imgs": cells, "labs": labels[:, None]},
        "classes": {"data": of_each},
    }[form]
    scipy.io.savemat(path, document)
    if form == "classes":
        # The digits in the order 1, 2 … 9, 0.
        chosen = np.concatenate([np.flatnonzero(labels == (digit + 1) % 10)[:2] for digit in range(10)])
        check_reading(path, (frames[chosen], labels[chosen]), "10 read as 0")
    else:
        check_reading(path, many)
    data = bytearray(path.read_bytes())
    for place in range(140, len(data), len(data) // 20):
        damaged = write(
            tmp_path / "bad.mat", bytes(data[:place]) + bytes([data[place] ^ 255]) + bytes(data[place + 1 :])
        )
        # Damaged pixels may still be pixels.
        with contextlib.suppress(DataError):
            read_digits(damaged)


def matrix(name: str, array: np.ndarray) -> str:
    rows = "".join(" " + " ".join(map(str, row)) + "\n" for row in array.tolist())
    return f"# name: {name}\n# type: matrix\n# rows: {len(array)}\n# columns: {array.shape[1]}\n{rows}\n\n"


def test_octaves_text(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    begin = "# Created by Octave 8.4.0, Mon Nov 04 10:12:55 2024 CET <ann@desk>\n"
    text = begin + matrix("X", frames.reshape(MANY, -1)) + matrix("y", labels[:, None])
    check_reading(write(tmp_path / "a.mat", text), many)
    stack = "".join(f" {value}\n" for value in frames.transpose(2, 1, 0).ravel())
    stacked = f"# name: images\n# type: uint8 matrix\n# ndims: 3\n {MANY} 28 28\n{stack}\n\n"
    check_reading(write(tmp_path / "b.mat", begin + stacked + matrix("labels", labels[:, None])), many)
    refuse(write(tmp_path / "cut.mat", text[: len(text) // 2]), "cut off")


def test_labels_of_letters_are_refused_in_words_and_qmnists_eight_columns_read(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    letters = np.arange(MANY) * 7 % 47
    refuse(write(tmp_path / "emnist.csv", table(frames, letters)), "go from 0 to 46, as where letters")
    refuse(write(tmp_path / "emnist.npz", npz(images=frames, labels=letters)), "take EMNIST's part “digits”")
    eight = np.c_[labels, np.arange(MANY * 7).reshape(MANY, 7)].astype(">i4")
    write(tmp_path / "q-images-idx3-ubyte", struct.pack(">HBB3I", 0, 8, 3, *frames.shape) + frames.tobytes())
    write(tmp_path / "q-labels-idx2-int", struct.pack(">HBB2I", 0, 12, 2, *eight.shape) + eight.tobytes())
    check_reading(tmp_path, many, "labels: the first of eight columns")
