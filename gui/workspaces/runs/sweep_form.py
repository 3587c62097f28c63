"""The form of a sweep: model, what is varied, seeds and workers; it tells the number of trials beforehand."""

import math
from functools import partial

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from engine.core.wording import counted
from engine.threads.thread_pool import available_cores
from gui.theme.stylesheet import mark_muted, mark_primary
from gui.widgets.card import Card
from gui.widgets.eliding_combo_box import ElidingComboBox
from gui.widgets.field_label import label_for
from gui.widgets.spin_boxes import SpinBox
from gui.workspaces.runs.vary_row import VaryRow
from models.presets.own_files import all_presets
from models.sweeps.plan import MOST_TRIALS
from models.sweeps.variation import Variation

_BOX_PX = 72
_DEFAULT_FIELDS = ("learning_rate", "l2", "batch_size", "optimizer", "epochs", "examples")


class SweepForm(Card):
    """What is tried.

    Signals:
        start_requested, learning_curve_requested, validation_curve_requested, race_requested, back_requested.
    """

    start_requested = Signal()
    learning_curve_requested = Signal()
    validation_curve_requested = Signal()
    race_requested = Signal()
    back_requested = Signal()

    def __init__(self) -> None:
        super().__init__("Sweep")
        self.rows: list[VaryRow] = []
        self._running = False
        self.preset_box = ElidingComboBox()
        self.preset_box.setMinimumContentsLength(8)
        self.seeds_box, self.workers_box, self.scheduler_edit = SpinBox(), SpinBox(), QLineEdit()
        self.seeds_box.setRange(1, 100)
        self.workers_box.setRange(1, 64)
        self.workers_box.setValue(max(1, available_cores() - 1))
        for box in (self.seeds_box, self.workers_box):
            box.setFixedWidth(_BOX_PX)
        self.scheduler_edit.setMinimumWidth(_BOX_PX)
        self.scheduler_edit.setPlaceholderText("this computer")
        self.back_button = _button("‹ Runs", "runsPageButton", "Back to all runs; a sweep goes on")
        self.add_button = _button("Add field", "addFieldButton", "Vary one more setting")
        self.start_button = mark_primary(
            _button("Start sweep", "startSweepButton", "Train all trials, each kept as a run")
        )
        self.learning_button = _button(
            "Learning curve", "learningCurveButton",
            "Error of training and validation against the number of training examples: bias or variance?",
        )  # fmt: skip
        self.validation_button = _button(
            "Validation curve (λ)", "validationCurveButton",
            "Error of training and validation against λ, the weight of the L2 penalty",
        )  # fmt: skip
        self.race_button = _button(
            "Race", "raceButton",
            "Train these settings, or softmax, mlp and cnn where nothing is varied, side by side with the same batches "
            "and seed, and watch their curves grow together",
        )  # fmt: skip
        self.count_label = mark_muted(QLabel())
        self.count_label.setObjectName("trialCount")
        self.count_label.setWordWrap(True)
        for widget, name, words in (
            (self.preset_box, "sweepPreset", "Which model is trained; settings that are not varied are its own"),
            (self.seeds_box, "sweepSeeds", "How many seeds each combination is trained with"),
            (self.workers_box, "sweepWorkers", "How many processes train at the same time, one core each"),
            (
                self.scheduler_edit,
                "sweepScheduler",
                "Address of a Dask cluster that trains instead, such as tcp://host:8786",
            ),
        ):
            widget.setObjectName(name)
            widget.setAccessibleName(words)
            widget.setToolTip(words)
        self._row_box = QVBoxLayout()
        self._row_box.setSpacing(6)
        self._assemble()
        self.add_button.clicked.connect(self._on_add)
        self.start_button.clicked.connect(self.start_requested)
        self.learning_button.clicked.connect(self.learning_curve_requested)
        self.validation_button.clicked.connect(self.validation_curve_requested)
        self.race_button.clicked.connect(self.race_requested)
        self.back_button.clicked.connect(self.back_requested)
        for box in (self.seeds_box, self.workers_box):
            box.valueChanged.connect(self.check)
        self.scheduler_edit.textChanged.connect(self.check)
        self.offer_presets()
        self.add_row("learning_rate").set_range(0.0003, 0.03, 4, logarithmic=True)

    @property
    def preset(self) -> str:
        """Name of the model."""
        return str(self.preset_box.currentData())

    def offer_presets(self) -> None:
        """Offer the models that there are now, those of the user's own too."""
        presets = all_presets()
        if [self.preset_box.itemData(place) for place in range(self.preset_box.count())] == list(presets):
            return
        chosen = self.preset_box.currentData() or "softmax"
        self.preset_box.clear()
        for preset in presets.values():
            self.preset_box.addItem(preset.title, preset.name)
        self.preset_box.setCurrentIndex(max(0, self.preset_box.findData(chosen)))

    @property
    def scheduler(self) -> str:
        """Address of a cluster, or ""."""
        return self.scheduler_edit.text().strip()

    def add_row(self, field: str) -> VaryRow:
        """Vary one more field."""
        row = VaryRow(field)
        self.rows.append(row)
        self._row_box.addWidget(row)
        row.changed.connect(self.check)
        row.removed.connect(partial(self._remove, row))
        self.check()
        return row

    def variations(self) -> list[Variation] | None:
        """What is varied; None while a row is refused or empty, or a field stands there twice."""
        found = [row.variation() for row in self.rows]
        known = [variation for variation in found if variation is not None]
        fields = [variation.field for variation in known]
        return known if len(known) == len(found) and len(set(fields)) == len(fields) else None

    def trial_count(self) -> int:
        """How many trials that makes; 0 while a row is refused."""
        variations = self.variations()
        if variations is None:
            return 0
        return self.seeds_box.value() * math.prod(len(variation.values) for variation in variations)

    def set_running(self, running: bool) -> None:
        """One sweep at a time."""
        if running != self._running:
            self._running = running
            self.check()

    @Slot()
    def check(self) -> None:
        """Say how many trials there are, and whether they can begin."""
        variations, count, seeds = self.variations(), self.trial_count(), self.seeds_box.value()
        if variations is None:
            fields = [row.field for row in self.rows]
            twice = len(set(fields)) < len(fields)
            words = (
                "A field is there twice: give all its values in one row." if twice else "Give each field its values."
            )
        elif count > MOST_TRIALS:
            words = f"{count:,} trials: a sweep has {MOST_TRIALS:,} at most."
        else:
            parts = [str(len(variation.values)) for variation in variations if len(variation.values) > 1]
            place = "on the cluster" if self.scheduler else f"{min(count, self.workers_box.value())} at a time"
            words = f"{counted(count, 'trial')}: {' × '.join([*parts, counted(seeds, 'seed')])}, {place}."
        self.count_label.setText(words)
        possible = not self._running and 0 < count <= MOST_TRIALS
        self.start_button.setEnabled(possible)
        self.race_button.setEnabled(possible)
        for button in (self.learning_button, self.validation_button):
            button.setEnabled(not self._running)
        self.workers_box.setEnabled(not self.scheduler)

    @Slot()
    def _on_add(self) -> None:
        there = {row.field for row in self.rows}
        self.add_row(next((field for field in _DEFAULT_FIELDS if field not in there), "momentum"))

    def _remove(self, row: VaryRow) -> None:
        self.rows.remove(row)
        self._row_box.removeWidget(row)
        row.hide()
        row.deleteLater()
        self.check()

    def _assemble(self) -> None:
        first, last = QHBoxLayout(), QHBoxLayout()
        for words, box, stretch in (
            ("Model", self.preset_box, 2), ("Seeds", self.seeds_box, 0), ("Processes", self.workers_box, 0),
            ("Cluster", self.scheduler_edit, 1),
        ):  # fmt: skip
            first.addWidget(label_for(box, words))
            first.addWidget(box, stretch)
        last.addWidget(self.add_button)
        last.addWidget(self.count_label, 1)
        last.addWidget(self.start_button)
        for button in (self.learning_button, self.validation_button, self.race_button, self.back_button):
            self.header.addWidget(button)
        self.body.addLayout(first)
        self.body.addLayout(self._row_box)
        self.body.addLayout(last)


def _button(text: str, name: str, tip: str) -> QPushButton:
    button = QPushButton(text)
    button.setObjectName(name)
    button.setAccessibleName(text)
    button.setToolTip(tip)
    return button
