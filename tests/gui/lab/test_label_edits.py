"""Labels that the user puts right, and digits left out: kept, undone, and honoured by the next training."""

import json

import numpy as np
import pytest
from fake_training import few_digits

from engine.errors import DataError
from gui.lab.dataset_library import BUNDLED_KEY, DatasetEntry, DatasetLibrary
from gui.lab.label_edits import DatasetEdits, LabelEdits
from gui.services.settings import Settings


@pytest.fixture
def library(qapp):
    """A library whose current data set holds a few digits, and its edits."""
    digits, _ = few_digits()
    edits = LabelEdits()
    library = DatasetLibrary(edits=edits)
    library.add(DatasetEntry("few", "few", lambda: digits))
    library.choose("few")
    return library, edits, digits


def test_the_next_training_takes_new_labels_and_leaves_digits_out(library):
    library, edits, digits = library
    _, training = library.part_source(library.current, "training")()
    _, held_out = library.part_source(library.current, "validation")()
    relabelled, excluded, validated = training[0], training[1], held_out[0]
    wanted = (digits.labels[[relabelled, validated]] + 1) % 10
    for example, digit in zip((relabelled, validated), wanted, strict=True):
        edits.relabel("few", [example], int(digit))
    edits.exclude("few", [excluded])
    first, second = library.split_source()()
    assert first.labels.tolist() == [int(wanted[0]), *digits.labels[training[2:]].tolist()]
    np.testing.assert_array_equal(first.images[1:], digits.images[training[2:]])
    assert second.labels.tolist() == [int(wanted[1]), *digits.labels[held_out[1:]].tolist()]


def test_what_was_loaded_is_never_changed(library):
    library, edits, digits = library
    before = digits.labels.copy()
    edits.relabel("few", range(400), 0)
    assert set(library.split_source()()[0].labels.tolist()) == {0}
    np.testing.assert_array_equal(digits.labels, before)


def test_a_source_keeps_the_edits_of_its_time(library):
    library, edits, _ = library
    source = library.split_source()
    edits.exclude("few", range(10))
    assert sum(map(len, source())) == 400
    assert sum(map(len, library.split_source()())) == 390


def test_every_edit_can_be_undone_and_done_again(qapp):
    edits, heard = LabelEdits(), []
    edits.changed.connect(lambda: heard.append(1))
    edits.relabel("few", [np.int64(3), 4], 7)
    edits.exclude("few", [4])
    edits.exclude("few", [4])
    assert len(heard) == 2, "what changes nothing is no step"
    assert [edits.of("few").text_of(example) for example in (3, 4, 5)] == ["now 7", "left out", ""]
    edits.undo()
    assert edits.of("few") == DatasetEdits({3: 7, 4: 7})
    edits.undo()
    assert not edits.of("few")
    edits.redo()
    edits.redo()
    edits.restore("few", [3])
    assert edits.of("few") == DatasetEdits({4: 7}, frozenset({4}))
    edits.relabel("few", [4], 1)
    assert edits.of("few") == DatasetEdits({4: 1})
    assert not edits.of("other")


def test_edits_outlive_the_window(qapp):
    settings = Settings()
    edits = LabelEdits(settings)
    edits.relabel(BUNDLED_KEY, [12], 0)
    edits.exclude(BUNDLED_KEY, [5, 2])
    edits.exclude("gone", [1])
    edits.undo()
    written = json.loads(json.dumps(settings.label_edits))
    assert list(written) == [BUNDLED_KEY]
    assert LabelEdits(Settings(label_edits=written)).of(BUNDLED_KEY) == DatasetEdits({12: 0}, frozenset({2, 5}))


def test_edits_follow_their_pictures_where_a_data_set_becomes_another(qapp):
    digits, _ = few_digits()
    state, settings = [digits], Settings()
    edits = LabelEdits(settings)
    library = DatasetLibrary(edits=edits)
    library.add(DatasetEntry("few", "few", lambda: state[0]))
    library.choose("few")
    library.part_source(library.current, "all")()
    edits.relabel("few", [7], 3)
    edits.exclude("few", [9])
    # Two digits are put in front, and the one that was left out is gone.
    state[0] = digits.subset(np.array([50, 60, *range(9), *range(10, 400)]))
    library.part_source(library.current, "all")()
    assert edits.of("few") == DatasetEdits({9: 3})
    assert not edits.undo_stack.canUndo()
    np.testing.assert_array_equal(state[0].images[9], digits.images[7])
    # After a restart the first file is back, in another order.
    state[0] = digits.subset(np.arange(400)[::-1])
    again = LabelEdits(Settings(label_edits=json.loads(json.dumps(settings.label_edits))))
    library = DatasetLibrary(edits=again)
    library.add(DatasetEntry("few", "few", lambda: state[0]))
    library.choose("few")
    training, held_out = library.split_source()()
    assert again.of("few") == DatasetEdits({392: 3}, frozenset({390}))
    assert len(training) + len(held_out) == 399


def test_a_damaged_memory_is_left_out(qapp):
    damaged = {
        "few": {
            "labels": {"3": 12, "x": 1, "4": True, "5": 5},
            "excluded": [1, "2", None, -1],
            "marks": {"1": "x"},
            "away": {"4": [3]},
        },
        "more": {"labels": 3},
    }
    edits = LabelEdits(Settings(label_edits=damaged))
    assert edits.of("few") == DatasetEdits({5: 5}, frozenset({1}))
    assert not edits.of("more")


def test_nothing_left_is_told(library):
    library, edits, _ = library
    edits.exclude("few", range(400))
    with pytest.raises(DataError, match="all its digits are left out"):
        library.split_source()()


def test_the_lab_trains_on_edited_digits(lab, library):
    _, _, digits = library
    lab.datasets.add(DatasetEntry("few", "few", lambda: digits))
    lab.datasets.choose("few")
    heard = []
    lab.session.set_data_source = heard.append
    lab.edits.exclude("few", range(50))
    assert sum(map(len, heard[-1]())) == 350
    assert lab.settings.label_edits["few"]["excluded"] == list(range(50))
