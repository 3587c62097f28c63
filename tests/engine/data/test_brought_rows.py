"""Rows and pictures that are written in another way: sparse, all pixels in one cell, as JSON, in a listed file."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from reader_cases import MANY, Digits, check_reading, refuse, table, write
from sklearn.datasets import dump_svmlight_file

from engine.data import ReadOptions, read_digits
from engine.ink import features_from_image

NAMES = [f"pixel{place}" for place in range(784)]


@pytest.mark.parametrize("from_zero", [True, False])
def test_libsvms_tables(tmp_path: Path, many: Digits, from_zero: bool) -> None:
    frames, labels = many[0].copy(), many[1]
    frames[0, 0, 0] = 255
    path = tmp_path / "mnist.scale"
    dump_svmlight_file(frames.reshape(MANY, -1) / 255, labels, str(path), zero_based=from_zero, comment="a remark")
    # No digit has ink in the last rows: the side is a guess.
    told = f"sparse rows: 28×28 pixels counted from {0 if from_zero else 1}"
    check_reading(path, (frames, labels), told, atol=1e-6)
    shifted = "".join(
        f"{label} " + " ".join(f"{k + 1}:{v / 127.5 - 1:.5f}" for k, v in enumerate(frame.ravel()) if v) + "\n"
        for label, frame in zip(labels, frames, strict=True)
    )
    check_reading(write(tmp_path / "b.txt", shifted), (frames, labels), "pixels left out taken as −", atol=0.01)
    for row in ("5 3:1 4:2 5", "5 3:1 4:2 9999:1", "5 3:1 4:2 -1:1", "5 3:1 4:x"):
        refuse(write(tmp_path / "bad.txt", f"3 1:1 2:2 700:3\n{row}\n"), "line 2 is not a label and pairs")


def sparse_weka(rows: list[list[int]], labels: list[int]) -> str:
    head = "@relation d\n" + "".join(f"@attribute {name} real\n" for name in NAMES) + "@attribute class {0,1}\n@data\n"
    pairs = [", ".join(f"{k} {v}" for k, v in enumerate(row) if v) for row in rows]
    return head + "".join(f"{{{row}, 784 {label}}}\n" for row, label in zip(pairs, labels, strict=True))


def r_table(rows: list[list[int]], labels: list[int]) -> str:
    lines = [
        f'"{k}" "{label}" ' + " ".join(map(str, row)) for k, (row, label) in enumerate(zip(rows, labels, strict=True))
    ]
    return '"label" ' + " ".join(f'"{name}"' for name in NAMES) + "\n" + "\n".join(lines) + "\n"


def one_cell(
    form: Callable[[list[int]], str], head: str, more: str = ""
) -> Callable[[list[list[int]], list[int]], str]:
    return lambda rows, labels: (
        head + "".join(f"{label},{form(row)}{more}\n" for row, label in zip(rows, labels, strict=True))
    )


@pytest.mark.parametrize(
    "text",
    [
        sparse_weka, r_table,
        one_cell(lambda row: " ".join(map(str, row)), "label,pixels,Usage\n", ",Training"),
        one_cell(lambda row: '"' + " ".join(map(str, row)) + '"', ""),
        one_cell(lambda row: f'"{row}"', "label,image\n"),
    ],
    ids=["Weka", "R", "one cell", "no names", "a list"],
)  # fmt: skip
def test_tables_with_rows_of_another_form(
    tmp_path: Path, many: Digits, text: Callable[[list[list[int]], list[int]], str]
) -> None:
    path = write(tmp_path / "a.csv", text(many[0].reshape(MANY, -1).tolist(), many[1].tolist()))
    check_reading(path, many, read_digits(path).told)


@pytest.mark.parametrize("form", ["arrays", "a list", "lines", "columns", "split", "by columns", "wrapped"])
def test_json_of_pixels(tmp_path: Path, many: Digits, form: str) -> None:
    frames, labels = many[0], many[1].tolist()
    rows = frames.reshape(MANY, -1).tolist()
    cells = [dict(zip([*NAMES, "label"], [*row, label], strict=True)) for row, label in zip(rows, labels, strict=True)]
    objects = [{"label": label, "pixels": image} for label, image in zip(labels, frames.tolist(), strict=True)]
    document = {
        "arrays": {"images": rows, "labels": labels},
        "a list": objects,
        "wrapped": {"data": objects},
        "columns": cells,
        "split": {"columns": list(cells[0]), "index": [0], "data": [list(cell.values()) for cell in cells]},
        "by columns": {name: {str(k): cell[name] for k, cell in enumerate(cells)} for name in cells[0]},
    }.get(form)
    text = "\n".join(map(json.dumps, objects)) if document is None else json.dumps(document)
    path = write(tmp_path / "a.json", text)
    check_reading(path, many, read_digits(path).told)
    if form == "lines":
        refuse(write(tmp_path / "bad.json", text.replace(", 0]]", "]]", 1)), "neither drawings nor pixels")


def test_excels_line_remarks_above_and_quoted_decimal_commas(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    rows = frames.reshape(MANY, -1)
    plain = "label;" + ";".join(NAMES) + "\r\n" + table(frames, labels, ";")
    check_reading(write(tmp_path / "a.csv", "sep=;\r\n" + plain), many)
    check_reading(write(tmp_path / "b.csv", "# digits\n# of 2026\n" + plain), many)
    shares = [",".join('"' + f"{pixel / 255:.4f}".replace(".", ",") + '"' for pixel in row) for row in rows]
    text = "".join(f"{label},{row}\n" for label, row in zip(labels, shares, strict=True))
    check_reading(write(tmp_path / "c.csv", text), many)
    bad = plain.replace("\r\n", "\n").split("\n")
    bad[3] = bad[3].replace(";0", ";?", 1)
    refuse(write(tmp_path / "bad.csv", "sep=;\n" + "\n".join(bad)), "line 5 holds “\\?”")


def test_files_counted_up_in_folders_that_say_nothing_are_not_taken_for_digits(tmp_path: Path) -> None:
    for name in ("null", "eins", "zwei"):
        (tmp_path / name).mkdir()
        Image.new("L", (28, 28), 255).save(tmp_path / name / "1.png")
    refuse(tmp_path, "a folder for each digit is needed")


def test_a_table_of_file_names_reads_the_images(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    (tmp_path / "images").mkdir()
    for number, frame in enumerate(frames):
        Image.fromarray(frame).save(tmp_path / "images" / f"{number:03}.png")
    # Not every image is named: the others are of another part.
    lines = "".join(f"images/{number:03}.png,{label}\n" for number, label in enumerate(labels[:20]))
    path = write(tmp_path / "train.csv", "path,digit\n" + lines)
    check_reading(path, (frames[:20], labels[:20]))


def test_pages_of_a_tiff_file_and_pictures_written_as_text(tmp_path: Path, many: Digits) -> None:
    frames, labels = many
    pages, texts = tmp_path / "pages", tmp_path / "texts"
    pages.mkdir()
    texts.mkdir()
    order = np.argsort(labels, kind="stable")
    for digit in range(10):
        first, *others = [Image.fromarray(frame) for frame in frames[labels == digit]]
        first.save(pages / f"{digit}.tif", save_all=True, append_images=others)
    check_reading(pages, (frames[order], labels[order]))
    for number, (frame, label) in enumerate(zip(frames[:12] > 127, labels, strict=False)):
        bits = "\n".join("".join("1" if pixel else "0" for pixel in row) for row in frame)
        write(texts / f"{label}_{number}.txt", bits + "\n")
    (texts / "README.txt").write_text("bits, as they came")
    reading = read_digits(texts, ReadOptions())
    assert reading.labels is not None
    assert reading.labels.tolist() == sorted(labels[:12].tolist())
    expected = [features_from_image(np.uint8(255) * (frame > 127).astype(np.uint8)) for frame in frames[:12]]
    assert sorted(image.sum() for image in reading.images) == pytest.approx(sorted(one.sum() for one in expected))


def test_enlarged_thumbnails_saved_as_jpeg_are_not_blank(tmp_path: Path, many: Digits) -> None:
    for number, (frame, label) in enumerate(zip(many[0][:3], many[1], strict=False)):
        Image.fromarray(frame).resize((112, 112), Image.Resampling.BILINEAR).save(tmp_path / f"{label}_{number}.jpg")
    reading = read_digits(tmp_path)
    assert len(reading.images) == 3
    assert "no ink" not in reading.told
