"""The loss around the present weights, from two sides."""

import threading
from typing import ClassVar, Final

import numpy as np
from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from engine.inspection.landscape import WeightSlice
from engine.storage.model import Model
from gui.charts.chart_card import ChartCard
from gui.lab.lab import Lab
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.naming import named
from gui.widgets.scroll_page import ScrollPage
from gui.widgets.spin_boxes import SpinBox
from gui.workspaces.inspect.digit_bank import DigitBank
from gui.workspaces.inspect.landscape_charts import LandscapeChart, SliceChart
from gui.workspaces.inspect.landscape_task import Cutting, Measuring, Surroundings
from gui.workspaces.inspect.page import Page
from gui.workspaces.inspect.subject import Subject
from models.presets.question import preset_of_model

# Longer measurements than this would take too much from a model that learns.
MOST_SECONDS: Final = 0.3
_COURSE: Final = (
    "J(θ) = −(1/m) Σ [ y ln h<sub>θ</sub>(x) + (1 − y) ln(1 − h<sub>θ</sub>(x)) ], h<sub>θ</sub>(x) = σ(θ<sup>T</sup>x)"
)


class LandscapePage(Page):
    """A contour picture and a curve; both are measured in the background."""

    key: ClassVar[str] = "landscape"
    title: ClassVar[str] = "Landscape"
    tip: ClassVar[str] = "The loss around the present weights"

    def __init__(self, lab: Lab, themes: ThemeManager, bank: DigitBank) -> None:
        super().__init__(lab, themes, bank)
        self.found: Surroundings | None = None
        self.slice: WeightSlice | None = None
        self._asked: tuple[object, ...] = ()
        self._seed = 0
        # How many seconds the last measurement took.
        self._took = 0.0
        # Whether it began because the pen rested, not on request; it waits while the pen moves.
        self._by_itself, self._may_go_on = False, threading.Event()
        # Whose surroundings are being measured, and are shown.
        self._asked_of = self._measured_of = ""
        self._measured: tuple[object, ...] = ()
        # Which loss and weight the slice is of.
        self._cut_key = (0, -1)
        self.chart = LandscapeChart(themes)
        self.chart.setMinimumHeight(260)
        self.slice_chart = SliceChart(themes)
        self.slice_chart.setMinimumHeight(260)
        self.card, self.slice_card = ChartCard(self.chart), ChartCard(self.slice_chart)
        self.formula = named(QLabel(_COURSE, wordWrap=True), "courseFormula")
        self.measure_button = QPushButton("Measure now")
        self.measure_button.setObjectName("measureLandscapeButton")
        self.measure_button.setToolTip(
            "Measure around the weights as they are now; while a large model learns, only on request"
        )
        self.direction_button = QPushButton("Another direction")
        self.direction_button.setObjectName("anotherDirectionButton")
        self.direction_button.setToolTip("Draw the random direction anew")
        self.close_box = named(QCheckBox("Close up"), "landscapeCloseBox")
        self.close_box.setToolTip("Only about as far as the path so far reaches; else as far as the weights are long")
        self.close_box.setChecked(True)
        self.progress_label = mark_muted(QLabel())
        self.parameter_box = named(QComboBox(), "sliceParameter", accessible_name="Weights of which layer")
        self.parameter_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.place_box = named(SpinBox(), "sliceWeight", accessible_name="Number of the weight")
        self._sizes: list[int] = []
        self._assemble()
        self.measure_button.clicked.connect(self._on_measure)
        self.direction_button.clicked.connect(self._on_direction)
        self.close_box.clicked.connect(self._on_close)
        self.parameter_box.currentIndexChanged.connect(self._on_parameter)
        self.place_box.valueChanged.connect(self._cut)
        self.tasks.ended.connect(self._on_ended)
        self.exports.adopt(self.card.menu, self.slice_card.menu)

    @classmethod
    def applies_to(cls, model: Model) -> bool:
        """Whether it is known what the model should answer."""
        return preset_of_model(model) is not None

    def show_subject(self, subject: Subject) -> None:
        """The surroundings are measured when everything rests."""
        self._subject = subject
        self.close_box.setVisible(self.lab.live.has_epochs(self.lab.models.current))
        self.formula.setVisible(subject.model.task == "binary")
        behind = bool(self._measured_of) and self._measured != (subject.version, self.bank.key)
        other = "weights" if self._measured[:1] != (subject.version,) else "digits"
        self.card.set_note(f"{self._measured_of}, before the {other} became others" if behind else self._measured_of)

    def forget(self) -> None:
        """Another model has other surroundings, and takes another time."""
        super().forget()
        self.found, self.slice, self._took, self._measured_of = None, None, 0.0, ""
        self.chart.show_landscape(None)
        self.slice_chart.show_slice(None)
        self.slice_card.set_note("")
        self.progress_label.setText("")
        # A measurement of the first one would only keep this one waiting.
        self._asked = ()
        self.tasks.cancel("plane")

    def settle(self, subject: Subject, *, rested: bool) -> None:
        """Measure the landscape in the background."""
        self._subject = subject
        self._may_go_on.set()
        self._ask(only_idle=True)

    def hold(self) -> None:
        """Let what nobody asked for wait; it does not depend on the drawing, so nothing of it is lost."""
        if self._by_itself:
            self._may_go_on.clear()

    def _ask(self, *, only_idle: bool) -> None:
        subject = self._subject
        if not only_idle:
            self._may_go_on.set()
        if subject is None or (preset := preset_of_model(subject.model)) is None:
            return
        asked, running = (
            (subject.version, self.bank.key, self._seed, self.close_box.isChecked()),
            self.tasks.is_running("plane"),
        )
        if asked == self._asked or (running and only_idle):
            self._by_itself = self._by_itself and only_idle
            return
        if only_idle and self.lab.session.active and self._took > MOST_SECONDS:
            self.progress_label.setText("Measured on request while a model of this size learns.")
            return
        self._by_itself, self._asked, self._asked_of = only_idle, asked, subject.source
        path = self.lab.epoch.weights_until_shown() if self.lab.live.has_epochs(self.lab.models.current) else []
        close = self.close_box.isChecked()
        work = Measuring(
            subject.twin_maker(head=None), preset, self.bank.source(), path, self._seed, close, self._may_go_on
        )  # fmt: skip
        self.tasks.start(
            "plane",
            work,
            done=self._on_found,
            failed=self._on_failed,
            progressed=self._on_progress,
            version=self.network_key,
        )

    @Slot(object)
    def _on_found(self, found: Surroundings) -> None:
        self.found, self._took = found, found.seconds
        self.chart.show_landscape(found.plane)
        self._measured_of, self._measured = self._asked_of, self._asked[:2]
        self.progress_label.setText(f"It reaches ±{found.plane.places[-1]:.2g} in both directions.")
        if self._subject is not None:
            self.show_subject(self._subject)
        self._fill_weights(found)
        self._cut()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.progress_label.setText(str(error))

    @Slot(float)
    def _on_progress(self, share: float) -> None:
        waits = "" if self._may_go_on.is_set() else ", waits while you draw"
        self.progress_label.setText(f"Measuring: {100 * share:.0f} %{waits}")

    @Slot(str)
    def _on_ended(self, key: str) -> None:
        if key == "slice":
            self._cut()

    @Slot()
    def _on_measure(self) -> None:
        if not self.tasks.is_running("plane"):
            self._asked = ()
        self._ask(only_idle=False)

    @Slot()
    def _on_direction(self) -> None:
        self._seed += 1
        self._ask(only_idle=False)

    @Slot()
    def _on_close(self) -> None:
        self._ask(only_idle=False)

    # One weight.

    def _fill_weights(self, found: Surroundings) -> None:
        network = found.loss.network
        names, sizes = [], []
        for layer in network.layers:
            for parameter in layer.parameters:
                if parameter.trainable:
                    names.append(f"{layer.name} {parameter.name}")
                    sizes.append(parameter.value.size)
        known = [self.parameter_box.itemText(place) for place in range(self.parameter_box.count())]
        if (names, sizes) == (known, self._sizes):
            return
        self._sizes = sizes
        steepest = int(np.abs(found.slopes).argmax())
        starts = np.concatenate([[0], np.cumsum(sizes)])
        chosen = int(np.searchsorted(starts, steepest, "right")) - 1
        with QSignalBlocker(self.parameter_box), QSignalBlocker(self.place_box):
            self.parameter_box.clear()
            self.parameter_box.addItems(names)
            self.parameter_box.setCurrentIndex(chosen)
            self.place_box.setRange(1, sizes[chosen])
            self.place_box.setValue(1 + steepest - int(starts[chosen]))

    @property
    def weight_index(self) -> int:
        """Where the chosen weight stands in the flat vector."""
        return sum(self._sizes[: max(0, self.parameter_box.currentIndex())]) + self.place_box.value() - 1

    @Slot(int)
    def _on_parameter(self, place: int) -> None:
        with QSignalBlocker(self.place_box):
            self.place_box.setRange(1, self._sizes[place])
        self._cut()

    @Slot()
    def _cut(self) -> None:
        if self.found is None or self.tasks.is_running("slice") or self.tasks.is_running("plane"):
            return
        index = self.weight_index
        if self.slice is not None and (id(self.found), index) == self._cut_key:
            return
        self._cut_key = (id(self.found), index)
        self.tasks.start("slice", Cutting(self.found.loss, index), done=self._on_slice, version=self.network_key)

    @Slot(object)
    def _on_slice(self, found: WeightSlice) -> None:
        self.slice = found
        self.slice_chart.show_slice(found)
        self.slice_card.set_note(f"slope {found.slope:.3g}".replace("-", "−"))

    def _assemble(self) -> None:
        row = QHBoxLayout()
        row.addWidget(self.measure_button)
        row.addWidget(self.direction_button)
        row.addWidget(self.close_box)
        row.addWidget(self.progress_label, 1)
        self.card.body.addLayout(row)
        choice = QHBoxLayout()
        for text, box in (("Weight of", self.parameter_box), ("number", self.place_box)):
            label = mark_muted(QLabel(text))
            label.setBuddy(box)
            choice.addWidget(label)
            choice.addWidget(box)
        choice.addStretch(1)
        self.slice_card.body.insertWidget(0, self.formula)
        self.slice_card.body.addLayout(choice)
        column = QVBoxLayout()
        column.addWidget(self.card)
        column.addWidget(self.slice_card)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(ScrollPage(column, self.themes, self))
