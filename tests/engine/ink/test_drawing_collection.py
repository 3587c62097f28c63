"""A drawing file that grows, whatever happens to those who write it."""

import multiprocessing
import os
import signal

import pytest

from engine.ink.drawing import Drawing
from engine.ink.drawing_collection import DrawingCollection, filed, with_filed


def _digit(label, number=0):
    return with_filed(Drawing.from_points([[(0, 0), (label, 5), (1, 9)]], label), number)


def _append_for_ever(path, ready):
    collection = DrawingCollection(path)
    for number in range(100_000):
        collection.append([_digit(number % 10)])
        if number == 5:
            ready.set()


def _append_ten(path, label):
    collection = DrawingCollection(path)
    for _ in range(10):
        collection.append([_digit(label)])


@pytest.fixture
def collection(tmp_path):
    return DrawingCollection(tmp_path / "new folder" / "mine.jsonl")


def test_what_is_appended_is_read_in_its_order(collection):
    assert collection.read().drawings == []
    first, others = _digit(3), [_digit(8, k) for k in range(3)]
    collection.append([first])
    collection.append(others)
    found = collection.read().drawings
    assert [drawing.label for drawing in found] == [3, 8, 8, 8]
    assert [filed(drawing) for drawing in found] == [filed(drawing) for drawing in (first, *others)]


def test_changes_keep_what_another_window_added(collection):
    mine, gone, theirs = _digit(1), _digit(2), _digit(5)
    collection.append([mine, gone])
    DrawingCollection(collection.path).append([theirs])
    changed = Drawing(mine.strokes, 7, mine.extra)
    collection.change({filed(mine): changed, filed(gone): None})
    assert [drawing.label for drawing in collection.read().drawings] == [7, 5]


def test_what_another_window_removed_comes_back_only_when_it_is_added(collection):
    mine = _digit(1)
    collection.append([mine])
    collection.change({filed(mine): None})
    collection.change({filed(mine): Drawing(mine.strokes, 4, mine.extra)})
    assert collection.read().drawings == []
    collection.change({filed(mine): mine}, [filed(mine)])
    assert [drawing.label for drawing in collection.read().drawings] == [1]


@pytest.mark.parametrize("tail", [b'{"label": 3, "strokes": [[[1, 2], [3', b"\x00\x00\x00", b"[1, 2]\n"])
def test_a_damaged_tail_is_set_aside_and_never_dropped(collection, tail):
    collection.append([_digit(6)])
    with collection.path.open("ab") as file:
        file.write(tail)
    collection.append([_digit(9)])
    found = collection.read()
    assert [drawing.label for drawing in found.drawings] == [6, 9]
    assert tail.strip() in collection.damaged_path.read_bytes()


def test_lines_of_other_programs_get_a_key(collection):
    collection.path.parent.mkdir()
    collection.path.write_text('{"label": 3, "strokes": [[[1, 2], [3, 4], [5, 9]]]}\n' * 2)
    keys = [filed(drawing) for drawing in collection.read().drawings]
    assert len(set(keys)) == 2
    assert all(keys)
    assert keys == [filed(drawing) for drawing in collection.read().drawings]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no kill -9")
def test_a_killed_writer_loses_at_most_the_line_under_way(tmp_path):
    context = multiprocessing.get_context("fork")
    path, ready = tmp_path / "mine.jsonl", context.Event()
    writer = context.Process(target=_append_for_ever, args=(path, ready))
    writer.start()
    assert ready.wait(20)
    os.kill(writer.pid, signal.SIGKILL)
    writer.join()
    found = DrawingCollection(path).read()
    assert len(found.drawings) >= 6
    assert [drawing.label for drawing in found.drawings] == [k % 10 for k in range(len(found.drawings))]


def test_two_windows_do_not_tread_on_each_other(tmp_path):
    context = multiprocessing.get_context("spawn" if os.name == "nt" else "fork")
    path = tmp_path / "mine.jsonl"
    writers = [context.Process(target=_append_ten, args=(path, label)) for label in (2, 7)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join(30)
    found = DrawingCollection(path).read()
    assert sorted(drawing.label for drawing in found.drawings) == [2] * 10 + [7] * 10
    assert not found.set_aside
