"""The card "While it trains": the knobs of the run under way, and what the varied digits look like."""

from typing import TYPE_CHECKING

import numpy as np
from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QToolButton

from engine.core.parameters import FloatArray
from engine.training.messages import TrainingProgress
from gui.lab.run_started import RunStarted
from gui.lab.session_state import SessionState
from gui.theme.manager import ThemeManager
from gui.widgets.card import Card
from gui.widgets.digit_strip import DigitStrip
from gui.widgets.filled import filled
from gui.widgets.naming import named
from gui.workspaces.train.knobs.knob import Knob
from gui.workspaces.train.knobs.scales import SCALES

if TYPE_CHECKING:
    from models.presets.preset import Augmentation

_PREVIEW_DIGITS = 24


class KnobCard(Card):
    """There while a run is under way and its button is down.

    Attributes:
        button: opens and closes it.
        knobs: of the run under way, by their keys.

    Signals:
        turned(knob, value): the user turned one.
    """

    turned = Signal(str, float)

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__("While it trains", "each turn counts from the next batch and is kept with the run")
        self.setObjectName("knobCard")
        self.button = QToolButton()
        self.button.setText("Knobs")
        self.button.setObjectName("knobsButton")
        self.button.setAccessibleName("Knobs")
        self.button.setToolTip("Turn learning rate, L2, dropout, varying of digits and batch size while it trains")
        self.button.setCheckable(True)
        self.button.setEnabled(False)
        self.button.toggled.connect(self._update)
        self.knobs: dict[str, Knob] = {}
        self.preview = named(DigitStrip(themes), "variedDigits", accessible_name="Digits as they are varied now")
        self._digits: FloatArray = np.zeros((0, 20, 20), np.float32)
        self._augmentation: Augmentation | None = None
        self._row = filled(QHBoxLayout(), spacing=16)
        self.body.addLayout(self._row)
        self.body.addWidget(self.preview)
        self._under_way = False
        self.hide()

    def begin(self, started: RunStarted) -> None:
        """A run begins: these are its knobs."""
        for knob in self.knobs.values():
            self._row.removeWidget(knob)
            knob.hide()
            knob.deleteLater()
        self.knobs = {}
        for key, value in started.knobs.items():
            self.knobs[key] = knob = Knob(key, SCALES[key], value)
            knob.turned.connect(self.turned)
            knob.moved.connect(self._on_moved)
            self._row.addWidget(knob, 1)
        strength = started.knobs.get("augmentation")
        self._augmentation = started.augmentation
        self.preview.setVisible(strength is not None)
        if strength is not None and started.probe is not None:
            self._digits = started.probe[0][:_PREVIEW_DIGITS]
            self._show_varied(strength)
        self._update()

    def add(self, progress: TrainingProgress) -> None:
        """Say how many turns the run has seen."""
        if progress.changes:
            self.set_subtitle(f"last turn: {progress.changes[-1].text}, after {progress.changes[-1].step:,} batches")

    @Slot(object)
    def set_state(self, state: SessionState) -> None:
        """Follow the session."""
        self._under_way = state in (SessionState.RUNNING, SessionState.PAUSED)
        self._update()

    @Slot()
    def _update(self) -> None:
        self.button.setEnabled(self._under_way and bool(self.knobs))
        self.setVisible(self._under_way and bool(self.knobs) and self.button.isChecked())

    @Slot(str, float)
    def _on_moved(self, key: str, value: float) -> None:
        if key == "augmentation":
            self._show_varied(value)

    def _show_varied(self, strength: float) -> None:
        """Vary the same digits as the run does, with the same draws, so that only the strength is seen to change."""
        strengthened = getattr(self._augmentation, "at_strength", None)
        if strengthened is not None:
            varied = strengthened(strength)(self._digits, np.random.default_rng(0))
            self.preview.set_images(varied.reshape(-1, 20, 20))
