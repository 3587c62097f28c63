"""What the tabs share besides the drawing and the models: selection, epoch, data sets, runs."""

import gc
import threading
import weakref
from types import SimpleNamespace

import numpy as np
import pytest
from chart_helpers import progress
from fake_training import epoch_ended, few_digits, make_fake, short

from engine.data import bundled_split
from engine.storage.model_file import load_model
from gui.lab.current_epoch import CurrentEpoch
from gui.lab.dataset_library import BUNDLED_KEY, DatasetEntry, DatasetLibrary
from gui.lab.selection import Selection
from gui.lab.training_session import TrainingSession
from models import PRESETS


def test_a_selection_has_a_primary_example_and_says_who_changed_it(count):
    selection = Selection()
    changes = count(selection.changed)
    selection.select([5, 3, 5, np.int64(9)], primary=3, by="evaluate")
    assert (selection.ids, selection.primary, selection.changed_by) == ((5, 3, 9), 3, "evaluate")
    selection.select([5, 3, 9], primary=3, by="data")
    assert len(changes) == 1, "the same selection is no change"
    selection.select([7, 8], primary=3)
    assert (selection.primary, selection.changed_by) == (7, "")
    selection.select([])
    assert (selection.ids, selection.primary) == ((), None)
    assert len(changes) == 3


def test_a_pinned_example_stays_beside_what_is_selected(count):
    selection = Selection()
    changes = count(selection.changed)
    selection.pin(4, by="inspect")
    selection.select([1, 2])
    assert (selection.pinned, selection.ids) == (4, (1, 2))
    selection.clear()
    assert (selection.pinned, selection.ids, selection.primary) == (None, (), None)
    selection.clear()
    assert len(changes) == 3


def started(continued=False, first_epoch=0.0):
    return SimpleNamespace(continued=continued, first_epoch=first_epoch)


def test_the_newest_epoch_is_shown_until_another_is_chosen(count):
    epoch = CurrentEpoch()
    changes = count(epoch.changed)
    assert epoch.shown is None
    epoch.begin_run(started())
    epoch.add_progress(progress(losses=[1.0]))
    assert changes == []
    epoch.add_progress(progress(epochs=[epoch_ended(1), epoch_ended(2)]))
    assert (epoch.stored, epoch.shown, epoch.follows_newest) == ((1, 2), 2, True)
    epoch.show_epoch(1)
    epoch.add_progress(progress(epochs=[epoch_ended(3)]))
    assert (epoch.shown, epoch.follows_newest) == (1, False)
    epoch.show_epoch(17)
    assert epoch.shown == 1
    epoch.follow_newest()
    assert epoch.shown == 3
    assert len(changes) == 4


def test_a_continued_run_adds_epochs_and_a_fresh_one_starts_over():
    epoch = CurrentEpoch()
    epoch.begin_run(started())
    epoch.add_progress(progress(epochs=[epoch_ended(1), epoch_ended(2)]))
    epoch.begin_run(started(continued=True, first_epoch=2.0))
    epoch.add_progress(progress(epochs=[epoch_ended(1)]))
    assert epoch.stored == (1, 2, 3)
    epoch.show_epoch(2)
    epoch.begin_run(started())
    assert (epoch.stored, epoch.shown, epoch.follows_newest) == ((), None, True)


def test_the_bundled_digits_are_split_as_published_scores_want_it():
    training, validation = DatasetLibrary().split_source()()
    wanted_training, wanted_validation = bundled_split()
    np.testing.assert_array_equal(training.images, wanted_training.images)
    np.testing.assert_array_equal(validation.labels, wanted_validation.labels)


def few(name="few"):
    digits, _ = few_digits()
    return DatasetEntry(name, name, lambda: digits)


def test_data_sets_are_added_chosen_and_removed(count):
    library = DatasetLibrary()
    entries, currents = count(library.entries_changed), count(library.current_changed)
    library.add(few())
    assert [entry.key for entry in library.entries] == [BUNDLED_KEY, "few"]
    assert not library.choose("gone")
    assert library.choose("few")
    assert library.choose("few")
    assert (len(entries), len(currents)) == (1, 1)
    library.remove("few")
    assert library.current.key == BUNDLED_KEY
    library.remove(BUNDLED_KEY)
    assert [entry.key for entry in library.entries] == [BUNDLED_KEY]


def test_share_and_seed_decide_the_split(count):
    library = DatasetLibrary()
    library.add(few())
    library.choose("few")
    changes = count(library.current_changed)
    before = library.split_source()
    library.set_split(0.25, 7)
    library.set_split(0.25, 7)
    assert len(changes) == 1
    training, validation = library.split_source()()
    assert (len(training), len(validation)) == (300, 100)
    again = library.split_source()()[1]
    np.testing.assert_array_equal(again.images, validation.images)
    library.set_split(0.25, 8)
    assert not np.array_equal(library.split_source()()[1].images, validation.images)
    assert len(before()[1]) == 60, "a source keeps what was chosen when it was asked for"
    with pytest.raises(ValueError, match="share"):
        library.set_split(0.0, None)


