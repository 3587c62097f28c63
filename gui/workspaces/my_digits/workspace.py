"""The My digits tab: file what is drawn under what it is, look after the filed digits, and learn from them."""

from collections.abc import Mapping
from dataclasses import replace
from typing import ClassVar

from PySide6.QtCore import QEvent, QObject, Qt, Slot
from PySide6.QtGui import QAction, QKeyEvent, QKeySequence, QShowEvent
from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from gui.lab.drawing_document import OpenedImage
from gui.lab.kept_picture import PICTURE, picture_pixels
from gui.lab.lab import Lab
from gui.lab.model_library import TRAINING_KEY
from gui.lab.my_digits import MY_DIGITS_KEY
from gui.services.background_task import BackgroundTasks
from gui.theme.manager import ThemeManager
from gui.widgets.action_button import ActionButton
from gui.widgets.field_label import label_for
from gui.widgets.filled import filled
from gui.widgets.scroll_page import ScrollPage
from gui.workspaces.base import Workspace
from gui.workspaces.my_digits.digits_card import MyDigitsCard
from gui.workspaces.my_digits.exchange import Exchange
from gui.workspaces.my_digits.guide import newest_round
from gui.workspaces.my_digits.learn_card import LearnCard
from gui.workspaces.my_digits.learning import Learned, Learning
from gui.workspaces.my_digits.opinions_card import OpinionsCard
from gui.workspaces.my_digits.report_card import ReportCard
from gui.workspaces.my_digits.reporting import Reporting
from gui.workspaces.my_digits.writer_box import WriterBox
from models.recipes.fine_tuning import FineTuning
from models.scoring.writer_report import WriterReport

# A digit that came as an image is shown on the canvas with so many pixels for each of its own.


