"""Kept runs on disk: written as training goes on, listed from their folders alone, never fatal when damaged."""

import json
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import numpy as np
import pytest

from engine.data import bundled_split
from engine.errors import DataError
from engine.storage.runs.run_recorder import RunRecorder
from engine.storage.runs.run_store import RunStore
from engine.training.callbacks import Callback
from engine.training.trainer import Trainer
from models import PRESETS
from models.recipes.epoch_copies import UnfinishedModel
from models.recipes.kept_runs import begin_recording, new_entry, preset_of, resumed_config, run_data

SOFTMAX = PRESETS["softmax"]


class Death(BaseException):
    """Stands for the end of the process: nothing after it is written."""


class DiesInEpoch(Callback):
    """Ends the process in the middle of an epoch."""

    def __init__(self, epoch):
        self.epoch = epoch

    def on_batch_end(self, run, batch):
        if batch.epoch == self.epoch and run.state.batch == 1:
            raise Death


@cache
def digits():
    training, validation = bundled_split()
    return training.subset(np.arange(200)), validation.subset(np.arange(50))


def config_of(preset=SOFTMAX, **settings):
    return replace(preset.defaults, **{"epochs": 4, "batch_size": 50, "augment": False, "threads": 1, **settings})


def train(config, *callbacks, resumed=None, told=None):
    """Train and keep it; the recorder and the network."""
    training, validation = digits()
    network = SOFTMAX.build(config.seed, refuse=config.refuse)
    rng = np.random.default_rng(config.seed)
    examples, held_out = SOFTMAX.prepare(training, rng), SOFTMAX.prepare(validation, rng)
    recorder = RunRecorder(UnfinishedModel(SOFTMAX, network, "few", 200), (told if told is not None else []).append)
    trainer = Trainer(network, config, callbacks=[recorder, *callbacks])
    with recorder:
        begin_recording(recorder, trainer, SOFTMAX, config, run_data(SOFTMAX, training, validation), resumed)
        trainer.fit(*examples, held_out)
    return recorder, network


def the_run():
    [(folder, entry)], damaged = RunStore().list()
    assert not damaged
    return folder, entry


def test_a_run_is_kept_with_all_that_it_needs():
    recorder, network = train(config_of())
    folder, entry = the_run()
    assert recorder.kept_as == entry.run_id == folder.run_id
    assert (entry.preset, entry.outcome, folder.state(entry)) == ("softmax", "completed", "completed")
    assert entry.training_config() == config_of()
    assert entry.started <= entry.ended
    assert [event.epoch for event in folder.epochs()] == [1, 2, 3, 4]
    assert folder.epochs()[-1].validation_metrics["accuracy"] > 0.3
    np.testing.assert_array_equal(folder.model().network.store.values, network.store.values)
    assert np.isfinite(folder.model(best=True).network.store.values).all()
    assert json.loads((folder.path / "run.json").read_text())["data"]["images"] == 200
    [curve] = ElementTree.parse(folder.path / "curve.svg").getroot()
    heights = [float(point.split(",")[1]) for point in curve.get("points").split()]
    losses = [event.validation_loss for event in folder.epochs()]
    # Downwards on the paper is a smaller loss.
    assert np.argsort(heights).tolist() == np.argsort(losses)[::-1].tolist()


@pytest.mark.parametrize("settings", [{}, {"restore_best": True, "patience": 3}, {"schedule": "cosine"}])
def test_a_cut_run_goes_on_to_the_bit(settings):
    config = config_of(**settings)
    _, whole = train(config)
    whole_folder, _ = the_run()
    epochs = whole_folder.epochs()
    RunStore().delete(whole_folder.run_id)
    with pytest.raises(Death):
        train(config, DiesInEpoch(3))
    folder, entry = the_run()
    assert (folder.state(entry), entry.ended) == ("cut off", "")
    assert [event.epoch for event in folder.epochs()] == [1, 2]
    _, network = train(resumed_config(folder, entry), resumed=folder)
    again, entry = the_run()
    assert again.path == folder.path
    assert entry.outcome == "completed"
    np.testing.assert_array_equal(network.store.values, whole.store.values)
    assert [(event.epoch, event.loss) for event in again.epochs()] == [(event.epoch, event.loss) for event in epochs]


def test_lines_after_the_checkpoint_are_cut_and_a_torn_line_is_left_out():
    with pytest.raises(Death):
        train(config_of(), DiesInEpoch(3))
    folder, entry = the_run()
    lines = (folder.path / "epochs.jsonl").read_bytes()
    (folder.path / "epochs.jsonl").write_bytes(lines + lines.splitlines(keepends=True)[-1] + b'{"epoch": 4, "lo')
    assert len(folder.epochs()) == 3
    train(resumed_config(folder, entry), resumed=folder)
    assert [event.epoch for event in folder.epochs()] == [1, 2, 3, 4]


