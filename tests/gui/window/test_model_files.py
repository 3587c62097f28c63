"""Models that are saved, opened again, or not saved when the window closes."""

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QListWidget
from window_helpers import model_of

from gui.lab.model_titles import file_name
from gui.window.dialogs import Dialogs, UnsavedChoice


@pytest.fixture
def window(plain_window):
    return plain_window


@pytest.fixture
def many_unsaved(window, monkeypatch):
    """A window with 70 unsaved models, which asks with its real dialog."""
    monkeypatch.setattr(window.lab.autosave, "keep_model", lambda name, model: None)
    for _ in range(70):
        window.lab.models.add_trained(model_of())
    return window


def press_when_asked(qtbot, name, seen):
    """Press a button of the question as soon as it is there."""

    def press():
        dialog = QApplication.activeModalWidget()
        if dialog is None:
            QTimer.singleShot(5, press)
            return
        seen.append(dialog.size())
        button = dialog.findChild(QAbstractButton, name)
        assert dialog.rect().contains(button.mapTo(dialog, button.rect().bottomRight()))
        assert dialog.findChild(QListWidget, "unsavedList").count() == 70
        assert dialog.findChild(QAbstractButton, "keepButton").isDefault()
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)

    QTimer.singleShot(0, press)


def test_closing_with_many_unsaved_models_is_one_question_that_fits_any_screen(many_unsaved, dialogs, qtbot, tmp_path):
    window, seen = many_unsaved, []
    dialogs.ask_unsaved = lambda parent, titles: Dialogs.ask_unsaved(dialogs, parent, titles)
    press_when_asked(qtbot, "cancelButton", seen)
    assert not window.close()
    assert window.isVisible()
    assert seen[0].height() < 500
    dialogs.folder = tmp_path
    (tmp_path / f"{file_name(window.lab.models.unsaved_entries[0].title)}").write_bytes(b"in the way")
    press_when_asked(qtbot, "saveButton", seen)
    assert window.close()
    saved = list(tmp_path.glob("*.safetensors"))
    assert len(saved) == 71
    assert sum(path.read_bytes() == b"in the way" for path in saved) == 1


def test_unsaved_models_may_be_kept_for_next_time(window, open_window, dialogs):
    window.lab.models.add_trained(model_of())
    dialogs.choice = UnsavedChoice.KEEP
    assert window.close()
    assert [entry.model.name for entry in open_window().lab.models.unsaved_entries] == ["softmax"]


def test_a_model_is_saved_under_the_name_that_was_typed_and_a_suffix(window, dialogs, tmp_path):
    window.lab.models.choose(window.lab.models.add_trained(model_of()).key)
    dialogs.save_paths = [tmp_path / "mlp v1.2"]
    window.menus.actions["saveAction"].trigger()
    assert window.lab.models.current.path == tmp_path / "mlp v1.2.safetensors"
    assert window.lab.models.current.title == "mlp v1.2"
    dialogs.asked.clear()
    window.menus.actions["saveAction"].trigger()
    assert dialogs.asked == [], "the second time its file is known"
    # The file dialog has not asked about the name with the suffix.
    dialogs.save_paths, dialogs.replace = [tmp_path / "mlp v1.2"], False
    before = (tmp_path / "mlp v1.2.safetensors").stat().st_mtime_ns
    window.menus.actions["saveAsAction"].trigger()
    assert dialogs.asked[-1] == tmp_path / "mlp v1.2.safetensors"
    assert (tmp_path / "mlp v1.2.safetensors").stat().st_mtime_ns == before


def test_a_saved_model_is_the_recogniser_after_a_restart(window, open_window, dialogs, tmp_path):
    window.lab.models.choose(window.lab.models.add_trained(model_of()).key)
    dialogs.save_paths = [tmp_path / "mine.safetensors"]
    window.menus.actions["saveAction"].trigger()
    window.close()
    second = open_window()
    assert second.findChild(QComboBox, "modelSelector").currentText() == "mine"
    second.close()
    (tmp_path / "mine.safetensors").unlink()
    third = open_window()
    assert third.findChild(QComboBox, "modelSelector").currentText() == third.lab.models.current.title
    assert "mine.safetensors is not there any more" in third.findChild(QLabel, "statusMessage").toolTip()


def test_an_unsaved_model_holds_the_window_until_it_is_decided(window, dialogs, tmp_path):
    window.lab.models.add_trained(model_of())
    dialogs.choice = UnsavedChoice.CANCEL
    assert not window.close()
    assert window.isVisible()
    dialogs.choice = UnsavedChoice.SAVE
    dialogs.save_paths = [tmp_path / "kept.safetensors"]
    assert window.close()
    assert (tmp_path / "kept.safetensors").exists()
