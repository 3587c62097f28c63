"""The most frequent mistakes as a list."""

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from engine.core.wording import counted
from gui.widgets.card import Card
from gui.workspaces.evaluate.evaluation import Evaluation


class ConfusedCard(Card):
    """Pairs of classes, the most often confused ones first.

    Signals:
        chosen(cell): truth and answer of a pair that was clicked, or reached with the keys.
    """

    chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__("Most confused", "")
        self.list = QListWidget()
        self.list.setObjectName("confusedList")
        self.list.setAccessibleName("Most confused pairs")
        self.list.setMinimumHeight(110)
        self.list.currentRowChanged.connect(self._on_row)
        self.body.addWidget(self.list, 1)
        self._pairs: list[tuple[int, int, int]] = []

    def show_evaluation(self, found: Evaluation | None) -> None:
        """List the pairs of an evaluation."""
        self._pairs = found.pairs if found is not None else []
        labels = found.answers.labels if found is not None else ()
        with QSignalBlocker(self.list):
            self.list.clear()
            for truth, answer, count in self._pairs:
                self.list.addItem(QListWidgetItem(f"{labels[truth]} taken for {labels[answer]}: {count:,}"))
            self.list.setCurrentRow(-1)
        self.setVisible(found is None or found.answers.has_classes)
        text = counted(sum(pair[2] for pair in self._pairs), "mistake") if self._pairs else "no mistakes"
        self.set_subtitle(text if found is not None else "")

    @Slot(int)
    def _on_row(self, row: int) -> None:
        if 0 <= row < len(self._pairs):
            self.chosen.emit(self._pairs[row][:2])
