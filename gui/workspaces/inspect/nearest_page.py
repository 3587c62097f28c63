"""The training digits that are closest to the drawing, pixel by pixel and as the network sees them."""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import ClassVar, Final

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QLabel, QVBoxLayout

from engine.core.parameters import FloatArray, IntArray
from engine.inspection.nearest import last_hidden, nearest, outputs_after
from engine.network.network import Network
from gui.lab.lab import Lab
from gui.services.background_task import Task
from gui.theme.manager import ThemeManager
from gui.widgets.card import Card
from gui.widgets.naming import named
from gui.widgets.scroll_page import ScrollPage
from gui.workspaces.inspect.digit_bank import DigitBank, Digits
from gui.workspaces.inspect.digit_grid import DigitGrid
from gui.workspaces.inspect.page import BLANK, Page, show_as_fresh
from gui.workspaces.inspect.subject import Subject

COUNT: Final = 12
SEARCHING: Final = "Searching the training digits …"
# What the network makes of all training digits is kept, unless that took more memory.
_MOST_BYTES: Final = 32 * 1024 * 1024


@dataclass(frozen=True, eq=False)
class Neighbours:
    """The closest digits, nearest first.

    Attributes:
        ids: positions in the data set, (count,).
        images: (count, 20, 20).
        labels: (count,).
        distances: (count,).
        compared: among how many digits they are the closest.
    """

    ids: IntArray
    images: FloatArray
    labels: IntArray
    distances: FloatArray
    compared: int

    def caption(self, place: int) -> str:
        """Label and distance of one of them."""
        # What rounding leaves of no distance at all is none.
        return f"{self.labels[place]} · {round(float(self.distances[place]), 5):.3g}"


class _Hidden:
    """What the network makes of the training digits, kept while its weights stay."""

    def __init__(self) -> None:
        self.key: object = None
        self.values: FloatArray = np.zeros((0, 0))


