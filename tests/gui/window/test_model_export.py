"""File → Export writes in the background, compares, and says what came of it."""

import pytest


@pytest.fixture
def window(plain_window):
    return plain_window


def export(window, qtbot):
    window.menus.actions["exportModelAction"].trigger()
    qtbot.waitUntil(lambda: not window.exports.is_running, timeout=60_000)


def test_a_model_is_exported_as_a_program_that_answers_alike(window, dialogs, qtbot, tmp_path):
    dialogs.export = (tmp_path / "mine", 3)
    told = []
    window.lab.messages.message.connect(told.append)
    export(window, qtbot)
    title, kinds = dialogs.asked[-1]
    assert title == "Export model"
    assert kinds[3] == "NumPy program (*.py)"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["mine.npz", "mine.py"]
    assert told[-1].startswith("Wrote mine.py and mine.npz; NumPy")
    assert "answers 1,000 digits alike" in told[-1]
    assert window.lab.settings.last_folder == str(tmp_path)


def test_a_name_with_another_ending_is_refused_in_a_sentence(window, dialogs, qtbot, tmp_path):
    dialogs.export = (tmp_path / "mine.txt", 3)
    errors = []
    window.lab.messages.error.connect(lambda error: errors.append(str(error)))
    export(window, qtbot)
    assert errors == ["mine.txt should end in .py: NumPy program files do."]
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_there_is_asked_about(window, dialogs, qtbot, tmp_path):
    (tmp_path / "mine.py").write_text("mine")
    dialogs.export, dialogs.replace = (tmp_path / "mine", 3), False
    export(window, qtbot)
    assert dialogs.asked[-1] == tmp_path / "mine.py"
    assert (tmp_path / "mine.py").read_text() == "mine"
