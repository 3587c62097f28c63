"""Schedules, early stopping and metrics by form: fields for what the chosen classes can be told."""

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QToolButton

from engine.optimizers.schedules import ReduceOnPlateau
from gui.workspaces.train.form import TrainingForm
from gui.workspaces.train.offered import all_presets, registry_choices


@pytest.fixture
def form(qtbot):
    form = TrainingForm(all_presets(), registry_choices())
    qtbot.addWidget(form)
    form.show()
    form.advanced_button.setChecked(True)
    return form


def typed(editor, text):
    editor.selectAll()
    QTest.keyClicks(editor, text)


def test_the_fields_follow_the_schedule(form):
    schedule, settings = form.fields["schedule"], form.fields["schedule_settings"]
    schedule.set_text("constant")
    assert settings.isHidden()
    schedule.set_text("reduce_on_plateau")
    assert list(settings.editor.editors) == [one.name for one in ReduceOnPlateau.settings()]
    assert settings.isVisible()
    typed(settings.editor.editors["factor"], "0.2")
    assert form.config.schedule_settings == "factor=0.2"
    schedule.set_text("exponential")
    assert list(settings.editor.editors) == ["decay_steps", "decay_rate", "staircase"]
    assert settings.editor.editors["decay_rate"].placeholderText() == "0.5"
    assert form.config.schedule_settings == ""
    typed(settings.editor.editors["decay_steps"], "0")
    assert form.config is None
    assert "at least 1 step" in settings.message
    typed(settings.editor.editors["decay_steps"], "40")
    assert form.config.schedule_settings == "decay_steps=40"
    schedule.set_text("piecewise_constant")
    typed(settings.editor.editors["boundaries"], "100, 200")
    assert "need 3 values" in settings.message
    typed(settings.editor.editors["values"], "0.1, 0.01, 0.001")
    assert form.config.schedule_settings == "boundaries=100,200 values=0.1,0.01,0.001"
    schedule.set_text("exponential")
    kept = form.values()
    form.use_defaults()
    assert form.config.schedule_settings == ""
    form.set_values(kept)
    assert form.config.schedule_settings == "decay_steps=40"


def test_early_stopping_and_metrics(form):
    form.selector.setCurrentIndex(form.selector.findData("softmax"))
    assert form.fields["stopping_settings"].isHidden()
    form.fields["patience"].set_text("4")
    editors = form.fields["stopping_settings"].editor.editors
    assert list(editors) == ["monitor", "min_delta", "mode", "baseline", "start_from_epoch"]
    typed(editors["min_delta"], "0.01")
    typed(editors["monitor"], "val_rmse")
    assert form.config is None
    assert "val_rmse" in form.fields["stopping_settings"].message
    typed(editors["monitor"], "val_accuracy")
    assert form.config.stopping_settings == "monitor=val_accuracy min_delta=0.01"
    form.fields["metrics"].set_text("rmse")
    assert form.config is None
    assert "top_3_accuracy" in form.fields["metrics"].message
    form.fields["metrics"].set_text("top_3_accuracy")
    assert form.config.metrics == "top_3_accuracy"


def test_a_patience_of_0_is_refused_beside_further_metrics(form):
    form.fields["metrics"].set_text("precision")
    assert form.config is not None
    form.fields["patience"].set_text("0")
    assert form.fields["patience"].message == "Must be at least 1."
    assert form.config is None


def test_metrics_are_ticked_in_a_menu(form):
    form.selector.setCurrentIndex(form.selector.findData("logistic"))
    menu = form.findChild(QToolButton, "metricMenuButton").menu()
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == ["precision", "recall", "auc", "macro_f1"]
    for action in menu.actions()[:3:2]:
        action.trigger()
    assert form.config.metrics == "precision auc"
    menu.aboutToShow.emit()
    assert [action.isChecked() for action in menu.actions()] == [True, False, True, False]


def test_a_plateau_is_watched_by_any_figure(form):
    form.fields["schedule"].set_text("reduce_on_plateau")
    editors = form.fields["schedule_settings"].editor.editors
    typed(editors["monitor"], "val_auc")
    assert "val_auc" in form.fields["schedule_settings"].message
    form.fields["metrics"].set_text("auc")
    typed(editors["cooldown"], "2")
    assert form.config.schedule_settings == "monitor=val_auc cooldown=2"


def test_files_are_asked_for_by_name(form, tmp_path, monkeypatch):
    table, files = (form.fields[key] for key in ("csv_settings", "checkpoint_settings"))
    assert list(table.editor.editors) == ["filename", "separator", "append"]
    typed(table.editor.editors["separator"], ";")
    assert "Say which file" in table.message
    path = tmp_path / "two words"
    path.mkdir()
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_all: (str(path / "epochs"), ""))
    QTest.mouseClick(table.editor.file_button, Qt.MouseButton.LeftButton)
    assert form.config.csv_settings == f'filename="{path / "epochs.csv"}" separator=;'
    for name, word in (("net.keras", "safetensors"), ("net.txt", "safetensors"), ("{val_auc}.safetensors", "val_loss")):
        files.editor.editors["filepath"].setText(str(path / name))
        assert word in files.message
        assert form.config is None
    files.editor.editors["filepath"].setText(str(tmp_path / "none" / "net.safetensors"))
    assert "no folder" in files.message
    files.editor.editors["filepath"].setText(str(path / "{epoch}.safetensors"))
    typed(files.editor.editors["save_best_only"], "yes")
    kept = form.values()
    form.use_defaults()
    assert form.config.checkpoint_settings == ""
    form.set_values(kept)
    assert form.config.checkpoint_settings == f'filepath="{path / "{epoch}.safetensors"}" save_best_only=yes'
