import re
from datetime import datetime
from pathlib import Path

import numpy as np
import pytest
from autosave_helpers import restored_models

from gui.lab.messages import Messages
from gui.lab.model_library import ModelLibrary
from gui.lab.model_titles import epoch_title, file_name, trained_title, with_model_suffix
from gui.services.autosave import Autosave
from gui.services.settings import Settings
from models import DEFAULT_MODEL, PRESETS


class Desk:
    """A library with everything around it, and what it said."""

    def __init__(self, folder, settings=None):
        self.settings = settings if settings is not None else Settings()
        self.unsaved = Autosave(folder)
        self.messages = Messages()
        self.library = ModelLibrary(self.settings, self.unsaved, self.messages)
        self.chosen, self.failed, self.told, self.changes = [], [], [], []
        self.library.chosen.connect(lambda entry: self.chosen.append(entry.key))
        self.library.entries_changed.connect(lambda: self.changes.append(len(self.library.entries)))
        self.messages.error.connect(lambda error: self.failed.append(str(error)))
        self.messages.message.connect(self.told.append)


@pytest.fixture
def desk(qapp, tmp_path):
    made = Desk(tmp_path / "state")
    yield made
    made.unsaved.finish()


def trained(seed=1, name="softmax"):
    preset = PRESETS[name]
    network = preset.build(seed)
    network.store.values[:] = np.random.default_rng(seed).normal(size=network.store.values.shape)
    return preset.model(network, {"validation": {"accuracy": 0.9141}})


def later_models(tmp_path):
    """What the next start finds."""
    later = Desk(tmp_path / "state")
    # Windows that have ended leave their models to the next one.
    later.unsaved.restore_drawing()
    found = restored_models(later.unsaved)
    later.unsaved.finish()
    return found


def answer_of(library):
    return library.current.model.answer(np.eye(20))


def test_a_trained_model_is_saved_and_opened_with_the_same_answers(desk, tmp_path):
    entry = desk.library.add_trained(trained())
    assert re.fullmatch(r"Softmax regression · \d\d:\d\d · accuracy 91\.4 %", entry.title)
    assert desk.library.choose(entry.key)
    before = answer_of(desk.library)
    saved = tmp_path / "mine.safetensors"
    assert desk.library.save(entry, saved)
    assert saved.exists()
    assert desk.library.unsaved_entries == []
    assert desk.library.current.path == saved
    assert desk.settings.recent_models == [str(saved)]
    assert desk.settings.recogniser == str(saved)

    other = Desk(tmp_path / "other", desk.settings)
    assert other.library.open(saved)
    assert other.chosen == [str(saved)]
    np.testing.assert_array_equal(answer_of(other.library), before)


def test_saving_elsewhere_keeps_the_old_file_in_the_list(desk, tmp_path):
    desk.library.choose(desk.library.add_trained(trained()).key)
    for name in ("one", "two"):
        assert desk.library.save(desk.library.current, tmp_path / f"{name}.safetensors")
    keys = [entry.key for entry in desk.library.entries]
    assert keys[-2:] == [str(tmp_path / "one.safetensors"), str(tmp_path / "two.safetensors")]
    assert desk.library.current.key == keys[-1]


@pytest.mark.parametrize("content", [b"", b"hello", b"\x08\0\0\0\0\0\0\0{}      "])
def test_a_foreign_file_is_refused_in_words_and_nothing_changes(desk, tmp_path, content):
    desk.library.choose(desk.library.add_trained(trained()).key)
    before = desk.library.current
    path = tmp_path / "foreign.safetensors"
    path.write_bytes(content)
    assert not desk.library.open(path)
    assert len(desk.failed) == 1
    assert "foreign.safetensors" in desk.failed[0]
    assert desk.library.current is before


def test_a_recent_file_that_is_gone_leaves_the_menu(desk, tmp_path):
    gone = tmp_path / "gone.safetensors"
    desk.settings.recent_models = [str(gone)]
    assert not desk.library.open(gone)
    assert desk.settings.recent_models == []
    assert len(desk.failed) == 1


def test_a_place_that_cannot_be_written_keeps_the_model_unsaved(desk, tmp_path):
    desk.library.choose(desk.library.add_trained(trained()).key)
    (tmp_path / "file").write_text("in the way")
    assert not desk.library.save(desk.library.current, tmp_path / "file" / "model.safetensors")
    assert len(desk.failed) == 1
    assert len(desk.library.unsaved_entries) == 1


