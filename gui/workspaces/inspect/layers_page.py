"""What happens to the drawing: every layer's maps in order, and the sum behind each number."""

from functools import partial
from typing import ClassVar, Final

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from engine.inspection.receptive_field import Place
from engine.layers import Layer
from gui.lab.lab import Lab
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.card import Card
from gui.widgets.filled import filled
from gui.widgets.kept_place import KeptPlace
from gui.widgets.scroll_page import ScrollPage
from gui.workspaces.inspect.digit_bank import DigitBank
from gui.workspaces.inspect.map_grid import MapGrid
from gui.workspaces.inspect.page import BLANK, Page
from gui.workspaces.inspect.softmax_table import AnswerTable
from gui.workspaces.inspect.subject import Subject
from gui.workspaces.inspect.sum_card import SumCard
from gui.workspaces.inspect.unit_bars import UnitBars

# Layers that only hand on what they get are named, not drawn again.
_PASSING: Final = ("flatten", "dropout", "reshape", "rescaling", "gaussian_noise")


class LayersPage(Page):
    """The drawing on its way through the layers; a click on a number shows where it comes from."""

    key: ClassVar[str] = "layers"
    title: ClassVar[str] = "Layers"
    tip: ClassVar[str] = "What each layer makes of your drawing, and the sum behind every number"

    def __init__(self, lab: Lab, themes: ThemeManager, bank: DigitBank) -> None:
        super().__init__(lab, themes, bank)
        self.maps_card = Card("Layer by layer")
        self.maps_card.setObjectName("featureMaps")
        self.rows: list[tuple[QLabel, MapGrid | UnitBars]] = []
        self.rows_layout = filled(QVBoxLayout(), spacing=4)
        self.maps_card.body.addLayout(self.rows_layout)
        self.maps_card.body.addStretch(1)
        self._shapes: list[tuple[int, ...]] = []
        self._titles: list[str] = []
        self._chosen: tuple[int, Place] | None = None
        self.sum_card = SumCard(themes)
        self.answer_table = AnswerTable(themes)
        right = filled(QVBoxLayout(), self.sum_card, KeptPlace(self.answer_table), 1)
        row = filled(QHBoxLayout(), (self.maps_card, 1), (right, 1))
        filled(QVBoxLayout(self), ScrollPage(row, themes, self), margins=0)

    def show_subject(self, subject: Subject) -> None:
        """Every layer's outputs as they are now."""
        self._subject = subject
        shapes = [subject.twin.example_shape, *(layer.output_shape for layer in subject.twin.layers)]
        titles = [f"drawing · {_shape(shapes[0])}", *(_title(layer) for layer in subject.twin.layers)]
        if (shapes, titles) != (self._shapes, self._titles):
            self._shapes, self._titles, self._chosen = shapes, titles, None
            self._make_rows(subject)
        outputs = subject.outputs
        labels = subject.model.labels
        self.maps_card.set_subtitle(subject.source)
        for number, (_, view) in enumerate(self.rows):
            if isinstance(view, MapGrid):
                shape = self._shapes[number]
                channels = shape[2] if len(shape) == 3 else 1
                if not outputs:
                    view.set_maps(view.values[:0])
                    continue
                maps = outputs[number].reshape(shape[0], shape[1], channels).transpose(2, 0, 1)
                view.set_maps(maps, limit=1.0 if number == 0 else None)
            else:
                last = number == len(self.rows) - 1
                named = labels if last and len(labels) == shapes[-1][0] else ()
                view.set_values(outputs[number] if outputs else [], named, subject.ranking[0] if named else -1)
        self.answer_table.show_subject(subject)
        self._show_sum()

    def choose(self, number: int, place: Place) -> None:
        """Show the sum behind a number of layer `number` (0 is the first layer after the drawing)."""
        self._chosen = (number, place)
        self._show_sum()

    def _show_sum(self) -> None:
        for _, view in self.rows:
            if isinstance(view, MapGrid):
                view.frame(0, None)
        drawing = self.rows[0][1] if self.rows else None
        if self._subject is None or not self._subject.outputs or self._chosen is None:
            self.sum_card.clear()
            return
        field = self.sum_card.show_sum(self._subject, *self._chosen)
        if isinstance(drawing, MapGrid):
            drawing.frame(0, None if field.isEmpty() else field)

    def _make_rows(self, subject: Subject) -> None:
        for widgets in self.rows:
            for widget in widgets:
                # They live on for a moment, and nothing may be clicked that is of an earlier network.
                widget.hide()
                widget.deleteLater()
        self.rows = []
        for number, (title, shape) in enumerate(zip(self._titles, self._shapes, strict=True)):
            label = mark_muted(QLabel(title))
            view: MapGrid | UnitBars
            if len(shape) >= 2:
                view = MapGrid(
                    self.themes, f"layerMaps{number}", title, scale=3, largest=6, signed=False, empty_text=BLANK
                )
                if number:
                    view.clicked.connect(partial(self._on_map_clicked, number - 1))
            else:
                view = UnitBars(self.themes, f"layerBars{number}", title)
                if number:
                    view.clicked.connect(partial(self._on_bar_clicked, number - 1))
            view.pointed.connect(self._on_pointed)
            passing = number > 0 and subject.twin.layers[number - 1].kind in _PASSING
            view.setVisible(not passing)
            self.rows_layout.addWidget(label)
            self.rows_layout.addWidget(view)
            self.rows.append((label, view))
        # Tab comes to the layers before it comes to the sum, which is older.
        before = self.sum_card.grids["input"].previousInFocusChain()
        while before is not None and before.focusPolicy() == Qt.FocusPolicy.NoFocus:
            before = before.previousInFocusChain()
        assert before is not None
        for _, view in self.rows:
            QWidget.setTabOrder(before, view)
            before = view

    @Slot(str)
    def _on_pointed(self, text: str) -> None:
        self.maps_card.set_subtitle(text or (self._subject.source if self._subject is not None else ""))

    def _on_map_clicked(self, number: int, channel: int, row: int, column: int) -> None:
        self.choose(number, (row, column, channel)[: len(self._shapes[number + 1])])

    def _on_bar_clicked(self, number: int, unit: int) -> None:
        self.choose(number, (unit,))


def _title(layer: Layer) -> str:
    end = getattr(layer, "end", None)
    return f"{layer.name} · {_shape(layer.output_shape)}" + (f" · {end.kind}" if end is not None else "")


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape))
