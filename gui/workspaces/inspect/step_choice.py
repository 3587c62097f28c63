"""What a step learns from, by which rule, and which weight is followed."""

from typing import Any, Final

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Signal, Slot
from PySide6.QtWidgets import QComboBox, QDoubleSpinBox, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.core.activations import sigmoid
from engine.core.parameters import FloatArray
from engine.network.network import Network
from gui.widgets.field_label import label_for
from gui.widgets.filled import filled
from gui.widgets.naming import named
from gui.widgets.spin_boxes import DoubleSpinBox, SpinBox
from gui.workspaces.inspect.formula_links import BATCH
from gui.workspaces.inspect.step_task import Batch
from gui.workspaces.inspect.subject import Subject
from models.presets.preset import ModelPreset
from models.presets.question import preset_of_model

DRAWING: Final = "my drawing"
DIGITS: Final = "training digits"
SELECTED: Final = "selected digits"
OPTIMIZERS: Final = ("gradient_descent", "momentum", "nesterov", "rmsprop", "adam")
_TEXTS: Final = ("Gradient descent", "Momentum", "Nesterov", "RMSProp", "Adam")


class StepChoice(QWidget):
    """Fields for batch, label, optimizer, rate and weight.

    Signals:
        changed: another batch or rule.
        weight_changed: another weight is followed.
    """

    changed = Signal()
    weight_changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.output_names: tuple[str, ...] = ()
        self._task = ""
        # The drawing whose label is offered, and whether the user gave it one.
        self._drawing = -1
        self._is_told = False
        self._shapes: list[tuple[int, int, tuple[int, ...]]] = []
        # Of which network the rate is the usual one, until the user chooses another.
        self._network, self._usual_rate = -1, 0.0
        self._preset: ModelPreset | None = None
        self.batch_box = _combo("stepBatch", "What is learned from", (DRAWING, DIGITS, SELECTED))
        self.label_box = _combo("stepLabel", "What the drawing is")
        self.degrees_box = DoubleSpinBox()
        self.degrees_box.setObjectName("stepDegrees")
        self.degrees_box.setAccessibleName("By how many degrees the drawing is turned")
        self.degrees_box.setRange(-45, 45)
        self.count_box = named(SpinBox(), "stepCount", accessible_name="How many training digits")
        self.count_box.setRange(1, 256)
        self.count_box.setValue(32)
        self.optimizer_box = _combo("stepOptimizer", "Optimizer", _TEXTS)
        self.rate_box = named(DoubleSpinBox(), "stepRate", accessible_name="Learning rate")
        self.rate_box.setDecimals(5)
        self.rate_box.setRange(0.00001, 10.0)
        self.rate_box.setStepType(QDoubleSpinBox.StepType.AdaptiveDecimalStepType)
        self.rate_box.setValue(0.1)
        self.parameter_box = _combo("stepParameter", "Weights of which layer")
        self.place_box = named(SpinBox(), "stepWeight", accessible_name="Number of the weight")
        self._assemble()
        self.label_box.currentIndexChanged.connect(self._on_told)
        self.optimizer_box.currentIndexChanged.connect(self._offer_rate)
        for box in (self.batch_box, self.label_box, self.optimizer_box):
            box.currentIndexChanged.connect(self._on_changed)
        for spin in (self.count_box, self.degrees_box, self.rate_box):
            spin.setKeyboardTracking(False)
            spin.valueChanged.connect(self._on_changed)
        self.parameter_box.currentIndexChanged.connect(self._on_parameter)
        self.place_box.valueChanged.connect(self._on_weight)
        self._show_fields()

    def show_subject(self, subject: Subject) -> None:
        """Offer what fits the model; the drawing is taken for what the model says until the user says otherwise."""
        model = subject.model
        names = model.labels[1:] if model.task == "binary" else model.labels
        if (names, model.task) != (self.output_names, self._task):
            self.output_names, self._task = names, model.task
            labels = model.labels if model.task in ("binary", "multiclass") else tuple("0123456789")
            with QSignalBlocker(self.label_box):
                self.label_box.clear()
                self.label_box.addItems(list(labels))
            self._usual_rate = self.rate_box.value()
            self._drawing, self._is_told = -1, False
            self._show_fields()
        if subject.network != self._network:
            self._network, self._preset = subject.network, preset_of_model(model)
            self._offer_rate()
        if subject.drawing != self._drawing:
            self._drawing = subject.drawing
            self._is_told = self._is_told and subject.features is not None
            if not self._is_told:
                with QSignalBlocker(self.label_box):
                    self.label_box.setCurrentIndex(_likeliest(subject))

    def batch(self, *, has_drawing: bool, selected: tuple[int, ...]) -> Batch | None:
        """What is learned from; None where that is a drawing, or a selection, that is not there."""
        if self.batch_box.currentText() == DIGITS:
            return Batch(self.count_box.value())
        if self.batch_box.currentText() == SELECTED:
            ids = selected[: self.count_box.maximum()]
            return Batch(len(ids), ids=ids) if ids else None
        if not has_drawing:
            return None
        return Batch(0, self.degrees_box.value() if self._task == "regression" else self.label_box.currentIndex())

    def focus_on(self, key: str) -> None:
        """Go to the control that a term of a formula stands for: the batch, or the optimizer's rule."""
        drawn = self.degrees_box if self._task == "regression" else self.label_box
        batch = {DRAWING: drawn, DIGITS: self.count_box}.get(self.batch_box.currentText(), self.batch_box)
        (batch if key == BATCH else self.rate_box).setFocus(Qt.FocusReason.ShortcutFocusReason)

    @property
    def rule(self) -> tuple[str, float]:
        """Optimizer and learning rate."""
        return OPTIMIZERS[self.optimizer_box.currentIndex()], self.rate_box.value()

    def target_text(self, target: Any) -> str:  # noqa: ANN401 — a number or a row
        """A target for people."""
        values = np.asarray(target).reshape(-1)
        if self._task == "multiclass":
            return self.output_names[int(values[0] if len(values) == 1 else values.argmax())]
        return ", ".join(f"{value:g}" for value in values.tolist())

    def show_parameters(self, network: Network, gradients: FloatArray) -> None:
        """Offer the weights, (count,); follow the steepest slope of the last layer, or the choice that still fits."""
        shapes, names = [], []
        for number, layer in enumerate(network.layers):
            for place, parameter in enumerate(layer.parameters):
                if parameter.trainable:
                    shapes.append((number, place, parameter.value.shape))
                    names.append(f"{layer.name} {parameter.name}")
        if shapes == self._shapes:
            # Another model's layers may have the same sizes and other names.
            for place, name in enumerate(names):
                self.parameter_box.setItemText(place, name)
            return
        self._shapes = shapes
        with QSignalBlocker(self.parameter_box), QSignalBlocker(self.place_box):
            self.parameter_box.clear()
            self.parameter_box.addItems(names)
            last = max(place for place, (_, parameter, _) in enumerate(shapes) if parameter == 0)
            self.parameter_box.setCurrentIndex(last)
            start = sum(int(np.prod(shape)) for _, _, shape in shapes[:last])
            size = int(np.prod(shapes[last][2]))
            self.place_box.setRange(1, size)
            self.place_box.setValue(1 + int(np.abs(gradients[start : start + size]).argmax()))

    @property
    def parameter_name(self) -> str:
        """Such as "dense kernel"."""
        return self.parameter_box.currentText()

    def name_of(self, place: tuple[int, ...]) -> str:
        """A weight of the chosen layer for people, such as "dense kernel [28, 6]"."""
        return f"{self.parameter_name} [{', '.join(str(part + 1) for part in place)}]"

    @property
    def shape(self) -> tuple[int, ...]:
        """Of the chosen layer's weights."""
        return self._shapes[max(0, self.parameter_box.currentIndex())][2]

    @property
    def weight(self) -> tuple[int, int, tuple[int, ...]]:
        """Layer, parameter and place of the weight that is followed."""
        layer, parameter, shape = self._shapes[max(0, self.parameter_box.currentIndex())]
        place = np.unravel_index(self.place_box.value() - 1, shape)
        return layer, parameter, tuple(int(part) for part in place)

    def choose_weight(self, place: tuple[int, ...]) -> None:
        """Follow another weight of the same array."""
        shape = self._shapes[max(0, self.parameter_box.currentIndex())][2]
        self.place_box.setValue(1 + int(np.ravel_multi_index(place, shape)))

    @Slot()
    def _offer_rate(self) -> None:
        """Each model and optimizer needs its own rate; one that the user chose stays."""
        if self._preset is not None and self.rate_box.value() == self._usual_rate:
            with QSignalBlocker(self.rate_box):
                self.rate_box.setValue(self._preset.settings(self.rule[0]).learning_rate)
            self._usual_rate = self.rate_box.value()

    @Slot()
    def _on_told(self) -> None:
        self._is_told = True

    @Slot()
    def _on_changed(self) -> None:
        self._show_fields()
        self.changed.emit()

    @Slot(int)
    def _on_parameter(self, place: int) -> None:
        with QSignalBlocker(self.place_box):
            self.place_box.setRange(1, int(np.prod(self._shapes[place][2])))
        self.weight_changed.emit()

    @Slot(int)
    def _on_weight(self, _place: int) -> None:
        self.weight_changed.emit()

    def _show_fields(self) -> None:
        drawing, digits = (self.batch_box.currentText() == text for text in (DRAWING, DIGITS))
        self.label_box.setVisible(drawing and self._task != "regression")
        self.degrees_box.setVisible(drawing and self._task == "regression")
        self.is_label.setVisible(drawing)
        self.count_box.setVisible(digits)

    def _assemble(self) -> None:
        self.is_label = label_for(self.label_box, "is")
        column = filled(QVBoxLayout(self), margins=0, spacing=6)
        rows = (
            (label_for(self.batch_box, "Learn from"), self.is_label, self.label_box, self.degrees_box, self.count_box,
             label_for(self.optimizer_box, "by")),
            (label_for(self.rate_box, "α"), label_for(self.parameter_box, "Follow"),
             label_for(self.place_box, "weight")),
        )  # fmt: skip
        for widgets in rows:
            row = QHBoxLayout()
            for widget in widgets:
                row.addWidget(widget)
                buddy = widget.buddy() if isinstance(widget, QLabel) and widget is not self.is_label else None
                if buddy is not None:
                    row.addWidget(buddy)
            row.addStretch(1)
            column.addLayout(row)


def _likeliest(subject: Subject) -> int:
    """The place of the label that the model gives the drawing; of properties the first digit that has nearly those."""
    if subject.has_classes:
        return subject.ranking[0]
    preset = preset_of_model(subject.model)
    if preset is None or not subject.outputs or subject.model.task != "multilabel":
        return 0
    # Of this model: right after it was chosen, the prediction is still the one before's.
    answer = sigmoid(subject.outputs[-1])
    return int(np.abs(preset.targets(np.arange(10)) - answer).sum(axis=1).argmin())


def _combo(name: str, accessible_name: str, texts: tuple[str, ...] = ()) -> QComboBox:
    box = named(QComboBox(), name, accessible_name, accessible_name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.addItems(list(texts))
    return box
