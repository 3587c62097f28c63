"""The card "Train a model": the form, the buttons that steer a run, and how far it is."""

from collections.abc import Mapping
from time import monotonic
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QToolButton, QWidget

from engine.core.wording import counted
from engine.training.messages import TrainingFinished, TrainingProgress
from gui.lab.run_started import RunStarted
from gui.lab.session_state import SessionState
from gui.theme.stylesheet import mark_primary
from gui.widgets.action_button import ActionButton
from gui.widgets.card import Card
from gui.widgets.naming import named
from gui.workspaces.base import kind_of, make_actions
from gui.workspaces.train.controls import TrainingControls
from gui.workspaces.train.form import TrainingForm
from gui.workspaces.train.preset_choice import has_digit_choice, same_network
from gui.workspaces.train.wording import finished_text, newest_metrics, progress_text

if TYPE_CHECKING:
    from models.presets.preset import ModelPreset

_SAY_SECONDS = 0.25
_STARTS_OVER = "This begins with a fresh model; Continue goes on with the trained one"


class TrainingPanel(Card):
    """Says what to train and steers the run; it knows nothing of threads, only of the session's state.

    Attributes:
        form, controls: the settings; the buttons and what they steer.

    Signals: the wishes of the user.
        train_requested(preset, config): a fresh run.
        continue_requested(preset, config): go on with the weights of the last run.
        step_requested(preset, config), step_epoch_requested(preset, config): one batch or one epoch, of the run under
            way or of a fresh one.
        pause_requested, resume_requested, stop_requested.
    """

    train_requested = Signal(object, object)
    continue_requested = Signal(object, object)
    step_requested = Signal(object, object)
    step_epoch_requested = Signal(object, object)
    pause_requested = Signal()
    resume_requested = Signal()
    stop_requested = Signal()

    def __init__(
        self,
        presets: Mapping[str, "ModelPreset"],
        choices: Mapping[str, tuple[str, ...]],
        *,
        actions: Mapping[str, QAction] | None = None,
    ) -> None:
        """`actions` are the Train workspace's, by name: the buttons do what they do, and are enabled as they are."""
        super().__init__("Train a model")
        self._actions = actions if actions is not None else make_actions(kind_of("train"), self)
        self._single_tips = {name: self._actions[name].statusTip() for name in ("step", "epoch")}
        self._state = SessionState.IDLE
        self._trained: ModelPreset | None = None
        # What the line says while no value is refused, and whether that is bad news.
        self._news = ("", False)
        self._said_at = 0.0
        # Of the run: settings, epochs and steps before it, newest metrics in words.
        self._seen_before = (0, 0)
        self._metrics = ""
        # Whether the run is of a fresh model although there is one that could be continued.
        self._starts_over = False
        # Where the focus went when the button that had it was switched off and no other could take it.
        self._strayed_to: QWidget | None = None
        self.form = TrainingForm(presets, choices)

        self.train_button = mark_primary(self._button("train"))
        self.pause_button = self._button("pause")
        self.stop_button = self._button("stop")
        self.step_button = self._button("step")
        self.epoch_button = self._button("epoch")
        self.continue_button = self._button("continue")
        self.defaults_button = named(
            QToolButton(), "defaultsButton", "Give every field the setting of the preset", "Defaults"
        )
        self.defaults_button.setText("Defaults")
        first_three = (self.train_button, self.pause_button, self.stop_button)
        self._buttons = (*first_three, self.step_button, self.epoch_button, self.continue_button)
        self.controls = TrainingControls(self._buttons)
        self._assemble()

        self.form.changed.connect(self._on_form_changed)
        self.form.preset_changed.connect(self._on_form_changed)
        self.form.preset_changed.connect(self._share_header)
        self.defaults_button.clicked.connect(self.form.use_defaults)
        for name, slot in (
            ("train", self._on_train),
            ("pause", self._on_pause),
            ("stop", self.stop_requested),
            ("step", self._on_step),
            ("epoch", self._on_epoch),
            ("continue", self._on_continue),
        ):
            self._actions[name].triggered.connect(slot)
        self._say("Press Train: your drawing is answered by the model while it learns.")
        self._update_buttons()

    # What the session tells.

    @Slot(object)
    def set_state(self, state: SessionState) -> None:
        """Follow the session."""
        before, self._state = self._state, state
        if before is SessionState.IDLE:
            self.controls.bar.setValue(0)
            self._say("Loading the digits …")
            self._metrics = ""
        elif state is SessionState.STOPPING:
            self._say("Stopping after this batch …")
        self.form.set_editable(state is SessionState.IDLE)
        self._update_buttons()

    @Slot(object)
    def show_started(self, started: RunStarted) -> None:
        """Say on how many digits the run trains."""
        digits = f"{started.training_count:,} training · {started.validation_count:,} validation digits"
        if started.negative_count:
            digits += f" · {counted(started.negative_count, 'non-digit')}"
        self.set_subtitle(digits)
        # A narrow window has no room for the whole subtitle.
        self.controls.bar.setToolTip(f"How much of the training is done: {digits}")
        self._seen_before = (round(started.first_epoch), started.first_step)
        self._starts_over = self._can_continue() and not started.continued
        self._say("Training of a fresh model begins …" if self._starts_over else "Training begins …")

    @Slot(float)
    def show_loading(self, share: float) -> None:
        """Say how much of the data is prepared, where that takes its time."""
        if 0 < share < 1 and self._state is not SessionState.STOPPING:
            self.controls.bar.setValue(round(self.controls.bar.maximum() * share))
            self._say(f"Preparing the digits … {100 * share:.0f} %")

    @Slot(object)
    def show_progress(self, progress: TrainingProgress) -> None:
        """Move the bar and say where the run is."""
        now = monotonic()  # numbers that change 25 times a second cannot be read
        self._metrics = newest_metrics(progress, self._metrics)
        news = progress.paused or progress.finished is not None
        if news or now - self._said_at >= _SAY_SECONDS:
            self._said_at = now
            self.controls.bar.setValue(round(1000 * progress.step / max(1, progress.total_steps)))
            if self._state is not SessionState.STOPPING:
                text = progress_text(progress, *self._seen_before, self._metrics)
                self._say(f"A fresh model · {text}" if self._starts_over and progress.paused else text)

    @Slot(object, object)
    def show_finished(self, finished: TrainingFinished, model: object) -> None:
        """Say how the run ended; a diverged one in the colour of errors."""
        if model is not None or finished.reason != "stopped":
            self._trained = self.form.preset
        if finished.reason == "completed":
            self.controls.bar.setValue(self.controls.bar.maximum())
        self._say(finished_text(finished, self._seen_before[0]), wrong=finished.reason == "diverged")
        self._update_buttons()

    @Slot(str)
    def show_failed(self, message: str) -> None:
        """Say why there is no model."""
        self._trained = None
        self.controls.bar.setValue(0)
        self._say(message, wrong=True)
        self._update_buttons()

    # What the window asks.

    def get_values(self) -> dict[str, Any]:
        """What to remember until the next start: plain JSON values."""
        return self.form.values()

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Take back what `get_values` gave; anything unknown is left out."""
        self.form.set_values(values)

    # Inside.

    def _assemble(self) -> None:
        self.body.addWidget(self.form)
        self.body.addWidget(self.controls)
        # The tab says "Train" already; the model to train is the better heading.
        self.set_title_visible(False)
        self.header.insertWidget(0, self.form.choice)
        self._share_header()
        # So that what a run trains on can be read at 1280 pixels.
        self.header.setStretchFactor(self.subtitle_label, 7)
        # The header's buttons come first on the screen, but last in the order of keys: they are seldom wanted.
        for button in (self.defaults_button, self.form.advanced_button):
            button.setProperty("quiet", True)
            self.header.addWidget(button)

    def set_subtitle(self, text: str) -> None:
        """Say what a run trains on: a long name of a file gives way before the numbers behind it."""
        self.subtitle_label.cut = Qt.TextElideMode.ElideLeft if ": " in text else Qt.TextElideMode.ElideRight
        super().set_subtitle(text)

    def _button(self, name: str) -> ActionButton:
        return ActionButton(self._actions[name], f"{name}Button")

    def _say(self, text: str, *, wrong: bool = False) -> None:
        self._news = (text, wrong)
        refused = self.form.refused if self._state is SessionState.IDLE else []
        if refused:
            # Why Train is grey, in the place where the eye is.
            what = f"the field “{refused[0]}”" if len(refused) == 1 else f"the {len(refused)} marked fields"
            self.controls.say(f"Correct {what} first, then press Train.", wrong=True)
        else:
            self.controls.say(text, wrong=wrong)

    @Slot()
    def _share_header(self) -> None:
        """The list stays readable beside two digits to choose."""
        self.header.setStretchFactor(self.form.choice, 10 if has_digit_choice(self.form.preset) else 4)

    @Slot()
    def _on_form_changed(self) -> None:
        text, wrong = self._news
        self._say(text, wrong=wrong)
        self._update_buttons()

    def _update_buttons(self) -> None:
        steered = any(button.hasFocus() for button in self._buttons)
        self._enable_buttons()
        now = QApplication.focusWidget()
        if steered and now not in self._buttons:
            # Qt went on to whatever comes next. Space is to mean Pause now, or Train again.
            self._strayed_to = now
        if self._strayed_to is not None and now is self._strayed_to:
            for button in (self.pause_button, self.train_button):
                if button.isEnabled():
                    button.setFocus()
                    self._strayed_to = None
                    break

    def _enable_buttons(self) -> None:
        idle, valid = self._state is SessionState.IDLE, self.form.valid
        held = self._state is SessionState.PAUSED
        may_start = idle and valid
        for name, possible in (
            ("train", may_start),
            ("pause", held or self._state is SessionState.RUNNING),
            ("stop", held or self._state is SessionState.RUNNING),
            ("step", may_start or held),
            ("epoch", may_start or held),
            ("continue", may_start and self._can_continue()),
        ):
            self._actions[name].setEnabled(possible)
        self.defaults_button.setEnabled(idle)
        for name, tip in self._single_tips.items():
            # While there is a model to continue, these two leave it as it is.
            self._actions[name].setStatusTip(f"{tip}. {_STARTS_OVER}" if idle and self._can_continue() else tip)
        pause = self._actions["pause"]
        text = "&Resume" if held else "&Pause"
        if text != pause.text():
            pause.setText(text)
            pause.setStatusTip("Go on with the training" if held else "Hold the training; nothing is lost")

    def _can_continue(self) -> bool:
        known, preset = self._trained, self.form.preset
        return known is not None and same_network(known, preset)

    @Slot()
    def _on_train(self) -> None:
        if self.form.config is not None:
            self.train_requested.emit(self.form.preset, self.form.config)

    @Slot()
    def _on_continue(self) -> None:
        if self.form.config is not None:
            self.continue_requested.emit(self.form.preset, self.form.config)

    @Slot()
    def _on_pause(self) -> None:
        if self._state is SessionState.PAUSED:
            self.resume_requested.emit()
        else:
            self.pause_requested.emit()

    @Slot()
    def _on_step(self) -> None:
        if self.form.config is not None:
            self.step_requested.emit(self.form.preset, self.form.config)

    @Slot()
    def _on_epoch(self) -> None:
        if self.form.config is not None:
            self.step_epoch_requested.emit(self.form.preset, self.form.config)
