import json
from dataclasses import fields

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLineEdit, QProgressBar, QPushButton, QWidget

from engine.optimizers import OPTIMIZERS
from engine.optimizers.schedules import SCHEDULES
from engine.training.config import TrainingConfig
from engine.training.messages import TrainingFinished, TrainingMonitor
from gui.lab.session_state import SessionState
from gui.theme.manager import ThemeManager
from gui.workspaces.train.panel import TrainingPanel
from gui.workspaces.train.settings_table import FIELDS
from gui.workspaces.train.wording import progress_text
from models import PRESETS

CHOICES = {"optimizer": tuple(OPTIMIZERS), "schedule": tuple(SCHEDULES)}


@pytest.fixture
def panel(qtbot, qapp):
    # Sizes depend on the style sheet.
    panel_themes = ThemeManager(qapp, "light")
    panel = TrainingPanel(PRESETS, CHOICES)
    qtbot.addWidget(panel)
    panel.resize(900, 300)
    panel.show()
    panel_themes.setParent(panel)
    return panel


def choose(panel, name):
    panel.form.selector.setCurrentIndex(panel.form.selector.findData(name))


def put(panel, **texts):
    for key, text in texts.items():
        panel.form.fields[key].set_text(text)


def finished(reason="completed", message="Finished 2 epochs."):
    return TrainingFinished(reason, message, 2, 2, (), 100.0, 1.5)


def test_every_preset_starts_with_its_own_settings(panel):
    for name in PRESETS:
        choose(panel, name)
        assert panel.form.config == PRESETS[name].defaults, name
        assert panel.form.preset.name == name
        description = panel.findChild(QWidget, "presetDescription").text()
        assert PRESETS[name].description in description, name
        assert f"{PRESETS[name].parameter_count:,}" in description, name


def test_the_fields_are_settings():
    assert {record.key for record in FIELDS} <= {field.name for field in fields(TrainingConfig)}


REFUSED = [
    ("learning_rate", "-1", "Must be greater than 0."),
    ("learning_rate", "fast", "Type a number, such as 0.001."),
    ("learning_rate", "", "Type a number, such as 0.001."),
    ("learning_rate", "nan", "Must be a finite number."),
    ("batch_size", "12.5", "Type a whole number, such as 128."),
    ("batch_size", "0", "Must be from 1 to 1,000,000."),
    ("epochs", "1e9", "Must be from 1 to 100,000."),
    ("epochs", "1,5", "Type a whole number, such as 12."),
    ("epochs", "1.5", "Type a whole number, such as 12."),
    ("epochs", "inf", "Type a whole number, such as 12."),
    ("l2", "-0.1", "Must not be negative."),
    ("seed", "99999999999", "Must be from 0 to 4,294,967,295."),
    ("clip_norm", "0", "Must be greater than 0."),
    ("patience", "0", "Must be at least 1."),
]


def test_a_wrong_value_stays_and_is_refused_beside_its_field(panel):
    panel.form.advanced_button.setChecked(True)
    for case in REFUSED:
        key, text, sentence = case
        put(panel, **{key: text})
        field = panel.form.fields[key]
        assert field.text() == text, case
        assert field.message == sentence, case
        message = panel.findChild(QWidget, f"{key}Message")
        assert message.isVisible(), case
        assert message.parentWidget() is field, case
        assert sentence in field.toolTip(), case
        assert field.editor.property("invalid") is True, case
        assert not panel.form.valid, case
        for button in (panel.train_button, panel.step_button, panel.epoch_button):
            assert not button.isEnabled(), case
        field.set_value(getattr(panel.form.preset.defaults, key))
        assert field.message == "", case
        assert panel.train_button.isEnabled(), case


def test_all_wrong_values_are_refused_at_once(panel):
    put(panel, learning_rate="0", batch_size="-3", epochs="many")
    assert all(panel.form.fields[key].message for key in ("learning_rate", "batch_size", "epochs"))
    assert not panel.form.fields["l2"].message


