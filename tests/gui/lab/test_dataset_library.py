"""Data sets that people bring: files with what is known of them, mixtures, the split, and what the settings keep."""

from dataclasses import replace

import numpy as np
import pytest
from fake_training import few_digits
from PySide6.QtCore import QCoreApplication

from gui.lab.dataset_library import BUNDLED_KEY, DatasetEntry, DatasetLibrary
from gui.services.settings import Settings, SettingsFile


@pytest.fixture
def digits():
    return replace(few_digits()[0], name="few")


@pytest.fixture
def file(tmp_path, digits):
    path = tmp_path / "mine.npz"
    np.savez(path, images=digits.images, labels=digits.labels, writers=np.arange(400) % 8)
    return path


def test_everything_is_remembered(file, tmp_path):
    settings = Settings()
    library = DatasetLibrary(settings=settings)
    entry = library.add_file(file, {"mirrored": True, "label_shift": 0})
    mixture = library.add_mixture((BUNDLED_KEY, entry.key), 50)
    library.choose(mixture.key)
    library.set_split(0.3, 5, by_writer=True)
    kept = SettingsFile(tmp_path / "settings.json")
    kept.save(settings)
    later = DatasetLibrary(settings=SettingsFile(kept.path).load())
    assert [one.key for one in later.entries] == [one.key for one in library.entries]
    assert later.current.key == mixture.key
    assert later.entries[1].options == {"mirrored": True, "label_shift": 0}
    assert (later.validation_share, later.seed, later.by_writer) == (0.3, 5, True)
    assert len(later.current.load()) == 100


@pytest.mark.parametrize(
    "document",
    [
        {"current": 3, "files": 7, "mixtures": {}, "share": "x", "seed": True, "by_writer": 1},
        {"files": [{"path": "a\0b"}, 5, {"path": 3}], "mixtures": [{"parts": ["bundled", "gone"]}, {"parts": [1]}]},
        {"files": [{"path": "/x.npz", "options": {"part": "middle", "transpose": "no", "junk": 1}}], "share": 7.0},
    ],
)
def test_a_damaged_memory_is_left_out(document):
    library = DatasetLibrary(settings=Settings(datasets=document))
    assert library.current.key == BUNDLED_KEY
    assert (library.validation_share, library.seed, library.by_writer) == (0.15, None, False)
    assert all(entry.options == {} for entry in library.entries)


def test_a_choice_that_comes_later_is_waited_for(digits, count):
    library = DatasetLibrary(settings=Settings(datasets={"current": "my_digits"}))
    changes = count(library.current_changed)
    assert library.current.key == BUNDLED_KEY
    library.add(DatasetEntry("my_digits", "My digits", lambda: digits))
    assert library.current.key == "my_digits"
    assert len(changes) == 1


def test_a_mixture_goes_with_its_parts(file):
    library = DatasetLibrary()
    entry = library.add_file(file)
    mixture = library.add_mixture((BUNDLED_KEY, entry.key))
    assert mixture.title == "Bundled MNIST digits + mine.npz"
    assert library.add_mixture((BUNDLED_KEY, "gone")) is None
    library.choose(mixture.key)
    library.remove(entry.key)
    assert [one.key for one in library.entries] == [BUNDLED_KEY]
    assert library.current.key == BUNDLED_KEY


def test_writers_stay_together_where_they_are_known(file):
    library = DatasetLibrary()
    library.choose(library.add_file(file).key)
    library.set_split(0.25, 1, by_writer=True)
    training, validation = library.split_source()()
    assert not set(training.writers) & set(validation.writers)
    assert (len(training), len(validation)) == (300, 100)
    library.choose(BUNDLED_KEY)
    assert len(library.split_source()()[1]) == 2500


def test_the_sizes_are_known_once_it_was_read(file, count):
    library = DatasetLibrary()
    assert library.sizes == (8500, 1500)
    library.choose(library.add_file(file).key)
    assert library.sizes is None
    counted = count(library.counted)
    library.set_count(library.current.key, 400)
    assert library.sizes == (340, 60)
    assert len(counted) == 1


def test_a_data_set_is_read_once_while_somebody_holds_it(file):
    entry = DatasetLibrary().add_file(file)
    held = entry.load()
    assert entry.load() is held
    with pytest.raises(ValueError, match="read-only"):
        held.images[0] = 1
    del held
    assert len(entry.load()) == 400


def test_an_import_becomes_the_current_data_set(lab, file, qtbot):
    told, held = [], []
    lab.messages.message.connect(told.append)
    lab.imports.imported.connect(held.append)
    with qtbot.waitSignal(lab.imports.ended, timeout=10_000):
        lab.imports.import_path(file, {"mirrored": True})
    assert lab.datasets.current.path == file
    assert lab.datasets.sizes == (340, 60)
    # What was asked for is done, and what looks wrong about it is said.
    (said,) = told
    assert said.startswith("400 digits of mine.npz are the data set now, read as: mirrored. The digits look mirrored")
    assert lab.datasets.current.load() is held[0]


def test_a_refused_file_changes_nothing(lab, tmp_path, qtbot):
    page = tmp_path / "train.npz"
    page.write_text("<!doctype html><title>Not found</title>")
    errors = []
    lab.messages.error.connect(errors.append)
    with qtbot.waitSignal(lab.imports.ended, timeout=10_000):
        lab.imports.import_path(page)
    assert "web page" in str(errors[0])
    assert [entry.key for entry in lab.datasets.entries] == [BUNDLED_KEY]


def test_an_import_can_be_cancelled(lab, file, qtbot):
    lab.imports.import_path(file)
    assert lab.imports.is_running
    lab.imports.cancel()
    assert not lab.imports.is_running
    QCoreApplication.processEvents()
    assert lab.datasets.current.key == BUNDLED_KEY
