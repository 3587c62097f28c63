"""A unit's page: its weights, what excites it, how strongly, and what it pushes."""

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QSignalBlocker, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QVBoxLayout

from engine.core.parameters import FloatArray, IntArray
from engine.inspection.units import LayerResponses, hidden_layers, layer_responses, unit_pushes, unit_weights
from gui.charts.bar_chart import BarChart
from gui.services.background_task import BackgroundTasks, Task
from gui.services.csv_export import Table
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.card import Card
from gui.widgets.field_label import label_for
from gui.widgets.filled import filled
from gui.widgets.kept_place import KeptPlace
from gui.widgets.spin_boxes import SpinBox
from gui.workspaces.inspect.digit_bank import DigitBank, Digits
from gui.workspaces.inspect.digit_grid import DigitGrid
from gui.workspaces.inspect.map_grid import Cell, MapGrid
from gui.workspaces.inspect.page import show_as_fresh
from gui.workspaces.inspect.parameter_maps import has_kernel, in_rows
from gui.workspaces.inspect.subject import Subject
from gui.workspaces.inspect.unit_bars import UnitBars

# Digits that are asked; the bundled ones come in a random order.
ASKED: Final = 2000
_AVERAGED: Final = 100
_BINS: Final = 20
_MOST_CHANNELS: Final = 16
_MOST_WEIGHTS: Final = 400
_ASKED: Final = "the nine digits that excite it most"


class _Responses:
    """What the background task finds out about all units of a layer."""

    def __init__(self, subject: Subject, read: Callable[[], Digits], layer: int) -> None:
        self._make, self._read, self._layer = subject.twin_maker(), read, layer

    def __call__(self, task: Task) -> tuple[LayerResponses, FloatArray, IntArray, FloatArray]:
        digits = self._read()
        images = digits.images[:ASKED]
        twin = self._make()
        responses = layer_responses(twin, images, self._layer, lambda share: task.progress(0.8 * share))
        pushes = unit_pushes(twin, images[:_AVERAGED], self._layer)
        return responses, images, digits.labels[:ASKED], pushes


