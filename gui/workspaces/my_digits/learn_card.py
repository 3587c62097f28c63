"""Learn from my digits: one button, the metrics before and after, and Keep or Discard."""

from PySide6.QtCore import Qt, Signal, Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QProgressBar, QPushButton

from engine.core.wording import counted
from engine.evaluation.wording import percent
from gui.theme.stylesheet import mark_muted, mark_primary, mark_title
from gui.widgets.card import Card
from gui.widgets.naming import named
from gui.workspaces.my_digits.learning import Change, Learned

_HEADINGS = ("", "before", "after", "")


class LearnCard(Card):
    """What can be learned, what is being learned, and what came of it.

    Signals:
        learn_requested: train the current model a little further on the digits.
        cancel_requested: the training under way is not wanted any more.
        kept(Learned), discarded: what becomes of the outcome.
    """

    learn_requested = Signal()
    cancel_requested = Signal()
    kept = Signal(object)
    discarded = Signal()

    def __init__(self) -> None:
        super().__init__("Learn from my digits", "")
        self._learned: Learned | None = None
        self._possible = False
        self.learn_button = named(
            QPushButton("Learn"), "learnButton", "Train a copy of the recogniser further on my digits"
        )
        mark_primary(self.learn_button).clicked.connect(self.learn_requested)
        self.cancel_button = named(
            QPushButton("Cancel"), "cancelLearningButton", "End the training; nothing is changed"
        )
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.keep_button = named(
            QPushButton("Keep"), "keepLearnedButton", "Let the model that has learned answer from now on"
        )
        mark_primary(self.keep_button).clicked.connect(self._on_keep)
        self.discard_button = named(QPushButton("Discard"), "discardLearnedButton", "Forget what was learned")
        self.discard_button.clicked.connect(self._on_discard)
        self.progress_bar = named(QProgressBar(), "learningProgress", accessible_name="Progress of learning")
        self.progress_bar.setTextVisible(False)
        self.sentence_label = mark_muted(QLabel(wordWrap=True))
        row = QHBoxLayout()
        row.setSpacing(8)
        for button in (self.learn_button, self.keep_button, self.discard_button):
            row.addWidget(button)
        row.addWidget(self.progress_bar, 1)
        row.addWidget(self.cancel_button)
        row.addWidget(self.sentence_label, 1)
        self._metrics = QGridLayout()
        self._metrics.setHorizontalSpacing(24)
        self._metrics.setColumnStretch(len(_HEADINGS) - 1, 1)
        self.body.addLayout(row)
        self.body.addLayout(self._metrics)
        self._show_parts(None)

    @property
    def learned(self) -> Learned | None:
        """What waits to be kept or discarded."""
        return self._learned

    def show_possible(self, title: str, count: int, reason: str) -> None:
        """Say what a training would learn from, or why there can be none."""
        self._possible = count > 0 and not reason
        self.learn_button.setEnabled(self._possible)
        if self._learned is None:
            self.sentence_label.setText(
                reason
                or (f"Trains a copy of {title} a little further on {counted(count, 'digit')} of mine, among old ones."
                if count
                else "File some digits first: five of each are a good start.")
            )  # fmt: skip

    def show_progress(self, share: float | None) -> None:
        """How much of the training is done; None when nothing is under way."""
        self._show_parts(share)
        self.progress_bar.setValue(round(100 * (share or 0.0)))

    def show_learned(self, learned: Learned | None) -> None:
        """Show the metrics before and after, until they are kept or discarded."""
        self._learned = learned
        while (item := self._metrics.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        if learned is not None:
            for column, text in enumerate(_HEADINGS):
                self._metrics.addWidget(mark_muted(QLabel(text)), 0, column)
            for row, change in enumerate(learned.changes, start=1):
                self._add_change(row, change)
            self.sentence_label.setText(f"{learned.before} has learned. Keep it as a model of its own?")
        self._show_parts(None)

    def _add_change(self, row: int, change: Change) -> None:
        refused = f"refused {percent(change.refused[0])} → {percent(change.refused[1])}" if any(change.refused) else ""
        texts = (f"{change.count:,} {change.what}", *(percent(share) for share in change.right), refused)
        for column, text in enumerate(texts):
            label = QLabel(text)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            if "learned from" in change.what:
                label.setToolTip("It has seen these digits: evaluate it on some that you file afterwards, too.")
            self._metrics.addWidget(mark_title(label) if column == 2 else label, row, column)

    def _show_parts(self, share: float | None) -> None:
        waiting = share is None and self._learned is not None
        self.learn_button.setVisible(share is None and not waiting)
        for part in (self.progress_bar, self.cancel_button):
            part.setVisible(share is not None)
        for part in (self.keep_button, self.discard_button):
            part.setVisible(waiting)
        self.sentence_label.setVisible(share is None)

    @Slot()
    def _on_keep(self) -> None:
        learned = self._learned
        if learned is not None:
            self.show_learned(None)
            self.kept.emit(learned)

    @Slot()
    def _on_discard(self) -> None:
        self.show_learned(None)
        self.discarded.emit()
