"""The network editor through real events, and Train that trains what is edited."""

import pytest
from PySide6.QtCore import QEventLoop, QPoint, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLabel, QLineEdit

from gui.theme.manager import ThemeManager
from gui.workspaces.train.editor.network_editor import NetworkEditor
from gui.workspaces.train.workspace import TrainWorkspace
from models import PRESETS
from models.presets.own import as_own
from models.presets.own_files import all_presets


@pytest.fixture
def themes(qapp):
    return ThemeManager(qapp, "light")


@pytest.fixture
def editor(qtbot, themes):
    editor = NetworkEditor(themes, PRESETS, as_own(PRESETS["cnn"]))
    qtbot.addWidget(editor)
    editor.show()
    yield editor
    editor.shut_down()


def kinds(editor):
    return [row.kind for row in editor.draft.rows]


def click(editor, name):
    QTest.mouseClick(editor.findChild(QAbstractButton, name), Qt.MouseButton.LeftButton)


def metric(editor):
    return editor.findChild(QLabel, "parameterCount").text()


def choose_kind(editor, kind):
    box = editor.findChild(QComboBox, "layerKind")
    box.setCurrentIndex(box.findData(kind))


def type_into(editor, name, text):
    line = editor.form.findChild(QLineEdit, name)
    line.setFocus()
    line.selectAll()
    QTest.keyClicks(line, text)


def wait_for(true, milliseconds=4000):
    loop = QEventLoop()
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: true() and loop.quit())
    timer.start()
    QTimer.singleShot(milliseconds, loop.quit)
    loop.exec()
    timer.stop()
    assert true()


def test_layers_are_added_behind_the_chosen_one_and_removed(editor):
    assert metric(editor) == "108,618 parameters"
    editor.table.selectRow(4)
    choose_kind(editor, "dense")
    click(editor, "addLayerButton")
    assert kinds(editor)[4:6] == ["flatten", "dense"]
    assert editor.row == 5
    assert metric(editor) == f"{4_800 + 801 * 64 + 65 * 128 + 1_290:,} parameters"
    QTest.keyClick(editor.table, Qt.Key.Key_Delete)
    assert kinds(editor) == [row.kind for row in as_own(PRESETS["cnn"]).draft.rows]
    click(editor, "undoNetworkButton")
    assert kinds(editor)[5] == "dense"
    click(editor, "redoNetworkButton")
    assert metric(editor) == "108,618 parameters"


def test_zero_hidden_layers_are_left_when_all_are_removed(editor):
    for _ in range(6):
        editor.table.selectRow(0)
        click(editor, "removeLayerButton")
    assert kinds(editor) == []
    assert metric(editor) == "4,010 parameters"
    assert not editor.findChild(QAbstractButton, "removeLayerButton").isEnabled()
    assert editor.model.title(0) == "Output flattened, 10"
    assert not editor.model.analysis.errors