class _Search:
    def __init__(
        self,
        image: FloatArray,
        make_twin: Callable[[], Network],
        read: Callable[[], Digits],
        kept: _Hidden,
        key: object,
    ) -> None:
        self._image, self._make_twin, self._read, self._kept, self._key = image, make_twin, read, kept, key

    def __call__(self, task: Task) -> list[Neighbours]:
        digits, twin = self._read(), self._make_twin()
        task.progress(0.1)
        found = [_closest(self._image.reshape(-1), digits.images.reshape(len(digits.images), -1), digits)]
        layer = last_hidden(twin)
        if layer is not None:
            numbers = math.prod(twin.layers[layer].output_shape)
            seen = digits.images[: max(COUNT, _MOST_BYTES // (twin.dtype.itemsize * numbers))]
            if self._kept.key != self._key:
                values = outputs_after(twin, seen, layer, lambda share: task.progress(0.1 + 0.8 * share))
                self._kept.values, self._kept.key = values.reshape(len(seen), -1), self._key
            query = outputs_after(twin, self._image[np.newaxis], layer)
            found.append(_closest(query.reshape(-1), self._kept.values, digits))
        return found


def _closest(query: FloatArray, bank: FloatArray, digits: Digits) -> Neighbours:
    places, distances = nearest(query, bank, COUNT)
    return Neighbours(digits.ids[places], digits.images[places], digits.labels[places], distances, len(bank))


class NearestPage(Page):
    """Two rows of twelve digits, and a sentence where they disagree with the answer."""

    key: ClassVar[str] = "nearest"
    title: ClassVar[str] = "Nearest"
    tip: ClassVar[str] = "The training digits that are closest to your drawing"
    follows: ClassVar[str] = "nearest"

    def __init__(self, lab: Lab, themes: ThemeManager, bank: DigitBank) -> None:
        super().__init__(lab, themes, bank)
        self.found: list[Neighbours] = []
        self._kept = _Hidden()
        # The moments that are asked about and shown, and the digits that are compared with.
        self._asked: tuple[int, int] | None = None
        self._shown: tuple[int, int] | None = None
        self._digits: object = None
        self.verdict = named(QLabel(wordWrap=True), "nearestVerdict")
        self.grids: list[DigitGrid] = []
        self.cards: list[Card] = []
        column = QVBoxLayout()
        column.addWidget(self.verdict)
        for title, name in (("Closest in pixels", "nearestGrid"), ("Closest in the last hidden layer", "hiddenGrid")):
            card, grid = Card(title), DigitGrid(themes, scale=3, empty_text=BLANK)
            grid.widest = "0 · 00.00"
            grid.setObjectName(name)
            grid.setAccessibleName(title)
            grid.setMinimumHeight(190)
            card.body.addWidget(grid)
            column.addWidget(card)
            self.cards.append(card)
            self.grids.append(grid)
        self.grids[0].selection_changed.connect(self._on_pixels_selected)
        self.grids[1].selection_changed.connect(self._on_hidden_selected)
        column.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(ScrollPage(column, themes, self))
        self.tasks.ended.connect(self._on_ended)

    def show_subject(self, subject: Subject) -> None:
        """Search anew where the drawing, the weights or the digits have changed."""
        self._subject = subject
        self.cards[1].setVisible(last_hidden(subject.twin) is not None)
        self.verdict.setVisible(subject.has_classes)
        if self._digits != self.bank.key:
            self._shown = None
        if subject.features is None:
            self._ask()
        self.mark_behind()

    def forget(self) -> None:
        """Also what the network made of all training digits."""
        super().forget()
        self._kept = _Hidden()

    def settle(self, subject: Subject, *, rested: bool) -> None:
        """Search for the nearest digits in the background."""
        self._subject = subject
        self._ask()
        self.mark_behind()

    def mark_behind(self) -> None:
        """Dim the neighbours of an earlier drawing, or in the hidden layer of earlier weights."""
        fresh = self.is_fresh(self._shown, self._asked)
        for widget in (*self.grids, self.verdict):
            show_as_fresh(widget, fresh)
        blank = self._subject is None or self._subject.features is None
        text = BLANK if blank else SEARCHING if not fresh else ""
        for grid in self.grids:
            if grid.empty_text != text:
                grid.empty_text = text
                if not grid.count:
                    grid.clear_digits()

    def _ask(self) -> None:
        subject = self._subject
        if subject is None:
            return
        if subject.features is None:
            self._asked, self._shown, self.found = None, subject.moment, []
            self._show()
            return
        wanted = subject.moment, self.bank.key
        if wanted == (self._asked, self._digits) or self.tasks.is_running("nearest"):
            return
        self._asked, self._digits = wanted
        work = _Search(
            subject.features, subject.twin_maker(), self.bank.source(), self._kept, (subject.version, self.bank.key)
        )
        self.tasks.start(
            "nearest",
            work,
            done=self._on_found,
            failed=self._on_failed,
            progressed=self._on_progress,
            version=self.network_key,
        )

    @Slot(object)
    def _on_found(self, found: list[Neighbours]) -> None:
        subject = self._subject
        self.found = found if subject is not None and subject.features is not None else []
        self._shown = self._asked if self._digits == self.bank.key else None
        self._show()
        self.mark_behind()

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self._shown, self.found = self._asked, []
        self._show()
        self.verdict.setText(str(error))
        self.verdict.show()
        self.mark_behind()

    @Slot(float)
    def _on_progress(self, share: float) -> None:
        # Of what is there within a frame nothing needs to be told.
        if not self.verdict.isEnabled():
            for card in self.cards:
                card.set_subtitle(f"searching: {100 * share:.0f} %")

    @Slot(str)
    def _on_ended(self, _key: str) -> None:
        for card, near in zip(self.cards, [*self.found, None, None][:2], strict=True):
            card.set_subtitle(f"of {near.compared:,} training digits" if near is not None else "")

    def _show(self) -> None:
        for grid, near in zip(self.grids, [*self.found, None, None][:2], strict=True):
            if near is None:
                grid.clear_digits()
            else:
                columns = {"digit": near.ids, "label": near.labels, "distance": near.distances}
                grid.set_digits(near.images, [near.caption(place) for place in range(len(near.ids))], columns)
        self._on_ended("")
        self.verdict.setText(self._words())

    def _words(self) -> str:
        """Whether the neighbours agree with the answer."""
        subject = self._subject
        if subject is None or not self.found or not subject.has_classes or not subject.outputs:
            return ""
        answer, texts = subject.model.labels[subject.ranking[0]], []
        for where, near in zip(("pixels", "the last hidden layer"), self.found, strict=False):
            same = int((near.labels.astype(str) == answer).sum())
            values, counts = np.unique(near.labels, return_counts=True)
            if same == counts.max():
                texts.append(f"In {where} {same} of {len(near.labels)} are “{answer}”, as the answer says.")
            else:
                most = f"{counts.max()} of {len(near.labels)} are “{values[counts.argmax()]}”"
                texts.append(f"In {where} {most}, {same} “{answer}”: the nearest digits disagree with the answer.")
        return " ".join(texts)

    @Slot()
    def _on_pixels_selected(self) -> None:
        self._select(0)

    @Slot()
    def _on_hidden_selected(self) -> None:
        self._select(1)

    def _select(self, number: int) -> None:
        if number < len(self.found):
            ids = self.found[number].ids[list(self.grids[number].selected)]
            self.lab.selection.select((int(one) for one in ids), by="inspect")