class UnitCard(Card):
    """Choose a layer and a unit; what many digits say about it comes from a background task."""

    def __init__(self, bank: DigitBank, themes: ThemeManager, tasks: BackgroundTasks) -> None:
        super().__init__("A unit", "")
        self._bank, self._tasks = bank, tasks
        self._subject: Subject | None = None
        self._asked: tuple[object, ...] = ()
        self._found_version: object = None
        self._found: tuple[LayerResponses, FloatArray, IntArray, FloatArray] | None = None
        self.layer_box = QComboBox()
        self.layer_box.setObjectName("unitLayer")
        self.layer_box.setAccessibleName("Layer of the unit")
        self.layer_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
        self.unit_box = SpinBox()
        self.unit_box.setObjectName("unitNumber")
        self.unit_box.setAccessibleName("Number of the unit")
        self.unit_box.setMinimum(1)
        for text, box in (("Layer", self.layer_box), ("unit", self.unit_box)):
            label = label_for(box, text)
            self.header.addWidget(label)
            self.header.addWidget(box)
        self.value_label = QLabel(wordWrap=True)
        self.value_label.setObjectName("unitValue")
        self.weights = MapGrid(themes, "unitWeights", "Weights of the unit", scale=6, largest=8)
        self.weights.pointed.connect(self.set_subtitle)
        self.exciting = DigitGrid(themes, scale=3, empty_text="Looking for the digits that excite it most …")
        self.exciting.widest = "0 · −0.00"
        self.exciting.setObjectName("excitingDigits")
        self.exciting.setAccessibleName("The nine digits that excite the unit most")
        self.exciting.setMinimumHeight(260)
        self.histogram = _Histogram(themes)
        self.histogram.setMinimumHeight(110)
        self.pushes = UnitBars(themes, "unitPushes", "What the unit adds to each output")
        self.pushes.pointed.connect(self.set_subtitle)
        self.weights_label = mark_muted(QLabel("incoming weights"))
        self.asked_label = mark_muted(QLabel(_ASKED))
        self._assemble()
        self.layer_box.currentIndexChanged.connect(self._on_layer)
        self.unit_box.valueChanged.connect(self._on_unit)

    def choose(self, layer: int, unit: int) -> None:
        """Show a unit, counted from 0, of a layer by its number."""
        place = self.layer_box.findData(layer)
        if place >= 0:
            self.layer_box.setCurrentIndex(place)
            self.unit_box.setValue(unit + 1)

    def show_subject(self, subject: Subject) -> None:
        """The chosen unit as it is now."""
        layers = hidden_layers(subject.twin)
        entries = [(subject.twin.layers[number].name, number) for number in layers]
        box = self.layer_box
        if entries != [(box.itemText(place), box.itemData(place)) for place in range(box.count())]:
            with QSignalBlocker(box):
                box.clear()
                for name, number in entries:
                    box.addItem(name, number)
        before, self._subject = self._subject, subject
        if before is None or before.twin is not subject.twin:
            # Another network has other units.
            self._found = None
            self._show()
        else:
            # What many digits said stays, dimmed, until they have been asked again.
            self._show_weights(before.version != subject.version)
            self._mark_behind()

    def forget(self) -> None:
        """Hold nothing of a network that is gone."""
        self._subject = self._found = None

    def ask(self, subject: Subject) -> None:
        """Ask many digits, unless that is done or under way."""
        self._subject = subject
        if self.layer_box.currentData() is not None:
            self._ask(subject, self.layer_box.currentData())

    def _show(self) -> None:
        subject, layer = self._subject, self.layer_box.currentData()
        if subject is None or layer is None:
            return
        units = subject.twin.layers[layer].output_shape[-1]
        with QSignalBlocker(self.unit_box):
            self.unit_box.setMaximum(units)
        self._show_weights(True)
        self._show_found(self.unit_box.value() - 1)

    def _show_weights(self, changed: bool) -> None:
        subject, layer, unit = self._subject, self.layer_box.currentData(), self.unit_box.value() - 1
        self._show_value()
        if subject is None or layer is None or not changed:
            return
        weights, read = unit_weights(subject.twin, layer, unit), None
        if weights.ndim == 3:
            maps = weights.transpose(2, 0, 1)[:_MOST_CHANNELS]
        elif weights.shape == (400,) and not any(has_kernel(before) for before in subject.twin.layers[:layer]):
            maps = weights.reshape(1, 20, 20)
        elif weights.ndim == 1:
            # No pixels: in rows, and told by their number.
            maps, read = in_rows(weights[np.newaxis, :_MOST_WEIGHTS]), self._read_weight
        else:
            maps = weights[np.newaxis, :, :_MOST_WEIGHTS]
        self.weights.set_maps(maps, read=read)
        cut = f", the first {maps.size:,} of {weights.size:,}" if maps.size < weights.size else ""
        self.weights_label.setText(f"incoming weights{cut}")

    def _read_weight(self, cell: Cell) -> str:
        number, value = cell[1] * self.weights.values.shape[2] + cell[2] + 1, float(self.weights.values[cell])
        return "" if np.isnan(value) else f"weight {number}: {_signed(value)}"

    def _show_value(self) -> None:
        subject, layer, text = self._subject, self.layer_box.currentData(), "no drawing"
        if subject is not None and subject.outputs and layer is not None:
            values = subject.outputs[layer + 1][..., self.unit_box.value() - 1]
            text = f"present drawing: {_signed(float(values.max()))}{', the largest of its map' if values.ndim else ''}"
        self.value_label.setText(text)

    def _ask(self, subject: Subject, layer: int) -> None:
        asked = (subject.version, layer, subject.network, self._bank.key)
        if asked == self._asked:
            return
        # While a model learns, its weights change faster than many digits can be asked: the task under way is let end.
        same = self._asked[1:] == asked[1:]
        if same and self._tasks.is_running("unit"):
            return
        self._asked = asked
        if not same:
            self._found = None
            self._show_found(0)
            self.set_subtitle("")
        self._tasks.start(
            "unit",
            _Responses(subject, self._bank.source(), layer),
            done=self._on_found,
            failed=self._on_failed,
            version=self._key,
        )

    def _key(self) -> tuple[object, ...]:
        # What was asked of another model than the shown one is dropped.
        return (*self._asked, None if self._subject is None else self._subject.network)

    @Slot(object)
    def _on_found(self, found: tuple[LayerResponses, FloatArray, IntArray, FloatArray]) -> None:
        self._found, self._found_version = found, self._asked[0]
        self._show_found(self.unit_box.value() - 1)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._found = None
        self._show_found(0)
        self.set_subtitle(str(error))

    def _mark_behind(self) -> None:
        fresh = self._subject is None or self._found is None or self._found_version == self._subject.version
        for widget in (self.exciting, self.histogram, self.pushes):
            show_as_fresh(widget, fresh)

    def _show_found(self, unit: int) -> None:
        self._mark_behind()
        if self._found is None or self._subject is None or unit >= self._found[0].values.shape[1]:
            self.exciting.clear_digits()
            self.histogram.show_values(())
            self.pushes.set_values([])
            self.asked_label.setText(_ASKED)
            return
        responses, images, labels, pushes = self._found
        self.asked_label.setText(f"of {len(images):,} digits, those that excite it most")
        places, values = responses.exciting(unit), responses.values[:, unit]
        captions = [f"{labels[place]} · {_signed(values[place])}" for place in places]
        self.exciting.set_digits(images[places], captions, {"label": labels[places], "activation": values[places]})
        self.histogram.set_heading(f"{_Histogram.title} · {self.layer_box.currentText()}, unit {unit + 1}")
        self.histogram.show_values(values[np.isfinite(values)])
        model, outputs = self._subject.model, pushes.shape[1]
        names = model.labels if len(model.labels) == outputs else (model.labels[-1],)
        self.pushes.set_values(pushes[unit], names)

    @Slot(int)
    def _on_layer(self, _place: int) -> None:
        self._found = None
        self._show()
        if self._subject is not None:
            self.ask(self._subject)

    @Slot(int)
    def _on_unit(self, _unit: int) -> None:
        self._show()

    def _assemble(self) -> None:
        pushes, counts = (
            mark_muted(QLabel(text)) for text in ("adds to each output, on average", "how many, how strongly")
        )
        left = filled(QVBoxLayout(), self.weights_label, self.weights, pushes, self.pushes)
        left = filled(left, KeptPlace(self.value_label), 1)
        right = filled(QVBoxLayout(), self.asked_label, self.exciting, counts, self.histogram)
        self.body.addLayout(filled(QHBoxLayout(), (left, 1), (right, 1)))


def _signed(value: float) -> str:
    return f"{value:.3g}".replace("-", "−")


class _Histogram(BarChart):
    """How often the unit is how strong."""

    object_name = "unitHistogram"
    title = "Activation over many digits"
    value_word = "digits"
    empty_text = "How strongly digits excite the unit is counted here."

    def show_values(self, values: ArrayLike) -> None:
        """Count activations, (digits,)."""
        found = np.asarray(values)
        self._counts, self._edges = np.histogram(found, _BINS) if len(found) else (found, found)
        self.set_bars([_signed(edge) for edge in self._edges[:-1]], self._counts)

    def table(self) -> Table:
        """A row a bar, from its lower edge to its upper one."""
        bars = (self._edges[:-1], self._edges[1:], self._counts)
        return Table(("from", "to", self.value_word), [bars], {"what": self.heading}, exact=True)