def test_numbers_as_people_write_them(panel):
    wanted = {"0,01": 0.01, "1e-3": 0.001, " 0.5 ": 0.5, "1,000.5": 1000.5, "3": 3.0, "1,5": 1.5}
    for text, value in wanted.items():
        put(panel, learning_rate=text)
        assert panel.form.config.learning_rate == value, text


def test_whole_numbers_may_be_grouped(panel):
    put(panel, batch_size="1,024", seed="12 345")
    assert (panel.form.config.batch_size, panel.form.config.seed) == (1024, 12345)


def test_an_empty_optional_field_is_none(panel):
    put(panel, patience="7")
    assert panel.form.config.patience == 7
    put(panel, patience=" ")
    assert panel.form.config.patience is None


def test_touched_fields_survive_another_preset_and_the_others_follow_it(panel):
    choose(panel, "softmax")
    put(panel, epochs="33")
    choose(panel, "cnn")
    config = panel.form.config
    assert config.epochs == 33
    assert config.learning_rate == PRESETS["cnn"].defaults.learning_rate
    panel.defaults_button.click()
    assert panel.form.config == PRESETS["cnn"].defaults


def test_fields_that_the_optimizer_does_not_use_are_locked_and_not_checked(panel):
    choose(panel, "cnn")
    put(panel, batch_size="wrong")
    put(panel, optimizer="lbfgs")
    assert not panel.form.fields["batch_size"].isEnabled()
    assert not panel.form.fields["momentum"].isEnabled()
    config = panel.form.config
    assert config is not None
    # L-BFGS needs the same data in every step, whatever the preset's default is.
    assert not config.augment
    put(panel, optimizer="momentum")
    assert panel.form.fields["momentum"].isEnabled()
    assert panel.form.config is None


def test_augmentation_is_refused_where_it_would_change_the_answer(panel):
    choose(panel, "angle")
    put(panel, augment="yes")
    assert "change the answer" in panel.form.fields["augment"].message
    assert not panel.train_button.isEnabled()


def test_logistic_shows_its_two_digits(panel):
    choose(panel, "softmax")
    assert not panel.form.digits.isVisible()
    choose(panel, "logistic")
    assert panel.form.digits.isVisible()
    panel.form.digits.first.setCurrentIndex(4)
    panel.form.digits.second.setCurrentIndex(9)
    assert panel.form.preset.labels == ("4", "9")
    assert "4" in panel.findChild(QWidget, "presetDescription").text()
    panel.form.digits.second.setCurrentIndex(4)
    assert panel.form.digits.message == "Choose two different digits."
    assert not panel.train_button.isEnabled()


def test_the_wishes_carry_preset_and_settings(qtbot, panel):
    choose(panel, "mlp")
    put(panel, epochs="3")
    for button, signal in (
        (panel.train_button, panel.train_requested),
        (panel.step_button, panel.step_requested),
        (panel.epoch_button, panel.step_epoch_requested),
    ):
        with qtbot.waitSignal(signal) as caught:
            qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
        preset, config = caught.args
        assert (preset.name, config.epochs) == ("mlp", 3)


def test_buttons_follow_the_state(qtbot, panel):
    def enabled():
        buttons = (panel.train_button, panel.pause_button, panel.stop_button, panel.step_button, panel.epoch_button)
        return [button.isEnabled() for button in buttons]

    assert enabled() == [True, False, False, True, True]
    panel.set_state(SessionState.RUNNING)
    assert enabled() == [False, True, True, False, False]
    assert not any(field.isEnabled() for field in panel.form.fields.values())
    assert not panel.form.selector.isEnabled()
    with qtbot.waitSignal(panel.pause_requested):
        panel.pause_button.click()
    panel.set_state(SessionState.PAUSED)
    assert panel.pause_button.text() == "Resume"
    assert enabled() == [False, True, True, True, True]
    with qtbot.waitSignal(panel.resume_requested):
        panel.pause_button.click()
    with qtbot.waitSignal(panel.stop_requested):
        panel.stop_button.click()
    panel.set_state(SessionState.STOPPING)
    assert enabled() == [False, False, False, False, False]
    panel.set_state(SessionState.IDLE)
    assert panel.pause_button.text() == "Pause"
    assert panel.form.fields["epochs"].isEnabled()
    assert not panel.form.fields["momentum"].isEnabled()