def test_a_file_becomes_a_data_set(tmp_path):
    digits, _ = few_digits()
    path = tmp_path / "mine.npz"
    np.savez(path, images=digits.images, labels=digits.labels)
    library = DatasetLibrary()
    entry = library.add_file(path)
    assert (entry.title, entry.path, library.current.key) == ("mine.npz", path, BUNDLED_KEY)
    library.choose(entry.key)
    training, validation = library.split_source()()
    assert len(training) + len(validation) == 400


@pytest.fixture
def training_lab(make_lab):
    """A lab whose trainer is quick."""

    def make(**settings):
        return make_lab(session=TrainingSession(make_trainer=make_fake(**settings)))

    return make


def run_once(qtbot, lab, **settings):
    preset = PRESETS["softmax"]
    with qtbot.waitSignal(lab.session.finished, timeout=10_000) as signal:
        lab.session.start(preset, short(preset, **settings))
    return signal.args


def test_a_training_takes_the_current_data_set(qtbot, make_lab):
    lab = make_lab()
    lab.datasets.add(few())
    lab.datasets.choose("few")
    lab.datasets.set_split(0.25, 3)
    run_once(qtbot, lab, epochs=1)
    record = lab.runs.newest
    assert (record.started.training_count, record.started.validation_count) == (300, 100)


def test_another_data_set_ends_the_selection(lab):
    lab.selection.select([1, 2, 3])
    lab.datasets.add(few())
    assert lab.selection.ids == (1, 2, 3)
    lab.datasets.choose("few")
    assert lab.selection.ids == ()


def test_runs_are_kept_with_their_epochs_and_their_end(qtbot, training_lab, count):
    lab = training_lab()
    changes = count(lab.runs.changed)
    finished, model = run_once(qtbot, lab, epochs=3)
    record = lab.runs.newest
    assert (record.state, record.title, record.finished, record.model) == (
        "ended",
        "Softmax regression",
        finished,
        model,
    )
    assert [epoch.epoch for epoch in record.epochs] == [1, 2, 3]
    assert record.config.epochs == 3
    assert record.progress.batch_losses.size == 0
    assert lab.epoch.stored == (1, 2, 3)
    assert len(changes) >= 3
    run_once(qtbot, lab, epochs=1)
    assert lab.runs.newest.run_id == 2
    watched = weakref.ref(record.started.model.network)
    del record
    gc.collect()
    assert watched() is None, "an earlier run is on the disk alone"
    assert lab.epoch.stored == (1,)


def test_a_run_under_way_holds_its_examples_and_not_the_data_set_beside_them(qtbot, training_lab):
    lab, loaded, held = training_lab(batch_seconds=0.003), [], []

    def load():
        training, validation = few_digits()
        training = training.subset(np.arange(len(training)))
        loaded.append(weakref.ref(training))
        return training, validation

    lab.session.set_data_source(load)
    lab.session.weights_changed.connect(lambda *_: held.append(loaded[0]()))
    run_once(qtbot, lab, epochs=3)
    assert held
    assert all(one is None for one in held)


def test_a_failed_run_is_kept_as_such(qtbot, training_lab, caplog):
    lab = training_lab(error=RuntimeError("the cable is loose"))
    preset = PRESETS["softmax"]
    with qtbot.waitSignal(lab.session.failed, timeout=10_000):
        lab.session.start(preset, short(preset))
    assert lab.runs.newest.state == "failed"


def test_closing_in_the_middle_of_a_run_ends_it_and_may_be_asked_twice(qtbot, training_lab):
    lab = training_lab(batch_seconds=0.01)
    preset = PRESETS["softmax"]
    with qtbot.waitSignal(lab.session.weights_changed, timeout=10_000):
        lab.session.start(preset, short(preset, epochs=1000))
    assert lab.close(2.0)
    assert lab.close(2.0)
    assert not lab.session.active
    assert [entry.model.name for entry in lab.models.unsaved_entries] == ["softmax"]
    assert not [thread for thread in threading.enumerate() if thread.name.startswith("training")]


def test_closing_after_whole_epochs_keeps_their_model_with_its_record(qtbot, make_lab):
    lab = make_lab()
    lab.session.set_data_source(few_digits)
    preset = PRESETS["softmax"]
    lab.session.start(preset, short(preset, epochs=100_000))
    epochs = []
    lab.session.progressed.connect(lambda news: epochs.extend(news.epochs))
    qtbot.waitUntil(lambda: len(epochs) > 2, timeout=10_000)
    assert lab.close(5.0)
    (kept,) = lab.autosave.models_folder.glob("*.safetensors")
    record = load_model(kept).training
    assert record["epochs"] >= epochs[-1].epoch
    assert "accuracy" in record["validation"]


def test_no_epoch_of_the_run_before_answers_for_the_next_run(qtbot, make_lab):
    lab = make_lab(session=TrainingSession(make_trainer=make_fake()))
    with qtbot.waitSignal(lab.session.finished, timeout=10_000):
        lab.session.start(PRESETS["softmax"], short(PRESETS["softmax"], epochs=2))
    lab.epoch.show_epoch(1)
    # Its weights have another shape: they would be refused.
    with qtbot.waitSignal(lab.session.finished, timeout=10_000):
        lab.session.start(PRESETS["logistic"], short(PRESETS["logistic"], epochs=2))
    assert lab.epoch.follows_newest
    assert lab.classifier.answering.network.count_params() == 401
