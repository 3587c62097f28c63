"""Models are named, described, deleted and brought back, by the commands of the File menu."""

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QComboBox, QLineEdit, QPlainTextEdit

from engine.storage.model_file import load_model, save_model
from gui.window.model_words_dialog import ModelWordsDialog
from models import DEFAULT_MODEL, PRESETS


def made(seed=1):
    preset = PRESETS["softmax"]
    network = preset.build(seed)
    network.store.values[:] = np.random.default_rng(seed).normal(size=network.store.values.shape)
    return preset.model(network)


def titles(window):
    box = window.findChild(QComboBox, "modelSelector")
    return [box.itemText(index) for index in range(box.count())]


def trigger(window, name):
    window.menus.actions[name].trigger()


@pytest.fixture
def window(plain_window):
    return plain_window


@pytest.fixture
def entry(window):
    entry = window.lab.models.add_trained(made())
    window.lab.models.choose(entry.key)
    return entry


def test_a_trained_model_gets_a_name_and_a_description_that_come_back(window, entry, dialogs, open_window, qtbot):
    dialogs.words = ("For class 5b", "Too few sevens.")
    trigger(window, "describeModelAction")
    assert dialogs.asked == [(entry.title, "")]
    assert "For class 5b" in titles(window)
    box = window.findChild(QComboBox, "modelSelector")
    tip = box.itemData(titles(window).index("For class 5b"), Qt.ItemDataRole.ToolTipRole)
    assert tip == "For class 5b\nToo few sevens."
    window.close_without_asking()
    later = open_window()
    qtbot.waitUntil(lambda: any(title.startswith("For class 5b") for title in titles(later)), timeout=5000)


def test_the_words_of_a_file_are_in_the_file(window, dialogs, tmp_path):
    path = tmp_path / "mine.safetensors"
    save_model(path, made())
    window.lab.models.open(path)
    dialogs.words = ("Mine", "Of a rainy day")
    trigger(window, "describeModelAction")
    assert "Mine" in titles(window)
    stored = load_model(path)
    assert (stored.training["name"], stored.training["description"]) == ("Mine", "Of a rainy day")
    np.testing.assert_array_equal(stored.network.store.values, made().network.store.values)
    dialogs.words = ("", "")
    trigger(window, "describeModelAction")
    assert "mine" in titles(window)
    assert "name" not in load_model(path).training


def test_what_is_deleted_comes_back_where_it_was(window, entry, open_window, qtbot):
    other = window.lab.models.add_trained(made(2))
    before = titles(window)
    trigger(window, "deleteModelAction")
    assert entry.title not in titles(window)
    assert window.lab.models.current.key == DEFAULT_MODEL
    assert other.title in titles(window)
    trigger(window, "bringBackModelAction")
    assert titles(window) == before
    assert window.lab.models.current.key == entry.key
    trigger(window, "deleteModelAction")
    window.close_without_asking()
    later = open_window()
    qtbot.waitUntil(lambda: len(later.lab.models.unsaved_entries) == 1, timeout=5000)
    assert later.lab.models.unsaved_entries[0].key == other.key


def test_a_file_that_is_deleted_from_the_list_stays_on_the_disk(window, tmp_path):
    path = tmp_path / "mine.safetensors"
    save_model(path, made())
    window.lab.models.open(path)
    trigger(window, "deleteModelAction")
    assert "mine" not in titles(window)
    assert path.exists()


def test_shipped_models_stay_as_they_are(window, dialogs, qtbot):
    before = titles(window)
    for name in ("describeModelAction", "deleteModelAction"):
        with qtbot.waitSignal(window.lab.messages.message) as told:
            trigger(window, name)
        assert "not yours to change" in told.args[0]
    with qtbot.waitSignal(window.lab.messages.message) as told:
        trigger(window, "bringBackModelAction")
    assert told.args == ["No model was deleted since the start."]
    assert titles(window) == before
    assert not dialogs.asked


def test_the_dialog_takes_words_from_the_keyboard(qtbot, themes):
    dialog = ModelWordsDialog("old", "")
    qtbot.addWidget(dialog)
    dialog.show()
    QTest.keyClicks(dialog.findChild(QLineEdit, "modelNameField"), "new")
    QTest.keyClicks(dialog.findChild(QPlainTextEdit, "modelDescriptionField"), "good")
    assert dialog.words() == ("new", "good")
