"""One number of a layer taken apart: input × weight, added up, plus bias, through the activation."""

from typing import Final

import numpy as np
from PySide6.QtCore import QRect
from PySide6.QtWidgets import QLabel

from engine.inspection.activations import UnitSum, unit_sum
from engine.inspection.attribution import strongest
from engine.inspection.receptive_field import Place, only_input, receptive_field
from engine.inspection.update_terms import short
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.card import Card
from gui.workspaces.inspect.map_grid import MapGrid
from gui.workspaces.inspect.subject import Subject

_HINT: Final = "Click a pixel of a map, or a bar: the sum that made it appears here."
# A filter that looks at more maps than this shows those that add most.
_MOST_CHANNELS: Final = 4
_LISTED: Final = 4
# A global pool takes whole maps: the map below shows their numbers.
_MOST_POOLED: Final = 16


class SumCard(Card):
    """The sum behind the chosen number, with the numbers in it."""

    def __init__(self, themes: ThemeManager) -> None:
        super().__init__("The sum behind a number", "")
        self.sum_label = QLabel(_HINT)
        self.sum_label.setObjectName("unitSum")
        self.sum_label.setWordWrap(True)
        self.body.addWidget(self.sum_label)
        self.grids = {}
        for name in ("input", "weight", "product"):
            grid = MapGrid(themes, f"{name}Maps", f"{name} of the window", scale=14, largest=36)
            grid.pointed.connect(self.set_subtitle)
            self.grids[name] = grid
            self.body.addWidget(grid)
        self.note = mark_muted(QLabel())
        self.note.setWordWrap(True)
        self.body.addWidget(self.note)
        self.clear()

    def clear(self) -> None:
        """Nothing is chosen."""
        self.sum_label.setText(_HINT)
        self.note.setText("")
        for grid in self.grids.values():
            grid.hide()

    def show_sum(self, subject: Subject, number: int, place: Place) -> QRect:
        """The sum behind the number at a place of a layer; gives the part of the drawing that it depends on."""
        layer, outputs = subject.twin.layers[number], subject.outputs
        top, bottom, left, right = receptive_field(subject.twin, number, place)
        at = ", ".join(str(part + 1) for part in place)
        found = unit_sum(subject.twin, outputs, number, place)
        self.set_subtitle(f"{layer.name} ({at})")
        if found is None:
            taken, made = only_input(layer, outputs[number], place), short(float(outputs[number + 1][place]))
            self.sum_label.setText(f"{layer.name}: {'' if taken is None else f'{short(taken)} → '}<b>{made}</b>")
            for grid in self.grids.values():
                grid.hide()
        else:
            self.sum_label.setText(sum_text(found))
            self._show_maps(found)
        where = f"rows {top + 1} to {bottom}, columns {left + 1} to {right} of the drawing (framed there)"
        self.note.setText(f"It depends on {where if bottom else 'no pixel of the drawing'}.")
        return QRect(left, top, right - left, bottom - top)

    def _show_maps(self, found: UnitSum) -> None:
        parts = {"input": found.inputs, "weight": found.weights, "product": found.products}
        shape, chosen = _as_maps(found)
        for name, values in parts.items():
            grid = self.grids[name]
            grid.setVisible(values is not None and (name == "input" or found.weights is not None))
            if values is not None:
                maps = values.reshape(*shape[:2], -1).transpose(2, 0, 1)[chosen]
                names = [f"{name}, map {channel + 1}" if len(chosen) > 1 else name for channel in chosen]
                grid.set_maps(maps, names)


def _as_maps(found: UnitSum) -> tuple[tuple[int, int], list[int]]:
    """Height and width of the maps of a sum, and which of them to show: those that add most."""
    inputs = found.inputs
    if inputs.ndim == 1:
        side = int(np.sqrt(len(inputs)))
        square = side * side == len(inputs)
        rows = side if square else next(n for n in range(int(np.sqrt(len(inputs))), 0, -1) if len(inputs) % n == 0)
        return (rows, len(inputs) // rows), [0]
    added = np.abs(np.nan_to_num(found.products)).sum(axis=(0, 1))
    return (inputs.shape[0], inputs.shape[1]), sorted(np.argsort(-added, kind="stable")[:_MOST_CHANNELS].tolist())


def sum_text(found: UnitSum) -> str:
    """The sum as a formula with its numbers, in simple HTML."""
    if found.rule != "sum":
        known = [short(value) for value in found.inputs[np.isfinite(found.inputs)].tolist()]
        word = "max" if found.rule == "maximum" else "mean"
        listed = "; ".join(known) if len(known) <= _MOST_POOLED else f"{len(known)} numbers"
        return f"{word}({listed}) = <b>{short(found.output)}</b>"
    products, inputs = found.products.reshape(-1), found.inputs.reshape(-1)
    assert found.weights is not None
    weights = found.weights.reshape(-1)
    largest = [place for _, place, _ in strongest(products[np.newaxis], _LISTED)]
    terms = " + ".join(f"{short(float(inputs[place]))}·({short(float(weights[place]))})" for place in largest)
    rest = int((products != 0).sum()) - len(largest)
    more = f" + {rest} more" if rest > 0 else ""
    total = short(float(products.sum()))
    lines = [
        f"Σ input × weight = {terms or '0'}{more} = <b>{total}</b>",
        f"z = Σ + bias = {total} + ({short(found.bias)}) = <b>{short(found.total)}</b>",
    ]
    if found.activation:
        lines.append(f"a = {found.activation}(z) = <b>{short(found.output)}</b>")
    return "<br>".join(lines)
