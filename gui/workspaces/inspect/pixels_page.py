"""Which pixels decided, and why it is not another digit."""

from dataclasses import replace
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QRect, QSignalBlocker, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QListWidget, QSizePolicy, QVBoxLayout

from engine.inspection.attribution import strongest
from engine.inspection.twin import is_linear
from gui.lab.lab import Lab
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.card import Card
from gui.widgets.filled import filled
from gui.widgets.naming import named
from gui.widgets.scroll_page import ScrollPage
from gui.workspaces.inspect.counterfactual_card import CounterfactualCard
from gui.workspaces.inspect.digit_bank import DigitBank
from gui.workspaces.inspect.explaining import (
    AVERAGE,
    EXACT,
    GRADIENT,
    INTEGRATED,
    NEAREST,
    OCCLUSION,
    QUICK,
    Explaining,
    Explanation,
    ExplanationKey,
    explain_quickly,
)
from gui.workspaces.inspect.map_grid import MapGrid
from gui.workspaces.inspect.page import BLANK, Page, show_as_fresh
from gui.workspaces.inspect.subject import Subject


class PixelsPage(Page):
    """The evidence for the answer against a rival, as maps and as a list, and the smallest change that flips it."""

    key: ClassVar[str] = "pixels"
    title: ClassVar[str] = "Pixels"
    tip: ClassVar[str] = "Which pixels decided, and why it is not another digit"
    follows: ClassVar[str] = "map"

    def __init__(self, lab: Lab, themes: ThemeManager, bank: DigitBank) -> None:
        super().__init__(lab, themes, bank)
        self.explanation: Explanation | None = None
        self._asked: ExplanationKey | None = None
        self._shown: ExplanationKey | None = None
        # The rival that the user chose; None for the runner-up.
        self._rival: int | None = None
        self.card = Card("Which pixels decided")
        self.method_box = _box("attributionMethod", "Method")
        self.baseline_box = _box("baselineSelector", "Where integrated gradients begin")
        self.baseline_box.addItems([AVERAGE, NEAREST])
        self.rival_box = _box("runnerUpSelector", "Against which digit")
        # Its entries change with the pen: the page is not laid out anew for them.
        self.rival_box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.rival_box.setMinimumContentsLength(len("runner-up (0)"))
        self.random_box = QCheckBox("Random weights")
        self.random_box.setObjectName("randomWeightsBox")
        self.random_box.setToolTip("Explain a network that has learned nothing: an honest map falls apart")
        self.maps = MapGrid(themes, "attributionMap", "Evidence of the pixels", scale=5, largest=11, empty_text=BLANK)
        self.sides = MapGrid(themes, "evidenceMaps", "Evidence for and against", scale=4, largest=8)
        self.places = named(QListWidget(), "strongestPlaces", accessible_name="The ten strongest places")
        self.note = named(mark_muted(QLabel(wordWrap=True)), "attributionNote")
        self.evidence_card = Card("Why not?")
        self.counterfactual = CounterfactualCard(themes, self.tasks, self.network_key)
        self._assemble()
        self.maps.pointed.connect(self._on_pointed)
        self.sides.pointed.connect(self.evidence_card.set_subtitle)
        self.places.currentRowChanged.connect(self._on_place)
        for box in (self.method_box, self.baseline_box):
            box.currentIndexChanged.connect(self._on_changed)
        self.rival_box.currentIndexChanged.connect(self._on_rival)
        self.random_box.toggled.connect(self._on_changed)

    def show_subject(self, subject: Subject) -> None:
        """Ask again whatever has changed."""
        if self._subject is not None and self._subject.drawing != subject.drawing:
            self.hold()
        self._subject = subject
        self._fill_methods(subject)
        self._fill_rivals(subject)
        drawn = subject.features is not None
        self.evidence_card.setVisible(drawn)
        self.counterfactual.setVisible(drawn and subject.has_classes)
        quick = self.method_box.currentText() in QUICK
        if subject.features is None or (quick and not self.random_box.isChecked()):
            self._ask()
        else:
            self.mark_behind()
        self.counterfactual.show_subject(subject, *self.answer_and_rival)

    def settle(self, subject: Subject, *, rested: bool) -> None:
        """Ask by the slower methods too; refine, and look for the change that flips the answer, when the pen rests."""
        self._subject = subject
        self._ask()
        self.mark_behind()
        if subject.features is not None and rested:
            shown, rough = self._shown, self.explanation is not None and self.explanation.is_rough
            if shown is not None and rough and shown == self._asked and not self.tasks.is_running("refined"):
                self._start("refined", replace(shown, refined=True))
            self.counterfactual.ask(subject, *self.answer_and_rival)

    def forget(self) -> None:
        """Also the subject of the card below."""
        super().forget()
        self.counterfactual.forget()

    def hold(self) -> None:
        """End the refined integral and the search; the map is soon there."""
        self.tasks.cancel("refined")
        self.counterfactual.hold()

    def mark_behind(self) -> None:
        """Dim the maps of an earlier drawing, or of earlier weights."""
        shown, asked = (None if one is None else (one.version, one.drawing) for one in (self._shown, self._asked))
        fresh = self.is_fresh(shown, asked) and (self._shown is None or self._shown.digits == self.bank.key)
        # That there is nothing to show is no earlier moment's: its words can be reached with the keys.
        fresh |= self._subject is not None and self._subject.features is None
        for widget in (self.maps, self.evidence_card):
            show_as_fresh(widget, fresh)

    @property
    def answer_and_rival(self) -> tuple[int, int | None]:
        """What is explained against what: classes, or an output alone."""
        subject = self._subject
        assert subject is not None
        if subject.model.task == "multilabel":
            return max(0, self.rival_box.currentIndex()), None
        if subject.model.task == "regression":
            return 0, None
        first = subject.ranking[0]
        rival = self.rival_box.currentData()
        return first, int(rival) if rival is not None and rival != first else subject.ranking[1]

    def _ask(self, *, wished: bool = False) -> None:
        subject = self._subject
        if subject is None:
            return
        image = subject.features
        if image is None:
            self._asked = self._shown = self.explanation = None
            self.maps.set_maps(np.zeros((0, 1, 1)))
            self.note.setText("")
            self.card.set_subtitle(subject.source)
            return
        answer, rival = self.answer_and_rival
        question = ExplanationKey(
            *subject.moment,
            self.method_box.currentText(),
            self.baseline_box.currentText(),
            answer,
            rival,
            self.random_box.isChecked(),
            self.bank.key,
        )
        # One at a time, as the page settles again when that is answered; but what the user chose is not kept waiting.
        if question == self._asked or (self.tasks.is_running("map") and not wished):
            return
        self._asked = question
        if question.method in QUICK and not question.random:
            weights = subject.contrast(answer, rival)
            self._on_found(
                (question, explain_quickly(question.method, subject.twin, image, weights, compares=rival is not None))
            )
            return
        self._start("map", question)

    def _start(self, key: str, question: ExplanationKey) -> None:
        subject, rival = self._subject, question.rival
        assert subject is not None
        assert subject.features is not None
        digit = "" if rival is None else subject.model.labels[rival]
        work = Explaining(
            question, subject.features, subject.contrast(question.answer, rival), subject.twin_maker(fused=True),
            self.bank.source(), int(digit) if digit.isdigit() else None,
        )  # fmt: skip
        self.tasks.start(key, work, done=self._on_found, failed=self._on_failed, version=self.network_key)

    @Slot(object)
    def _on_found(self, found: tuple[ExplanationKey, Explanation]) -> None:
        subject = self._subject
        if subject is None or subject.features is None or replace(found[0], refined=False) != self._asked:
            return
        self._shown, self.explanation = found
        explanation, labels = self.explanation, subject.model.labels
        random = ", random weights" if self._shown.random else ""
        self.card.set_subtitle(subject.source + random)
        self.maps.set_maps(explanation.maps, explanation.names)
        evidence = explanation.maps[0]
        answer, rival = self._shown.answer, self._shown.rival
        if rival is None:
            names = ("raises it", "lowers it")
            self.evidence_card.set_title(f"Evidence: {labels[min(answer, len(labels) - 1)]}")
        else:
            names = (f"for {labels[answer]}", f"for {labels[rival]}")
            self.evidence_card.set_title(f"Why {labels[answer]} and not {labels[rival]}?")
        limit = float(np.abs(evidence).max())
        self.sides.set_maps(np.stack([np.maximum(evidence, 0), np.minimum(evidence, 0)]), names, limit=limit)
        self.note.setText(explanation.note)
        about = f"{self._shown.method}{random}, {self.evidence_card.title}"
        self.maps.setAccessibleName(f"Evidence of the pixels · {about}")
        self.sides.setAccessibleName(f"Evidence for and against · {about}")
        self.mark_behind()
        row = self.places.currentRow()
        with QSignalBlocker(self.places):
            self.places.clear()
            for down, across, value in strongest(evidence):
                side = names[0] if value > 0 else names[1]
                text = f"row {down + 1}, column {across + 1}: {value:+.3g}, {side}"
                self.places.addItem(text.replace("-", "−"))
            self.places.setCurrentRow(row)
        self._on_place(self.places.currentRow())

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.note.setText(str(error))

    @Slot(str)
    def _on_pointed(self, text: str) -> None:
        self.card.set_subtitle(text or (self._subject.source if self._subject is not None else ""))

    @Slot(int)
    def _on_place(self, row: int) -> None:
        down, across, _ = strongest(self.explanation.maps[0])[row] if self.explanation and row >= 0 else (0, 0, 0)
        self.maps.frame(0, QRect(across, down, 1, 1) if row >= 0 else None)

    @Slot()
    def _on_changed(self) -> None:
        self._show_baseline()
        self._ask(wished=True)

    @Slot(int)
    def _on_rival(self, _place: int) -> None:
        self._rival = self.rival_box.currentData()
        self._ask(wished=True)
        if self._subject is not None:
            self.counterfactual.ask(self._subject, *self.answer_and_rival)

    def _fill_methods(self, subject: Subject) -> None:
        wanted = [*([EXACT] if is_linear(subject.twin) else []), OCCLUSION, INTEGRATED, GRADIENT]
        if wanted != [self.method_box.itemText(place) for place in range(self.method_box.count())]:
            chosen = self.method_box.currentText()
            with QSignalBlocker(self.method_box):
                self.method_box.clear()
                self.method_box.addItems(wanted)
                self.method_box.setCurrentText(chosen if chosen in wanted else wanted[0])
            self._show_baseline()

    def _show_baseline(self) -> None:
        for widget in (self.baseline_label, self.baseline_box):
            widget.setVisible(self.method_box.currentText() == INTEGRATED)

    def _fill_rivals(self, subject: Subject) -> None:
        labels, task = subject.model.labels, subject.model.task
        self.rival_box.setVisible(task != "regression")
        self.rival_label.setVisible(task != "regression")
        self.rival_label.setText("of" if task == "multilabel" else "not")
        items: list[tuple[str, int | None]] = [(label, place) for place, label in enumerate(labels)]
        if subject.has_classes:
            best, second = subject.ranking[:2]
            items = [(f"runner-up ({labels[second]})", None), *(item for item in items if item[1] != best)]
        if [text for text, _ in items] != [self.rival_box.itemText(place) for place in range(self.rival_box.count())]:
            with QSignalBlocker(self.rival_box):
                self.rival_box.clear()
                for text, place in items:
                    self.rival_box.addItem(text, place)
                found = self.rival_box.findData(self._rival) if self._rival is not None else 0
                self.rival_box.setCurrentIndex(max(0, found))

    def _assemble(self) -> None:
        method_label = mark_muted(QLabel("By"))
        method_label.setBuddy(self.method_box)
        self.baseline_label = mark_muted(QLabel("from"))
        self.baseline_label.setBuddy(self.baseline_box)
        self.rival_label = mark_muted(QLabel("not"))
        self.rival_label.setBuddy(self.rival_box)
        method = (method_label, self.method_box, self.baseline_label, self.baseline_box)
        row = filled(QHBoxLayout(), *method, self.rival_label, self.rival_box, self.random_box, 1)
        filled(self.card.body, row, self.maps, self.note)
        self.places.setMinimumHeight(190)
        self.evidence_card.body.addLayout(filled(QHBoxLayout(), (self.sides, 1), (self.places, 1)))
        column = filled(QVBoxLayout(), self.card, self.evidence_card, self.counterfactual, 1)
        filled(QVBoxLayout(self), ScrollPage(column, self.themes, self), margins=0)


def _box(name: str, accessible_name: str) -> QComboBox:
    box = named(QComboBox(), name, accessible_name, accessible_name)
    box.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToContents)
    box.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
    return box