def test_continue_is_offered_for_the_model_that_was_trained(panel):
    choose(panel, "softmax")
    assert not panel.continue_button.isEnabled()
    panel.show_finished(finished(), None)
    assert panel.continue_button.isEnabled()
    choose(panel, "mlp")
    assert not panel.continue_button.isEnabled()
    choose(panel, "softmax")
    assert panel.continue_button.isEnabled()
    panel.show_failed("Broken.")
    assert not panel.continue_button.isEnabled()


def test_progress_in_words_and_on_the_bar(panel):
    monitor = TrainingMonitor(run_id=1)
    monitor.begin(12, 10)
    for _ in range(65):
        monitor.record_batches([1.0], [1.0], [0.5])
    monitor.record_rate(24310.4, 3.2)
    progress = monitor.take()
    assert progress_text(progress) == "Epoch 7 of 12 · 24,310 digits/s · 3 s left"
    panel.set_state(SessionState.RUNNING)
    panel.show_progress(progress)
    assert panel.controls.text == "Epoch 7 of 12 · 24,310 digits/s · 3 s left"
    bar = panel.findChild(QProgressBar, "trainingProgress")
    assert bar.value() == round(1000 * 65 / 120)


def test_a_diverged_run_is_told_in_words_not_by_colour_alone(panel):
    panel.show_finished(finished("diverged", "Training diverged. Lower the learning rate (now 5)."), None)
    assert panel.controls.text.startswith("⚠ ")
    assert "Lower the learning rate" in panel.controls.text
    panel.set_state(SessionState.RUNNING)
    assert not panel.controls.text.startswith("⚠")


def test_values_survive_a_restart(qtbot, panel):
    choose(panel, "logistic")
    panel.form.digits.set_value(3, 8)
    put(panel, epochs="7", learning_rate="oops", momentum="0.8")
    panel.form.advanced_button.setChecked(True)
    values = json.loads(json.dumps(panel.get_values()))
    other = TrainingPanel(PRESETS, CHOICES)
    qtbot.addWidget(other)
    other.set_values(values)
    assert other.get_values() == panel.get_values()
    assert other.form.preset.labels == ("3", "8")
    assert other.form.fields["learning_rate"].message
    other.defaults_button.click()
    assert other.form.config == PRESETS["logistic"].defaults


def test_foreign_values_change_nothing(panel):
    before = panel.form.config
    for values in (
        {},
        {"preset": "gone", "digits": [5, 5], "fields": {"unknown": "1", "epochs": 3}, "advanced": "yes"},
        {"preset": 7, "digits": "ab", "fields": [1, 2]},
        {"digits": [1, 2, 3], "fields": {"epochs": "9" * 1000, "optimizer": "magic"}},
    ):
        panel.set_values(values)
        assert panel.form.config == before, values


def test_everything_can_be_found_by_name_and_explains_itself(panel):
    choose(panel, "logistic")
    panel.form.advanced_button.setChecked(True)
    for name, kind in (
        ("presetSelector", QComboBox),
        ("trainButton", QPushButton),
        ("pauseButton", QPushButton),
        ("stopButton", QPushButton),
        ("trainingProgress", QProgressBar),
    ):
        assert panel.findChild(kind, name) is not None
    for widget in panel.findChildren(QWidget):
        if isinstance(widget, QAbstractButton | QLineEdit | QComboBox | QProgressBar) and widget.isVisible():
            assert widget.accessibleName(), widget
            explained = widget
            while not explained.toolTip() and explained is not panel:
                explained = explained.parentWidget()
            assert explained.toolTip(), widget.accessibleName()
