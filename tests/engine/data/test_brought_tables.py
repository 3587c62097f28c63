"""Tables, folders and strokes as people bring them, and what only looks like data."""

import gzip
import json
import pickle
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reader_cases import MANY, Digits, check_reading, refuse, write

from engine.data import ReadOptions, read_dataset, read_digits
from engine.errors import DataError
from engine.ink import features_from_mnist


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
    check_reading(write(tmp_path / "comma.csv", rows_of(frames / 255, labels, "decimal comma")), many)
    check_reading(write(tmp_path / "exponents.txt", rows_of(frames / 255, labels, "exponents")), many)


def test_columns_by_name_number_and_guess(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    flat = frames.reshape(MANY, 784)
    pixels = [f"pixel{number}" for number in range(784)]

    def text(names: list[str], rows: np.ndarray) -> str:
        lines = [",".join(map(str, row)) for row in rows.tolist()]
        return "\n".join(([",".join(names)] if names else []) + lines) + "\n"

    numbers = np.arange(MANY)
    for name, content in {
        "index": text(["", *pixels, "Class"], np.c_[numbers, flat, labels]),
        "quoted": text([f'"{name}"' for name in ["Digit", *pixels]], np.c_[labels, flat]),
        "comment": text(["# label", *pixels], np.c_[labels, flat]),
        "rows of R": text(["label", *pixels], np.c_[numbers, labels, flat]),
        "remark": "# some digits, 28 by 28\n" + text([], np.c_[labels, flat]),
        "counted": text([], np.c_[numbers, labels, flat]),
    }.items():
        reading = read_digits(write(tmp_path / f"{name}.csv", content))
        assert reading.labels is not None, name
        np.testing.assert_array_equal(reading.labels, labels)
        np.testing.assert_array_equal(reading.images, features_from_mnist(frames))
    odd = write(tmp_path / "odd.csv", text(["number", *pixels], np.c_[labels, flat]))
    for wanted in ("first", "number", "1"):
        check_reading(odd, many, "label column: 1", ReadOptions(labels_column=wanted))
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
        check_reading(folder, (frames[chosen], labels[chosen]), told, options, atol=0.005)
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
        ("mlp.npz", (70).to_bytes(8, "little") + b'{"__metadata__": {}}', "this is a model"),
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