def test_a_run_that_has_ended_goes_on_only_for_more_epochs():
    train(config_of())
    folder, entry = the_run()
    with pytest.raises(DataError, match="has come to its end"):
        resumed_config(folder, entry)
    train(resumed_config(folder, entry, 2), resumed=folder)
    folder, entry = the_run()
    assert [event.epoch for event in folder.epochs()] == [1, 2, 3, 4, 5, 6]
    assert entry.config["epochs"] == 6


def test_other_digits_are_refused():
    train(config_of())
    folder, entry = the_run()
    training, validation = digits()
    other = run_data(SOFTMAX, validation, training)
    recorder = RunRecorder(lambda run: None, [].append)
    with pytest.raises(DataError, match="learned from other digits"):
        begin_recording(recorder, None, SOFTMAX, entry.training_config(), other, folder)


def test_a_damaged_folder_is_named_and_the_others_are_listed():
    train(config_of(epochs=1))
    store = RunStore()
    for name, text in (("cut", "{"), ("list", "[1]"), ("foreign", '{"format": "digitlab run 1", "preset": 3}')):
        (store.root / name).mkdir()
        (store.root / name / "run.json").write_text(text)
    (store.root / "empty").mkdir()
    runs, damaged = store.list()
    assert len(runs) == 1
    assert set(damaged) == {"cut", "list", "foreign", "empty"}
    assert all(name in sentence for name, sentence in damaged.items())
    with pytest.raises(DataError, match="damaged"):
        store.find("cut").entry()


def test_delete_can_be_taken_back_and_spares_a_run_under_way():
    train(config_of(epochs=1))
    store, (folder, entry) = RunStore(), the_run()
    store.delete(entry.run_id)
    assert store.list() == ([], {})
    store.restore(entry.run_id)
    assert the_run()[1] == entry
    other = store.find(entry.run_id)
    other.lock()
    assert folder.under_way
    with pytest.raises(DataError, match="under way"):
        store.delete(entry.run_id)
    with pytest.raises(DataError, match="under way"):
        folder.lock()
    other.unlock()
    assert not folder.under_way
    for name in ("", ".", "..", "../digits", ".deleted"):
        with pytest.raises(DataError, match="There is no run"):
            store.delete(name)


def test_name_note_and_star_are_kept():
    train(config_of(epochs=1))
    store, (_, entry) = RunStore(), the_run()
    before = store.change(entry.run_id, name="first try", note="rate too high?", star=True)
    assert before == entry
    assert the_run()[1] == replace(entry, name="first try", note="rate too high?", star=True)
    assert store.find("first try").run_id == store.find(entry.run_id[:-1]).run_id == entry.run_id
    with pytest.raises(DataError, match="no run 'second'"):
        store.find("second")


def test_the_best_weights_are_kept_when_later_epochs_are_worse():
    # A rate that grows too large after a good start: the best epoch is not the last one.
    best = []

    class Overdo(Callback):
        def on_epoch_end(self, run, event):
            run.optimizer.learning_rate = 0.01 if event.epoch < 2 else 30.0
            if event.best:
                best[:] = [event.epoch, run.network.store.values.copy()]

    _, network = train(config_of(epochs=5), Overdo())
    folder, _ = the_run()
    assert best[0] < 5
    np.testing.assert_array_equal(folder.model(best=True).network.store.values, best[1])
    np.testing.assert_array_equal(folder.model().network.store.values, network.store.values)


def test_a_place_that_is_no_folder_is_told_once_and_training_goes_on():
    store = RunStore()
    store.root.parent.mkdir(parents=True)
    store.root.write_text("a file")
    told = []
    recorder, network = train(config_of(), told=told)
    [sentence] = told
    assert "cannot be kept" in sentence
    assert sentence.endswith("Training goes on.")
    assert recorder.kept_as == ""
    assert np.isfinite(network.store.values).all()


def test_a_run_without_a_step_leaves_nothing():
    class Stop(Callback):
        def on_train_begin(self, run):
            run.control.stop()

    train(config_of(), Stop())
    assert RunStore().list() == ([], {})


def test_an_entry_knows_the_two_digits_of_logistic():
    preset = PRESETS["logistic"].with_digits(3, 8)
    entry = new_entry(preset, preset.defaults, run_data(preset, *digits()))
    assert preset_of(entry).labels == ("3", "8")
    with pytest.raises(DataError, match="does not have"):
        preset_of(replace(entry, preset="gone"))