def test_keys_move_a_row_and_ctrl_z_moves_it_back(editor):
    editor.table.selectRow(0)
    QTest.keyClick(editor.table, Qt.Key.Key_Down, Qt.KeyboardModifier.AltModifier)
    assert kinds(editor)[:2] == ["max_pool2d", "conv2d"]
    assert editor.row == 1
    QTest.keyClick(editor.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
    QTest.keyClick(editor.table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)  # the first one stays
    assert kinds(editor)[:2] == ["conv2d", "max_pool2d"]
    click(editor, "layerDownButton")
    QTest.keyClick(editor.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert kinds(editor)[:2] == ["conv2d", "max_pool2d"]


def drag(editor, row, place, *, end=QTest.mouseRelease):
    """Press on a row, move as a hand does, and let go above the middle of another one."""
    table, viewport = editor.table, editor.table.viewport()
    start = table.visualRect(editor.model.index(row, 0)).center()
    target = table.visualRect(editor.model.index(place, 0)).center() - QPoint(0, 3)
    QTest.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    for part in (0.3, 0.7, 1.0):
        QTest.mouseMove(viewport, start + (target - start) * part)
    end(viewport, Qt.MouseButton.LeftButton, pos=target)


def test_a_row_is_dragged_to_another_place(editor):
    drag(editor, 5, 1)
    assert kinds(editor)[:3] == ["conv2d", "dense", "max_pool2d"]
    drag(editor, 0, 6)  # above the output: the last of the hidden ones
    assert kinds(editor)[0] == "dense"
    assert kinds(editor)[-1] == "conv2d"
    before = kinds(editor)
    drag(editor, 6, 0)  # the output stays where it is
    drag(editor, 2, 3)  # to where it is
    drag(editor, 0, 3, end=lambda viewport, *_, **__: QTest.keyClick(editor.table, Qt.Key.Key_Escape))
    QTest.mouseRelease(editor.table.viewport(), Qt.MouseButton.LeftButton)
    assert kinds(editor) == before
    QTest.keyClick(editor.table, Qt.Key.Key_Z, Qt.KeyboardModifier.ControlModifier)
    assert kinds(editor)[:3] == ["conv2d", "dense", "max_pool2d"]


def test_a_wrong_row_says_why_beside_itself_and_the_rest_is_computed(editor):
    heard = []
    editor.edited.connect(lambda preset, fault: heard.append(fault))
    editor.table.selectRow(1)
    type_into(editor, "pool_sizeSetting", "50")
    cell = editor.model.index(1, 1)
    assert "at least 50" in editor.model.data(cell)
    assert editor.table.columnSpan(1, 1) == 4
    assert editor.model.data(editor.model.index(5, 1)) == "128"
    assert "at least 50" in editor.form.findChild(QLabel, "layerError").text()
    assert heard[-1] == "Row 2 of the network is wrong."
    assert not editor.findChild(QAbstractButton, "saveNetworkButton").isEnabled()
    type_into(editor, "pool_sizeSetting", "2")
    assert heard[-1] == ""
    assert metric(editor) == "108,618 parameters"
    click(editor, "undoNetworkButton")
    assert not editor.history.can_undo  # typing into one field is one step


def test_settings_and_losses_of_the_engine_are_chosen(editor):
    editor.table.selectRow(5)
    for name, text in (("activationSetting", "tanh"), ("kernel_initializerSetting", "orthogonal")):
        box = editor.form.findChild(QComboBox, name)
        box.setCurrentIndex(box.findText(text))
    penalty = editor.form.findChild(QComboBox, "kernel_regularizerSetting")
    penalty.setCurrentIndex(penalty.findText("L2"))
    settings = editor.draft.rows[5].settings
    assert (settings["activation"], settings["kernel_initializer"]) == ("tanh", "orthogonal")
    assert settings["kernel_regularizer"] == {"l1": 0.0, "l2": 0.001}
    loss = editor.findChild(QComboBox, "lossSetting")
    loss.setCurrentIndex(loss.findData("kl_divergence"))
    loss.activated.emit(loss.currentIndex())
    assert editor.preset.loss().kind == "kl_divergence"
    assert "softmax" in editor.model.title(6)


def test_times_are_measured_in_the_background(editor):
    wait_for(lambda: editor.model.times is not None)
    shares = [editor.model.data(editor.model.index(row, 4)) for row in range(7)]
    assert shares[1] == "with ↑"
    assert sum(int(share.rstrip(" %")) for share in shares if share.endswith("%")) in range(97, 104)


def test_code_is_shown_and_copied(editor):
    click(editor, "networkCodeButton")
    view = editor.findChild(QComboBox, "codeLanguage").window()
    assert "from engine import" in view.text.toPlainText()
    view.language.setCurrentText("PyTorch")
    QTest.mouseClick(view.findChild(QAbstractButton, "copyCodeButton"), Qt.MouseButton.LeftButton)
    assert "nn.Module" in QApplication.clipboard().text()


@pytest.fixture
def train(qtbot, themes, lab):
    workspace = TrainWorkspace(lab, themes)
    qtbot.addWidget(workspace)
    workspace.show()
    click(workspace, "editNetworkButton")
    yield workspace
    workspace.shut_down()


def test_what_is_edited_is_what_train_trains_and_is_kept_under_a_name(train):
    editor, form = train.editor.editor, train.panel.form
    editor.table.selectRow(0)
    choose_kind(editor, "dense")
    click(editor, "addLayerButton")
    assert form.selector.currentData() == "edited"
    assert form.preset.draft == editor.draft
    assert f"{editor.preset.parameter_count:,}" in form.findChild(QLabel, "presetDescription").text()
    remembered = train.collect_values()
    type_into_units = editor.form.findChild(QLineEdit, "unitsSetting")
    type_into_units.selectAll()
    QTest.keyClicks(type_into_units, "0")
    assert form.config is None
    assert not train.panel.train_button.isEnabled()
    assert "Network" in form.refused
    click(editor, "undoNetworkButton")
    assert form.config is not None
    editor.name_line.setText("Kept net")
    click(editor, "saveNetworkButton")
    assert form.selector.currentData() == "kept-net"
    assert form.selector.findData("edited") < 0
    assert "kept-net" in all_presets()
    train.apply_values(remembered)
    assert form.preset.name == "edited"
    assert len(form.preset.draft.rows) == 2
