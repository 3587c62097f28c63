"""The other formats: Coursera's .mat, CSV, folders of images, drawing files; and what is no data at all."""

import gzip
import json
import shutil
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reader_cases import COUNT, check, refuse, table, write

from engine.data import READERS, read_dataset, read_digits
from engine.errors import DataError
from engine.ink import features_from_mnist


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
        ("shape", {"X": np.ones((3, 399)), "y": np.ones((3, 1))}, r"shape \(3, 399\)"),
        ("count", {"X": np.ones((3, 400)), "y": np.ones((2, 1))}, "3 images but 2 labels"),
        ("labels", {"X": np.ones((2, 400)), "y": np.array([[11], [1]])}, "label 11"),
        ("text", {"X": np.ones((2, 400)), "y": np.array(["a", "b"])}, "label “a” of image 1"),
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
    reading = read_digits(root)
    np.testing.assert_array_equal(reading.images, dataset.images)
    assert reading.told == "no ink, left out: 0/blank.png"
    for folder in root.iterdir():
        shutil.rmtree(folder)
    (root / "0").mkdir()
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
    assert list(READERS) == ["zip", "tar", "npy", "idx", "mat", "octave", "json", "drawings", "sparse", "csv"]


@pytest.mark.skipif(not hasattr(__import__("os"), "mkfifo"), reason="pipes with a name are POSIX")
def test_pipe_does_not_hang(tmp_path: Path) -> None:
    import os

    os.mkfifo(tmp_path / "pipe")
    refuse(tmp_path / "pipe", "not an ordinary file")