class MyDigitsWorkspace(Workspace):
    """Assembles the cards; what they wish for is done by the lab.

    Attributes:
        fine_tuning: how models learn from the digits; None for the usual way.
    """

    key: ClassVar[str] = "my_digits"
    empty_text: ClassVar[str] = (
        "Draw a digit and press the key of the digit that you meant: it is kept here, and models can learn from it."
    )
    help_text: ClassVar[str] = (
        "Every drawing can be filed under its true digit: by its key, or the button below the answer. Select digits to "
        "file them anew with a key, to delete or to export them; every change can be undone."
    )

    def __init__(self, lab: Lab, themes: ThemeManager, *, actions: Mapping[str, QAction] | None = None) -> None:
        super().__init__(lab, themes, actions=actions)
        self.tasks = BackgroundTasks(self)
        self.writer = WriterBox()
        self.digits = MyDigitsCard(themes, self.empty_text)
        self.exchange = Exchange(lab, self.tasks, self)
        self.opinions = OpinionsCard(lab, self.tasks)
        self.learn = LearnCard()
        self.report = ReportCard(lab, themes)
        self.fine_tuning: FineTuning | None = None
        self._assemble()
        self._connect()

    def shut_down(self) -> None:
        """End the work under way."""
        super().shut_down()
        self.tasks.shut_down()
        self.report.exports.finish()

    # Showing.

    def refresh(self) -> None:
        """Show the digits as they are now."""
        mine = self.lab.my_digits
        self.writer.show_writers(mine.writers, self.lab.settings.writer)
        self.digits.show_digits(mine.digits, mine.writers)
        self.exchange.set_digits(self.digits.shown)
        self.report.show_rounds(bool(newest_round(mine.digits, self.lab.settings.writer)))
        self._show_possible()
        self.opinions.request()

    def _show_possible(self) -> None:
        current = self.lab.models.current
        count = len(self.lab.my_digits.labelled)
        in_training = current is not None and current.key == TRAINING_KEY
        reason = "The recogniser is in training: learn from my digits when that has ended." if in_training else ""
        self.learn.show_possible(current.title if current is not None else "the recogniser", count, reason)
        self.actions_by_name["learn"].setEnabled(self.learn.learn_button.isEnabled())

    def showEvent(self, event: QShowEvent) -> None:
        """Another window may have filed digits meanwhile."""
        super().showEvent(event)
        self.lab.my_digits.follow_file()

    @Slot()
    def _on_prediction(self) -> None:
        if self.isVisible():
            self.opinions.request()
        else:
            self.request_refresh()

    # What is wished for.

    @Slot(str)
    def _on_writer(self, writer: str) -> None:
        self.lab.settings.writer = writer
        self.request_refresh()

    @Slot(object)
    def _on_writer_of(self, keys: list[str]) -> None:
        self.lab.my_digits.set_writer(keys, self.lab.settings.writer)

    @Slot(str)
    def _on_activated(self, key: str) -> None:
        digit = next(digit for digit in self.lab.my_digits.digits if digit.key == key)
        if not digit.drawing.is_blank:
            self.lab.drawing.set_drawing(digit.drawing)
            return
        pixels = picture_pixels(digit.drawing.extra.get(PICTURE))
        image = OpenedImage.of_digit(digit.features, "one of my digits")
        self.lab.drawing.set_image(image if pixels is None else replace(image, pixels=pixels))

    @Slot(object)
    def _on_picked(self, keys: list[str]) -> None:
        # The selection of all tabs counts in the current data set, which holds the labelled digits.
        if self.lab.datasets.current.key == MY_DIGITS_KEY:
            places = {digit.key: place for place, digit in enumerate(self.lab.my_digits.labelled)}
            self.lab.selection.select((places[key] for key in keys if key in places), by=self.key)

    @Slot()
    def _on_learn(self) -> None:
        current = self.lab.models.current
        if current is None or current.model is None or not self.learn.learn_button.isEnabled():
            return
        self.learn.show_learned(None)
        self.learn.show_progress(0.0)
        self.tasks.start(
            "learn",
            Learning(current.model, current.title, self.lab.my_digits.digits, self.fine_tuning),
            done=self.learn.show_learned,
            failed=self._on_learning_failed,
            progressed=self.learn.show_progress,
        )

    @Slot()
    def _on_cancel_learning(self) -> None:
        self.tasks.cancel("learn")
        self.learn.show_progress(None)

    @Slot(object)
    def _on_learning_failed(self, error: Exception) -> None:
        self.learn.show_progress(None)
        self.lab.messages.error.emit(error)

    @Slot(object)
    def _on_kept(self, learned: Learned) -> None:
        entry = self.lab.models.add_trained(learned.model)
        self.lab.models.choose(entry.key)
        self.lab.messages.message.emit(f"{entry.title} answers from now on. Save the model to keep it in a file.")

    @Slot()
    def _on_report(self) -> None:
        current, writer = self.lab.models.current, self.lab.settings.writer
        digits = newest_round(self.lab.my_digits.digits, writer)
        if current is None or current.model is None:
            return
        title = f"{writer or 'Somebody'}'s hand, as {current.title} reads it"
        self.tasks.start("report", Reporting(current.model, digits, title), done=self._on_reported,
                         failed=self.lab.messages.error.emit)  # fmt: skip

    @Slot(object)
    def _on_reported(self, outcome: tuple[WriterReport, str]) -> None:
        self.report.show_report(*outcome)

    @Slot()
    def _on_filters(self) -> None:
        self.exchange.set_digits(self.digits.shown)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Undo keys in the grid are for the digits, not for the canvas; N files the selected ones as no digit."""
        if isinstance(event, QKeyEvent):
            undo, redo = (event.matches(key) for key in (QKeySequence.StandardKey.Undo, QKeySequence.StandardKey.Redo))
            if undo or redo:
                if event.type() == QEvent.Type.KeyPress:
                    self.actions_by_name["undo_filing" if undo else "redo_filing"].trigger()
                event.accept()
                return True
            plain = event.modifiers() == Qt.KeyboardModifier.NoModifier
            if event.type() == QEvent.Type.KeyPress and event.key() == Qt.Key.Key_N and plain:
                self.digits.label_selected(None)
                return True
        return super().eventFilter(watched, event)

    # Making.

    def _connect(self) -> None:
        lab, mine = self.lab, self.lab.my_digits
        mine.changed.connect(self.request_refresh)
        lab.prediction.changed.connect(self._on_prediction)
        self.writer.writer_chosen.connect(self._on_writer)
        self.digits.label_requested.connect(mine.relabel)
        self.digits.writer_requested.connect(self._on_writer_of)
        self.digits.delete_requested.connect(mine.delete)
        self.digits.activated.connect(self._on_activated)
        self.digits.picked.connect(self._on_picked)
        self.digits.cancel_requested.connect(self.exchange.cancel)
        for box in (self.digits.class_box, self.digits.writer_box):
            box.activated.connect(self._on_filters)
        self.exchange.progressed.connect(self.digits.show_progress)
        self.digits.grid.installEventFilter(self)
        lab.models.chosen.connect(self.request_refresh)
        lab.models.entries_changed.connect(self.request_refresh)
        self.learn.learn_requested.connect(self._on_learn)
        self.learn.cancel_requested.connect(self._on_cancel_learning)
        self.learn.kept.connect(self._on_kept)
        self.report.report_requested.connect(self._on_report)
        self.actions_by_name["learn"].triggered.connect(self._on_learn)
        stack = mine.undo_stack
        for name, run, possible, changed in (
            ("undo_filing", stack.undo, stack.canUndo, stack.canUndoChanged),
            ("redo_filing", stack.redo, stack.canRedo, stack.canRedoChanged),
        ):
            action = self.actions_by_name[name]
            action.triggered.connect(run)
            action.setEnabled(possible())
            changed.connect(action.setEnabled)

    def _assemble(self) -> None:
        label = label_for(self.writer, "Writer")
        self.digits.header.addWidget(label)
        self.digits.header.addWidget(self.writer)
        for name, place in (("undo_filing", "undoFilingButton"), ("redo_filing", "redoFilingButton")):
            self.digits.header.addWidget(ActionButton(self.actions_by_name[name], place))
        self.digits.header.addWidget(self.exchange.import_button)
        self.digits.header.addWidget(self.exchange.export_button)
        grid = QGridLayout()
        for row, card in enumerate((self.opinions, self.digits, self.learn, self.report)):
            grid.addWidget(card, row, 0)
        grid.setRowStretch(1, 1)
        filled(QVBoxLayout(self), ScrollPage(grid, self.themes, self), margins=0)
