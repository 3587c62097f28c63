"""What the model learned: templates and first filters as pictures on one scale."""

from typing import ClassVar

import numpy as np
from PySide6.QtCore import QPoint, Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout

from engine.inspection.twin import is_linear
from engine.inspection.units import hidden_layers
from engine.inspection.update_terms import short
from engine.storage.model import Model
from gui.lab.lab import Lab
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.card import Card
from gui.widgets.filled import filled
from gui.widgets.kept_place import KeptPlace
from gui.widgets.scroll_page import ScrollPage
from gui.workspaces.inspect.digit_bank import DigitBank
from gui.workspaces.inspect.map_grid import Cell, MapGrid
from gui.workspaces.inspect.page import Page
from gui.workspaces.inspect.parameter_maps import first_maps, has_kernel
from gui.workspaces.inspect.subject import Subject
from gui.workspaces.inspect.unit_card import UnitCard


class WeightsPage(Page):
    """Templates of a linear model, or the first layer's filters and a unit's own card."""

    key: ClassVar[str] = "weights"
    title: ClassVar[str] = "Weights"
    tip: ClassVar[str] = "What the model learned, as pictures"

    def __init__(self, lab: Lab, themes: ThemeManager, bank: DigitBank) -> None:
        super().__init__(lab, themes, bank)
        self.card = Card("Weights")
        self.grid = MapGrid(themes, "templateView", "Weights as pictures", scale=3, largest=9)
        self.note = mark_muted(QLabel())
        self.note.setWordWrap(True)
        filled(self.card.body, KeptPlace(self.note), self.grid)
        self.unit_card = UnitCard(bank, themes, self.tasks)
        self._scroll = ScrollPage(filled(QVBoxLayout(), self.card, self.unit_card, 1), themes, self)
        filled(QVBoxLayout(self), self._scroll, margins=0)
        self._layer = 0
        self.unit_card.histogram.view.menu_requested.connect(self._on_histogram_menu)
        self.grid.pointed.connect(self._on_pointed)
        self.grid.clicked.connect(self._on_clicked)

    @classmethod
    def applies_to(cls, model: Model) -> bool:
        """Whether there are weights to look at."""
        return any(has_kernel(layer) for layer in model.network.layers)

    def show_subject(self, subject: Subject) -> None:
        """The weights as they are now."""
        before, self._subject = self._subject, subject
        self.card.set_subtitle(subject.source)
        if before is not None and before.version == subject.version:
            # Only the drawing is another.
            self.grid.read_again()
            if not self.unit_card.isHidden():
                self.unit_card.show_subject(subject)
            return
        linear = is_linear(subject.twin)
        self._layer, maps = first_maps(subject.twin)
        labels = subject.model.labels
        binary = linear and len(maps) == 1 and len(labels) == 2
        names = (f"θ: {labels[1]} against {labels[0]}",) if binary else labels if linear else ()
        self.card.set_title("Templates" if linear else "First-layer filters")
        self.note.setText(_note(subject, binary=binary, linear=linear, largest=float(np.abs(maps).max())))
        self.grid.set_maps(maps, names, read=self._read)
        has_units = bool(hidden_layers(subject.twin))
        self.unit_card.setVisible(has_units)
        if has_units:
            self.unit_card.show_subject(subject)

    def forget(self) -> None:
        """Also what many digits said about a unit."""
        super().forget()
        self.unit_card.forget()

    def settle(self, subject: Subject, *, rested: bool) -> None:
        """Ask many digits about the chosen unit."""
        if not self.unit_card.isHidden():
            self.unit_card.ask(subject)

    def _read(self, cell: Cell) -> str:
        place, row, column = cell
        weight = float(self.grid.values[cell])
        if np.isnan(weight):
            return ""
        name = self.grid.names[place] if self.grid.names else f"unit {place + 1}"
        text = f"{name} · row {row + 1}, column {column + 1}: weight {weight:.4g}"
        features = self._subject.features if self._subject is not None else None
        if features is not None and self.grid.values.shape[1:] == features.shape:
            ink = float(features[row, column])
            text += f" × ink {ink:.2f} = {weight * ink:.4g}"
        return text.replace("-", "−")

    @Slot(str)
    def _on_pointed(self, text: str) -> None:
        self.card.set_subtitle(text or (self._subject.source if self._subject is not None else ""))

    @Slot(object)
    def _on_histogram_menu(self, at: QPoint) -> None:
        self.open_menu(at, [("", self.unit_card.histogram)])

    @Slot(int, int, int)
    def _on_clicked(self, place: int, _row: int, _column: int) -> None:
        if not self.unit_card.isHidden():
            self.unit_card.choose(self._layer, place)
            self._scroll.ensureWidgetVisible(self.unit_card)


def _note(subject: Subject, *, binary: bool, linear: bool, largest: float) -> str:
    scale = f"Blue is negative, orange positive; the full colour is ±{largest:.3g}, the same for all."
    if binary:
        biases = subject.twin.layers[-1].parameters[1:]
        bias = f"; bias {short(float(biases[0].value[0]))}" if biases else ""
        first, second = subject.model.labels
        return f"Ink on orange speaks for {second}, ink on blue for {first}{bias}. {scale}"
    if linear and not subject.has_classes:
        return f"Ink on orange raises the output, ink on blue lowers it. {scale}"
    if linear:
        return f"Ink on orange speaks for the digit, ink on blue against it. {scale}"
    click = "; click one to see its page below" if hidden_layers(subject.twin) else ""
    return f"What each unit of the first layer looks for{click}. {scale}"
