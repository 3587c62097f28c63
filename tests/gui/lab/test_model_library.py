import re
from datetime import datetime

import numpy as np
import pytest
from PySide6.QtWidgets import QWidget

from gui.lab.model_library import ModelLibrary, trained_title
from gui.services.autosave import Autosave
from gui.services.settings import Settings
from gui.window.dialogs import UnsavedChoice
from models import PRESETS


class Desk:
    """A library with everything around it, and what it said."""

    def __init__(self, qtbot, dialogs, folder, settings=None):
        self.window = QWidget()
        qtbot.addWidget(self.window)
        self.settings = settings if settings is not None else Settings()
        self.dialogs = dialogs
        self.unsaved = Autosave(folder)
        self.library = ModelLibrary(self.window, self.settings, self.dialogs, self.unsaved)
        self.chosen, self.failed, self.told = [], [], []
        self.library.chosen.connect(lambda entry: self.chosen.append(entry.key))
        self.library.failed.connect(lambda error: self.failed.append(str(error)))
        self.library.told.connect(self.told.append)


@pytest.fixture
def desk(qtbot, dialogs, tmp_path):
    dialogs.choice = UnsavedChoice.CANCEL
    made = Desk(qtbot, dialogs, tmp_path / "state")
    yield made
    made.unsaved.finish()


def trained(seed=1, name="softmax"):
    preset = PRESETS[name]
    network = preset.build(seed)
    network.store.values[:] = np.random.default_rng(seed).normal(size=network.store.values.shape)
    return preset.model(network, {"validation": {"accuracy": 0.9141}})


def answer_of(library):
    return library.current.model.answer(np.eye(20))


def test_a_trained_model_is_saved_and_opened_with_the_same_answers(desk, qtbot, tmp_path):
    entry = desk.library.add_trained(trained())
    assert re.fullmatch(r"Softmax regression · \d\d:\d\d · 91\.4 %", entry.title)
    assert desk.library.choose(entry.key)
    before = answer_of(desk.library)
    target = tmp_path / "mine"
    desk.dialogs.save_paths = [target]
    assert desk.library.save()
    saved = target.with_suffix(".safetensors")
    assert saved.exists()
    assert desk.library.unsaved_entries == []
    assert desk.library.current.path == saved
    assert desk.settings.recent_models == [str(saved)]
    assert desk.settings.recogniser == str(saved)

    other = Desk(qtbot, desk.dialogs, tmp_path / "other", desk.settings)
    other.dialogs.open_path = saved
    assert other.library.open()
    assert other.chosen == [str(saved)]
    np.testing.assert_array_equal(answer_of(other.library), before)


def test_saving_again_needs_no_question(desk, tmp_path):
    desk.library.choose(desk.library.add_trained(trained()).key)
    desk.library.save_as(tmp_path / "one.safetensors")
    desk.dialogs.asked.clear()
    assert desk.library.save()
    assert desk.dialogs.asked == []


def test_save_as_keeps_the_old_file_in_the_list(desk, tmp_path):
    desk.library.choose(desk.library.add_trained(trained()).key)
    desk.library.save_as(tmp_path / "one.safetensors")
    desk.library.save_as(tmp_path / "two.safetensors")
    keys = [entry.key for entry in desk.library.entries]
    assert keys[-2:] == [str(tmp_path / "one.safetensors"), str(tmp_path / "two.safetensors")]
    assert desk.library.current.key == keys[-1]


def test_a_dialog_that_is_left_changes_nothing(desk):
    entry = desk.library.add_trained(trained())
    desk.library.choose(entry.key)
    assert not desk.library.save()
    assert not desk.library.open()
    assert desk.library.unsaved_entries == [entry]
    assert not desk.failed


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
    assert not desk.library.save_as(tmp_path / "file" / "model.safetensors")
    assert len(desk.failed) == 1
    assert len(desk.library.unsaved_entries) == 1


def test_unsaved_models_survive_the_program(desk, qtbot, tmp_path):
    desk.library.choose(desk.library.add_trained(trained(1)).key)
    desk.library.add_trained(trained(2, "mlp"))
    before = answer_of(desk.library)
    desk.unsaved.finish()

    later = Desk(qtbot, desk.dialogs, tmp_path / "state")
    later.library.restore_unsaved()
    first, second = later.library.unsaved_entries
    assert "2 models that you trained" in later.told[0]
    assert second.model.name == "mlp"
    assert later.library.choose(first.key)
    np.testing.assert_array_equal(answer_of(later.library), before)
    later.unsaved.finish()


def test_closing_asks_once_for_all(desk, tmp_path):
    assert desk.library.resolve_unsaved()
    assert desk.dialogs.asked == []
    desk.library.add_trained(trained(1))
    desk.library.add_trained(trained(2))
    assert not desk.library.resolve_unsaved()
    assert desk.dialogs.asked == [[entry.title for entry in desk.library.unsaved_entries]]

    desk.dialogs.choice = UnsavedChoice.SAVE
    desk.dialogs.save_paths = [tmp_path / "a.safetensors"]
    assert not desk.library.resolve_unsaved(), "the second name was refused, so the window stays"
    assert len(desk.library.unsaved_entries) == 1
    desk.dialogs.save_paths = [tmp_path / "b.safetensors"]
    assert desk.library.resolve_unsaved()
    assert (tmp_path / "a.safetensors").exists()
    assert (tmp_path / "b.safetensors").exists()
    desk.unsaved.finish()
    assert desk.unsaved.restore_models() == []


def test_discarded_models_do_not_come_back(desk):
    desk.library.add_trained(trained())
    desk.dialogs.choice = UnsavedChoice.DISCARD
    assert desk.library.resolve_unsaved()
    desk.unsaved.finish()
    assert desk.unsaved.restore_models() == []


def test_the_model_of_the_last_session_answers_first(desk, qtbot, tmp_path):
    desk.library.choose(desk.library.add_trained(trained()).key)
    desk.library.save_as(tmp_path / "mine.safetensors")
    later = Desk(qtbot, desk.dialogs, tmp_path / "later", desk.settings)
    later.library.choose_first()
    assert later.chosen == [str(tmp_path / "mine.safetensors")]


def test_a_damaged_unsaved_model_does_not_stop_the_start(desk):
    desk.library.add_trained(trained())
    desk.unsaved.finish()
    (desk.unsaved.models_folder / "broken.safetensors").write_bytes(b"half a fi")
    assert len(desk.unsaved.restore_models()) == 1


def test_titles_of_trained_models_differ():
    model, now = trained(), datetime.now().replace(hour=9, minute=5)
    first = trained_title(model, now)
    assert first == "Softmax regression · 09:05 · 91.4 %"
    assert trained_title(model, now, [first]) == f"{first} (2)"
    assert trained_title(model, datetime(2020, 2, 3, 14, 2)) == "Softmax regression · 3 Feb 14:02 · 91.4 %"
    angle = PRESETS["angle"].model(PRESETS["angle"].build(), {"validation": {"rmse": 3.0}})
    assert trained_title(angle, now) == "Rotation angle · 09:05"