def test_unsaved_models_survive_the_program(desk, tmp_path, qtbot):
    desk.library.choose(desk.library.add_trained(trained(1)).key)
    desk.library.add_trained(trained(2, "mlp"))
    before = answer_of(desk.library)
    desk.unsaved.finish()

    later = Desk(tmp_path / "state")
    with qtbot.waitSignal(later.library.unsaved_restored):
        later.library.restore_unsaved()
    first, second = later.library.unsaved_entries
    assert "2 models that you trained" in later.told[0]
    assert second.model.name == "mlp"
    assert later.library.choose(first.key)
    np.testing.assert_array_equal(answer_of(later.library), before)
    later.unsaved.finish()


def test_discarded_models_do_not_come_back(desk, tmp_path):
    desk.library.add_trained(trained())
    desk.library.discard_unsaved()
    desk.unsaved.finish()
    assert later_models(tmp_path) == []


def test_the_model_of_the_last_session_answers_first(desk, tmp_path):
    desk.library.choose(desk.library.add_trained(trained()).key)
    desk.library.save(desk.library.current, tmp_path / "mine.safetensors")
    later = Desk(tmp_path / "later", desk.settings)
    later.library.choose_first()
    assert later.chosen == [str(tmp_path / "mine.safetensors")]
    # It is in the list, and whoever shows the list was told.
    assert later.changes == [len(later.library.entries)]
    assert later.library.entries[-1].title == "mine"
    assert later.told == []


def test_a_model_of_the_last_session_that_is_gone_is_named(desk, tmp_path):
    desk.settings.recogniser = str(tmp_path / "gone.safetensors")
    desk.library.choose_first()
    assert desk.library.current.key == DEFAULT_MODEL
    [sentence] = desk.told
    assert "gone.safetensors is not there any more" in sentence
    assert desk.library.current.title in sentence


def test_a_model_of_the_last_session_that_is_damaged_is_named(desk, tmp_path):
    path = tmp_path / "mine.safetensors"
    path.write_bytes(b"half a fi")
    desk.settings.recogniser = str(path)
    desk.library.choose_first()
    assert desk.library.current.key == DEFAULT_MODEL
    assert len(desk.told) == 1
    assert "mine.safetensors" in desk.told[0]


@pytest.mark.parametrize(
    ("typed", "wanted"),
    [
        ("mlp v1.2", "mlp v1.2.safetensors"),
        ("mine", "mine.safetensors"),
        ("mine.safetensors", "mine.safetensors"),
        ("MINE.SAFETENSORS", "MINE.SAFETENSORS"),
        ("mine.h5", "mine.h5.safetensors"),
    ],
)
def test_every_saved_model_has_the_suffix_of_models(typed, wanted):
    assert with_model_suffix(Path("/x") / typed) == Path("/x") / wanted


def test_a_title_becomes_a_file_name():
    assert file_name("Softmax regression · 09:05 · 91.4 %") == "Softmax regression 09-05 91-4.safetensors"


@pytest.mark.parametrize(
    ("title", "expected"),
    [
        ("Softmax regression · 09:05 · accuracy 91.4 %", "Softmax regression · 09:05, epoch 3"),
        ("Rotation angle · 3 Feb 14:02 · error 3.0° (2)", "Rotation angle · 3 Feb 14:02 (2), epoch 3"),
        ("Softmax regression · in training", "Softmax regression · in training, epoch 3"),
        ("my accuracy 99 %", "my accuracy 99 %, epoch 3"),
    ],
)
def test_an_earlier_epoch_does_not_bear_the_figure_of_the_kept_weights(title, expected):
    assert epoch_title(title, 3) == expected


def test_a_damaged_unsaved_model_does_not_stop_the_start(desk, tmp_path):
    desk.library.add_trained(trained())
    desk.unsaved.finish()
    (desk.unsaved.models_folder / "broken.safetensors").write_bytes(b"half a fi")
    assert len(later_models(tmp_path)) == 1


def test_titles_of_trained_models_differ():
    model, now = trained(), datetime.now().replace(hour=9, minute=5)
    first = trained_title(model, now)
    assert first == "Softmax regression · 09:05 · accuracy 91.4 %"
    assert trained_title(model, now, [first]) == f"{first} (2)"
    assert trained_title(model, datetime(2020, 2, 3, 14, 2)) == "Softmax regression · 3 Feb 14:02 · accuracy 91.4 %"
    angle = PRESETS["angle"].model(PRESETS["angle"].build(), {"validation": {"rmse": 3.0}})
    assert trained_title(angle, now) == "Rotation angle · 09:05 · error 3.0°"
    metrics = {"accuracy": 0.97, "f1": 0.914}
    several = PRESETS["multilabel"].model(PRESETS["multilabel"].build(), {"validation": metrics})
    assert trained_title(several, now) == f"{PRESETS['multilabel'].title} · 09:05 · F1 91.4 %"
    assert trained_title(PRESETS["angle"].model(PRESETS["angle"].build()), now) == "Rotation angle · 09:05"
