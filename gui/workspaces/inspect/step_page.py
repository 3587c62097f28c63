"""One training step with its numbers: forwards, back, ten more, and the gradient check."""

from typing import ClassVar, Final

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QVBoxLayout

from engine.core.parameters import FloatArray
from engine.inspection.training_step import StepByStep, WeightCheck, weight_index
from engine.inspection.update_terms import short
from engine.storage.model import Model
from gui.lab.lab import Lab
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted, mark_primary
from gui.widgets.card import Card
from gui.widgets.filled import filled
from gui.widgets.naming import named
from gui.widgets.scroll_page import ScrollPage
from gui.workspaces.inspect.digit_bank import DigitBank
from gui.workspaces.inspect.formula_links import BATCH, RULE
from gui.workspaces.inspect.map_grid import Cell, MapGrid
from gui.workspaces.inspect.page import Page, show_as_fresh
from gui.workspaces.inspect.parameter_maps import as_maps, place_in
from gui.workspaces.inspect.step_choice import StepChoice
from gui.workspaces.inspect.step_lines import Weight, check_text, step_lines
from gui.workspaces.inspect.step_table import StepTable
from gui.workspaces.inspect.step_task import Beginning, Checking, Going
from gui.workspaces.inspect.subject import Subject
from models.presets.question import preset_of_model

TEN: Final = 10
# A picture of more weights than this shows nothing that the eye could find.
_MOST_IN_PICTURE: Final = 60_000


