"""The same kinds of files as other people write them: other names, types, orders, spellings and places."""

import gzip
import json
import struct
from pathlib import Path

import numpy as np
import pytest
import scipy.io
from PIL import Image
from reader_cases import MANY, SPELLED, Digits, check_reading, idx, npz, refuse, write

from engine.data import ReadOptions, read_dataset, read_digits
from models.data_check import find_doubt


@pytest.mark.parametrize(
    "names",
    [("x_data", "y_data"), ("Xtr", "Ytr"), ("train_imgs", "train_lbls"), ("mnist_images", "mnist_labels"),
     ("image", "gt"), ("xtrain", "ytrain"), ("this", "that")],
)  # fmt: skip
def test_names_of_arrays_and_of_files(tmp_path: Path, many: Digits, names: tuple[str, str]) -> None:
    images, labels = names
    more = {} if images == "mnist_images" else {"label_names": np.array(SPELLED)}
    check_reading(write(tmp_path / "a.npz", npz(**{labels: many[1], images: many[0]}, **more)), many)
    if images == "this":
        return
    folder = tmp_path / "files"
    folder.mkdir()
    write(folder / "README.txt", "the digits, as they came")
    np.save(folder / f"{images}.npy", many[0])
    with gzip.open(folder / f"{labels}.npy.gz", "wb") as file:
        np.save(file, many[1])
    for path in (folder, folder / f"{images}.npy", folder / f"{labels}.npy.gz"):
        check_reading(path, many)


