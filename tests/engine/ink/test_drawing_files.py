import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from engine.errors import DataError
from engine.ink.drawing import Drawing, Stroke
from engine.ink.drawing_files import read_drawings, write_drawings

LINE = '{"label": 3, "strokes": [[[1, 2], [3.5, 4]], [[5, 6]]], "writer": 12, "note": {"a": [1]}}'


@pytest.mark.parametrize("name", ["a.jsonl", "a.jsonl.gz", "zażółć 数.jsonl"])
def test_round_trip_keeps_everything(tmp_path: Path, name: str) -> None:
    pressures = np.array([0.25, 1.0])
    drawings = [
        Drawing(
            (Stroke(np.array([[0.1, 0.2], [0.3, 0.4]]), pressures, 0.07), Stroke(np.array([[0.5, 0.5]]))),
            7,
            {"writer": 3, "name": "Zoë"},
        ),
        Drawing((), None),
    ]
    write_drawings(tmp_path / name, drawings)
    first, second = read_drawings(tmp_path / name)
    assert (first.label, first.extra) == (7, {"writer": 3, "name": "Zoë"})
    np.testing.assert_array_equal(first.strokes[0].points, drawings[0].strokes[0].points)
    assert first.strokes[0].pressures is not None
    np.testing.assert_array_equal(first.strokes[0].pressures, pressures)
    assert first.strokes[1].pressures is None
    assert [stroke.width for stroke in first.strokes] == [0.07, 0.0]
    assert second.label is None
    assert second.is_blank


def test_plain_lines_of_other_programs(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_bytes(b"\xef\xbb\xbf" + LINE.encode() + b'\r\n\r\n{"strokes": [[[1, 2, 99], [3, 4, 105]], []]}')
    first, second = read_drawings(path)
    assert first.extra == {"writer": 12, "note": {"a": [1]}}
    assert first.strokes[0].points.tolist() == [[1, 2], [3.5, 4]]
    assert second.label is None
    assert len(second.strokes) == 1
    write_drawings(path, [first])
    assert json.loads(path.read_text()) == json.loads(LINE)


def test_equal_drawings_give_equal_files(tmp_path: Path) -> None:
    drawing = Drawing.from_points([[(0, 1), (2, 3)]], 4)
    for name in ("a.jsonl.gz", "b.jsonl.gz"):
        write_drawings(tmp_path / name, [drawing])
    assert (tmp_path / "a.jsonl.gz").read_bytes() == (tmp_path / "b.jsonl.gz").read_bytes()


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("", "is empty"),
        ("\n \n", "no drawing"),
        ("hello", "line 1: this is not a drawing"),
        (LINE + "\n" + LINE[:40], "line 2: this is not a drawing"),
        ("[1, 2]", '"strokes"'),
        ('{"label": 1}', '"strokes"'),
        ('{"strokes": 5}', '"strokes"'),
        ('{"strokes": [5]}', "list of points"),
        ('{"strokes": [[1, 2]]}', "list of points"),
        ('{"strokes": [[[1]]]}', "list of points"),
        ('{"strokes": [[["1", "2"]]]}', "list of points"),
        ('{"strokes": [[[NaN, 1]]]}', "finite"),
        ('{"strokes": [[[1e999, 1]]]}', "finite"),
        ('{"strokes": [[[true, 1]]]}', "list of points"),
        ('{"strokes": [[[' + "9" * 400 + ", 1]]]}", "finite"),
        ('{"label": 10, "strokes": []}', "label 10 is not a digit"),
        ('{"label": -1, "strokes": []}', "label -1"),
        ('{"label": "3rd", "strokes": []}', "3rd"),
        ('{"label": 2.5, "strokes": []}', "label 2.5"),
        ('{"label": true, "strokes": []}', "label true"),
        ('{"strokes": [[[1, 2]]], "widths": [1, 2]}', "widths"),
        ('{"strokes": [[[1, 2]]], "pressures": [[1, 2]]}', "pressures"),
        ("[" * 100_000, "not a drawing"),
        ("\x00\x01\x02", "not a text file"),
    ],
)
def test_bad_files_are_refused_in_one_sentence(tmp_path: Path, text: str, words: str) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(text)
    with pytest.raises(DataError, match=words) as caught:
        read_drawings(path)
    assert "bad.jsonl" in str(caught.value)
    assert "\n" not in str(caught.value)


def test_damaged_and_foreign_files_are_refused(tmp_path: Path) -> None:
    good = gzip.compress((LINE + "\n").encode() * 50)
    for name, data in {
        "cut.jsonl.gz": good[:-9],
        "flipped.jsonl.gz": good[:30] + bytes([good[30] ^ 255]) + good[31:],
        "binary.jsonl": bytes(range(128, 256)),
        "empty.jsonl.gz": gzip.compress(b""),
    }.items():
        (tmp_path / name).write_bytes(data)
        with pytest.raises(DataError, match=name):
            read_drawings(tmp_path / name)
    with pytest.raises(DataError, match="no such file"):
        read_drawings(tmp_path / "missing.jsonl")
    with pytest.raises(DataError, match="folder"):
        read_drawings(tmp_path)