class StepPage(Page):
    """Trains a copy of the model on a batch, and shows every line of it; the model itself stays as it is."""

    key: ClassVar[str] = "step"
    title: ClassVar[str] = "One step"
    tip: ClassVar[str] = "One training step with all its numbers"
    follows: ClassVar[str] = "step"
    # To fill the table takes as long as a frame: never in the middle of a stroke before that is known.
    is_quick = False

    def __init__(self, lab: Lab, themes: ThemeManager, bank: DigitBank) -> None:
        super().__init__(lab, themes, bank)
        self.steps: StepByStep | None = None
        self._asked: tuple[object, ...] = ()
        # The moment and the source of the numbers, and those that are on their way.
        self._shown: tuple[int, int] | None = None
        self._moment: tuple[int, int] | None = None
        self._source = ""
        # The network whose further steps are not lost to a training that goes on; one wish waits for its turn.
        self._kept = 0
        self._wish: int | None = None
        self._checked = ""
        self.choice = StepChoice()
        self.table = StepTable(themes)
        self.gradients = MapGrid(themes, "stepGradients", "Gradient of each weight", scale=2, largest=8)
        self.check_label = named(QLabel(wordWrap=True), "weightCheck")
        self.card = Card("One step with its numbers")
        self.picture_card = Card("∂L/∂w: click a weight to follow it")
        self.forward_button = named(QPushButton("Forward"), "stepForwardButton", "Do the next step")
        mark_primary(self.forward_button)
        self.back_button = named(QPushButton("Back"), "stepBackButton", "Take the last step back")
        self.ten_button = named(QPushButton("10 more"), "tenStepsButton", "Do ten steps")
        self.check_button = named(
            QPushButton("Check gradient"), "checkGradientButton", "Measure the slope of the chosen weight and compare"
        )
        self._assemble()
        self.choice.changed.connect(self._on_choice)
        lab.selection.changed.connect(self._on_choice)
        self.choice.weight_changed.connect(self._show)
        self.table.link_activated.connect(self._on_link)
        themes.changed.connect(self.table.render_anew)
        self.gradients.clicked.connect(self._on_weight_clicked)
        self.gradients.pointed.connect(self.picture_card.set_subtitle)
        self.forward_button.clicked.connect(self._on_forward)
        self.back_button.clicked.connect(self._on_back)
        self.ten_button.clicked.connect(self._on_ten)
        self.check_button.clicked.connect(self._on_check)

    @classmethod
    def applies_to(cls, model: Model) -> bool:
        """Whether it is known what the model should answer."""
        return preset_of_model(model) is not None

    def show_subject(self, subject: Subject) -> None:
        """Begin anew with another model, epoch or drawing."""
        self._subject = subject
        self.choice.show_subject(subject)
        if subject.features is None:
            self.settle(subject, rested=True)
        self.mark_behind()

    def forget(self) -> None:
        """Do nothing more with a copy of another model; what is wished meanwhile waits for the new one."""
        super().forget()
        self.steps = self._wish = None

    def settle(self, subject: Subject, *, rested: bool) -> None:
        """Begin with the present model and drawing."""
        self._subject = subject
        same_drawing = self._moment is not None and self._moment[1] == subject.drawing
        if not (self._kept == subject.network and same_drawing and self.lab.session.active):
            self._begin()
        self.mark_behind()

    def mark_behind(self) -> None:
        """Dim the numbers of an earlier drawing, or of weights that a training has left behind."""
        show_as_fresh(self.table, self.is_fresh(self._shown, self._moment))
        self._show_source()

    @property
    def origin(self) -> str:
        """The step, and what it began from."""
        if self.steps is None or not self.steps.records:
            return ""
        is_behind = self._kept and self._subject is not None and self._shown != self._subject.moment
        source = f"{self._source}{', earlier weights' if is_behind else ''}"
        return f"step {self.steps.records[-1].number} from {source}, on a copy"

    def _show_source(self) -> None:
        if origin := self.origin:
            self.card.set_subtitle(origin)

    def _begin(self) -> None:
        subject = self._subject
        if subject is None or self.tasks.is_running("step") or (preset := preset_of_model(subject.model)) is None:
            return
        batch = self.choice.batch(has_drawing=subject.features is not None, selected=self.lab.selection.ids)
        if batch is None:
            self._asked, self.steps = (), None
            self._show()
            return
        asked = (*subject.moment, batch, *self.choice.rule, self.bank.key)
        if asked == self._asked:
            return
        self._asked, self._moment, self._kept = asked, subject.moment, 0
        work = Beginning(
            subject.twin_maker(head=None),
            preset,
            self.bank.chosen(batch.ids) if batch.ids else self.bank.source(),
            subject.features,
            batch,
            *self.choice.rule,
        )
        self._start(work)

    def _start(self, work: Beginning | Going) -> None:
        self.tasks.start(
            "step",
            work,
            done=self._on_steps,
            failed=self._on_failed,
            progressed=self._on_progress,
            version=self.network_key,
        )

    @Slot(object)
    def _on_steps(self, steps: StepByStep) -> None:
        fresh = steps is not self.steps
        self.steps = steps
        self.check_label.setText("")
        if fresh:
            self._shown, self._source = self._moment, super().origin
            self.choice.show_parameters(steps.network, steps.records[-1].gradients)
        self._show()
        self.mark_behind()
        self._grant()

    def _grant(self) -> None:
        wish, self._wish = self._wish, None
        if wish is not None:
            self._go(wish)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.steps = self._wish = None
        self._show()
        self.card.set_subtitle(str(error))

    @Slot(float)
    def _on_progress(self, share: float) -> None:
        if share:
            self.card.set_subtitle(f"{100 * share:.0f} %")

    @Slot()
    def _show(self) -> None:
        steps, subject = self.steps, self._subject
        known = steps is not None and bool(steps.records)
        for button in self._buttons():
            button.setEnabled(steps is not None)
        self.back_button.setEnabled(steps is not None and steps.can_go_back)
        self.picture_card.setVisible(known)
        if steps is None or subject is None or not known:
            self.table.show_lines([])
            empty = "Draw a digit, or learn from training or selected digits."
            self.card.set_subtitle(empty if steps is None else "Press Forward: one step is done.")
            return
        record, weight = steps.records[-1], self.weight
        target, names = self.choice.target_text(steps.targets[0]), self.choice.output_names
        self.table.show_lines(step_lines(steps.network, steps.optimizer, record, weight, names, target, _first(steps)))
        self._show_source()
        self._show_gradients(record.gradients, weight)

    @property
    def weight(self) -> Weight:
        """The weight that is followed."""
        assert self.steps is not None
        layer, parameter, place = self.choice.weight
        index = weight_index(self.steps.network, layer, parameter, place)
        return Weight(layer, parameter, place, index, self.choice.name_of(place))

    def _show_gradients(self, gradients: FloatArray, weight: Weight) -> None:
        assert self.steps is not None
        value = self.steps.network.layers[weight.layer].parameters[weight.parameter].value
        start = weight.index - int(np.ravel_multi_index(weight.place, value.shape))
        array = gradients[start : start + value.size].reshape(value.shape)
        self.picture_card.setVisible(value.size <= _MOST_IN_PICTURE)
        if value.size <= _MOST_IN_PICTURE:
            self.gradients.setAccessibleName(f"Gradient of each weight · {self.choice.parameter_name}")
            self.gradients.set_maps(as_maps(array), read=self._read)

    def _read(self, cell: Cell) -> str:
        place = place_in(self.choice.shape, cell)
        return f"{self.choice.name_of(place)}: {short(float(self.gradients.values[cell]))}" if place else ""

    @Slot(int, int, int)
    def _on_weight_clicked(self, *cell: int) -> None:
        if place := place_in(self.choice.shape, (cell[0], cell[1], cell[2])):
            self.choice.choose_weight(place)

    @Slot()
    def _on_choice(self) -> None:
        if self.isVisible():
            self._kept = 0
            self._begin()

    @Slot(str)
    def _on_link(self, key: str) -> None:
        if key in (BATCH, RULE):
            self.choice.focus_on(key)
        else:
            self.page_requested.emit(key)

    def _go(self, count: int) -> None:
        """Do more steps, take one back, or with 0 check the gradient: one after the other, as all use the same copy."""
        if self.steps is None or self.tasks.is_running("step"):
            self._wish = count
            return
        self._kept = self.network_key()
        if count:
            self._start(Going(self.steps, count))
        else:
            self._checked = self.weight.name
            work = Checking(self.steps, self.weight.index)
            self.tasks.start("step", work, done=self._on_checked, failed=self._on_failed, version=self.network_key)

    @Slot()
    def _on_forward(self) -> None:
        self._go(1)

    @Slot()
    def _on_back(self) -> None:
        self._go(-1)

    @Slot()
    def _on_ten(self) -> None:
        self._go(TEN)

    @Slot()
    def _on_check(self) -> None:
        self._go(0)

    @Slot(object)
    def _on_checked(self, found: WeightCheck) -> None:
        self.check_label.setText(check_text(self._checked, found))
        self._grant()

    def _buttons(self) -> tuple[QPushButton, ...]:
        return self.forward_button, self.back_button, self.ten_button, self.check_button

    def _assemble(self) -> None:
        row = filled(QHBoxLayout(), *self._buttons(), 1)
        self.picture_card.body.addWidget(self.gradients)
        words = "Each step changes a copy in double precision; the model that answers stays as it is."
        note = mark_muted(QLabel(words, wordWrap=True))
        filled(self.card.body, self.choice, row, self.table, self.check_label, note)
        column = filled(QVBoxLayout(), self.card, self.picture_card, 1)
        filled(QVBoxLayout(self), ScrollPage(column, self.themes, self), margins=0)


def _first(steps: StepByStep) -> str:
    """What the first example is: one digit of the data is not the drawing."""
    if steps.watched is not None and np.array_equal(steps.images.reshape(-1), steps.watched.reshape(-1)):
        return "the drawing"
    return "the digit" if len(steps.images) == 1 else "example 1"