def test_unnamed_arrays_of_two_parts(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    for order in ((frames, labels, frames[:9], labels[:9]), (frames, frames[:9], labels, labels[:9])):
        np.savez(tmp_path / "a.npz", *order)
        check_reading(tmp_path / "a.npz", many, "part: train (test left out)")
        check_reading(tmp_path / "a.npz", (frames[:9], labels[:9]), "part: test", ReadOptions(purpose="test"))


@pytest.mark.parametrize("form", ["one column", "id and label", "one-hot", "npy"])
def test_a_table_of_pixels_with_its_labels_in_another_file(tmp_path: Path, many: Digits, form: str) -> None:
    frames, labels = many
    np.savetxt(tmp_path / "X.csv", frames.reshape(MANY, -1), "%d", delimiter=",")
    if form == "npy":
        np.save(tmp_path / "y.npy", labels)
    elif form == "id and label":
        write(tmp_path / "y.csv", "id,label\r\n" + "".join(f"{k},{label}\r\n" for k, label in enumerate(labels)))
    else:
        np.savetxt(tmp_path / "y.txt", labels if form == "one column" else np.eye(10)[labels], "%d")
    for path in (tmp_path, tmp_path / "X.csv"):
        told = {"npy": "labels: y.npy", "id and label": "labels: y.csv"}.get(form, "labels: y.txt")
        check_reading(path, many, told)


def test_idx_files_of_other_types_axes_and_names(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    for name, images in {
        "four-axes": idx(frames[..., None]),
        "two-axes": idx(frames.reshape(MANY, -1)),
        "floats": struct.pack(">HBB3I", 0, 13, 3, *frames.shape) + frames.astype(">f4").tobytes(),
    }.items():
        (tmp_path / name).mkdir()
        write(tmp_path / name / "TRAIN-IMAGES.IDX", images)
        numbers = struct.pack(">HBBI", 0, 12, 1, MANY) + labels.astype(">i4").tobytes()
        write(tmp_path / name / "TRAIN-LABELS.IDX", numbers)
        check_reading(tmp_path / name, many)
        check_reading(tmp_path / name / "TRAIN-IMAGES.IDX", many)


@pytest.mark.parametrize(
    ("labels", "told"),
    [
        (lambda y: 2 * np.eye(10)[y] - 1, "one-hot"),
        (lambda y: np.where(np.eye(10)[y] == 1, 0.99, 0.01), "one-hot"),
        (lambda y: np.array([f"b'{digit}'" for digit in y]), "text"),
        (lambda y: np.array([f"digit_{digit}" for digit in y]), "text"),
    ],
)
def test_labels(tmp_path: Path, many: Digits, labels, told: str) -> None:
    check_reading(write(tmp_path / "a.npz", npz(images=many[0], labels=labels(many[1]))), many, told)


@pytest.mark.parametrize(
    ("values", "told"),
    [
        (lambda x: (x - x.mean()) / x.std(), "stretched"),
        (lambda x: x / 255 - 0.1307, "stretched"),
        (lambda x: x / 2.55, "values 0…100 scaled"),
        (lambda x: x.astype(np.uint32) * 16_843_009, "values 0…4,294,967,295 scaled"),
        (lambda x: x - x.mean(), "stretched"),
        (lambda x: np.stack([x, np.full_like(x, 255)], axis=-1), "colors averaged"),
        (lambda x: (x / 255).astype(np.float16), ""),
    ],
)
def test_values(tmp_path: Path, many: Digits, values, told: str) -> None:
    frames = many[0].copy()
    frames[0, 10, 10] = 255
    path = write(tmp_path / "a.npz", npz(images=values(frames), labels=many[1]))
    check_reading(path, (frames, many[1]), told, atol=0.003)


@pytest.mark.parametrize("form", ["v4", "cells", "a class an array", "columns", "one-hot"])
def test_mat_files_of_others(tmp_path: Path, many: Digits, form: str) -> None:
    frames, labels = many
    flat, order, path = frames.reshape(MANY, -1), np.argsort(labels, kind="stable"), tmp_path / "a.mat"
    document = {
        "v4": {"X": flat.astype(float), "y": labels[:, None]},
        "cells": {"images": flat, "labels": np.array([str(label) for label in labels], object)},
        "a class an array": {f"train{digit}": flat[labels == digit] for digit in range(10)},
        "columns": {"data": flat.T, "label": labels[None]},
        "one-hot": {"trainImages": flat.T, "trainTargets": np.eye(10)[labels].T},
    }[form]
    scipy.io.savemat(path, document, format="4" if form == "v4" else "5")
    found = read_dataset(path)
    if form == "a class an array":
        frames, labels = frames[order], labels[order]
    check_reading(path, (frames, labels), " · ".join(found.guesses))


def test_damaged_level_4_files_are_refused(tmp_path: Path, many: Digits) -> None:
    scipy.io.savemat(tmp_path / "a.mat", {"X": many[0].reshape(MANY, -1), "y": many[1]}, format="4")
    good = (tmp_path / "a.mat").read_bytes()
    for data in (good[:-8], good[:4] + struct.pack("<I", 2**31) + good[8:]):
        refuse(write(tmp_path / "bad.mat", data), "damaged or cut off")


@pytest.mark.parametrize("form", ["words", "file names", "quotes", "ends", "bars", "Weka"])
def test_tables_with_text_in_them(tmp_path: Path, many: Digits, form: str) -> None:
    frames, labels = many
    names = [f"pixel{place}" for place in range(784)]
    separator, end, path = "|" if form == "bars" else ",", "," if form == "ends" else "", tmp_path / "a.csv"
    rows = []
    for number, (label, row) in enumerate(zip(labels, frames.reshape(MANY, -1).tolist(), strict=True)):
        shown = SPELLED[label] if form == "words" else f"'{label}'" if form == "quotes" else str(label)
        before = [f"img_{number}.png"] if form == "file names" else []
        rows.append(separator.join([*before, shown, *map(str, row)]) + end + "\n")
    head = separator.join((["file"] if form == "file names" else []) + ["Label", *names]) + end + "\n"
    if form == "Weka":
        head = "@RELATION digits\n" + "".join(f"@ATTRIBUTE {name} NUMERIC\n" for name in ["class", *names]) + "@DATA\n"
    write(path, head + "".join(rows))
    check_reading(path, many, "columns of text left out" if form == "file names" else "")


@pytest.mark.parametrize(
    "name",
    ["data/train/{label}/{number}.png", "mnist/training/{label}/{number}.PNG", "class{label}/writer/{number}.png",
     "img{number:04}_{label}.png", "images/{label}-{number}.png", "train_images/{word}/{number}.png"],
)  # fmt: skip
def test_images_in_other_places(tmp_path: Path, many: Digits, name: str) -> None:
    write_images(tmp_path, many, name)
    assert sorted(read_dataset(tmp_path).labels.tolist()) == sorted(many[1][:20].tolist())


@pytest.mark.parametrize("form", ["header", "stems", "blanks", "in order"])
def test_images_with_their_labels_in_a_table(tmp_path: Path, many: Digits, form: str) -> None:
    write_images(tmp_path, many, "images/{number:03}.png" if form == "stems" else "{number:03}.png")
    line = {"header": "{k:03}.png,{y}", "stems": "{k:03};{y}", "blanks": "{k:03}.png {y}", "in order": "{y}"}[form]
    lines = [line.format(k=k, y=label) for k, label in enumerate(many[1][:20])]
    head = {"header": ["\ufefffile,label"], "stems": ["id;class"]}.get(form, [])
    write(tmp_path / "labels.csv", "\r\n".join(head + lines))
    check_reading(tmp_path, (many[0][:20], many[1][:20]), "labels: labels.csv", atol=0.005)


def test_folders_that_count_from_one(tmp_path: Path, many: Digits) -> None:
    frames, labels = many[0][:20], many[1][:20]
    write_images(tmp_path, (frames, labels + 1), "Sample{label:03}/{number}.png")
    reading = read_digits(tmp_path)
    assert len(reading.images) == 20
    assert "10 read as 0" in reading.told
    doubt = find_doubt(reading)
    assert doubt is not None
    assert "shifted by one" in doubt.looks
    other = read_digits(tmp_path, ReadOptions(label_shift=-1))
    assert sorted(other.labels.tolist()) == sorted(labels.tolist())


def write_images(root: Path, many: Digits, name: str) -> None:
    for number, (frame, label) in enumerate(list(zip(*many, strict=True))[:20]):
        path = root / name.format(number=number, label=label, word=SPELLED[label % 10].title())
        path.parent.mkdir(parents=True, exist_ok=True)
        Image.fromarray(255 - frame).save(path)


def test_a_folder_of_data_files(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    write(tmp_path / "mnist.npz", npz(x_train=frames, y_train=labels, x_test=frames[:9], y_test=labels[:9]))
    check_reading(tmp_path, (frames[:9], labels[:9]), "part: test (train left out)", ReadOptions(part="test"))


@pytest.mark.parametrize(
    "document",
    [{"digit": 7}, {"class": "seven"}, {"label": "7"}, {"label": 7.0}, {"LABEL": 7}, {"label": None, "word": "7"}],
)
def test_labels_of_drawings(tmp_path: Path, document: dict[str, object]) -> None:
    key = "STROKES" if "LABEL" in document else "strokes"
    drawing = {**document, key: [[[0, 0], [20, 0], [8, 30]]]}
    for name, text in (("a.jsonl", json.dumps(drawing)), ("a.json", json.dumps([drawing, drawing], indent=1))):
        assert set(read_dataset(write(tmp_path / name, text)).labels.tolist()) == {7}
