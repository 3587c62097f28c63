"""Two models on the same digits: how far apart, how surely, and where."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy

from gui.theme.stylesheet import mark_title
from gui.widgets.card import Card
from gui.widgets.naming import named
from gui.workspaces.evaluate.evaluation import Evaluation


class ComparisonCard(Card):
    """The difference with its interval, and two buttons that open the digits behind it.

    Signals:
        requested(first): show the digits that only the first, or only the second, has right.
    """

    requested = Signal(bool)

    def __init__(self) -> None:
        super().__init__("Two models", "")
        self.text_label = named(mark_title(QLabel(wordWrap=True)), "comparisonText")
        self.first_button, self.second_button = QPushButton(), QPushButton()
        row = QHBoxLayout()
        row.setSpacing(8)
        for button, name, slot in (
            (self.first_button, "onlyFirstRightButton", self._on_first),
            (self.second_button, "onlySecondRightButton", self._on_second),
        ):
            button.setObjectName(name)
            button.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
            button.setToolTip("Show exactly these digits")
            button.clicked.connect(slot)
            row.addWidget(button, 1)
        self.body.addWidget(self.text_label)
        self.body.addLayout(row)

    def show_evaluation(self, found: Evaluation | None) -> None:
        """Show the comparison, or hide without one."""
        compared = found.comparison if found is not None else None
        self.setVisible(compared is not None)
        if found is None or compared is None:
            return
        self.set_subtitle(f"A: {found.title} · B: {found.against_title}")
        difference, low, high = (100 * value for value in (compared.difference, compared.low, compared.high))
        better = "as good as" if compared.difference == 0 else "better than" if difference > 0 else "worse than"
        points = "" if compared.difference == 0 else f"{abs(difference):.2f} points "
        surely = "which chance would hardly explain" if compared.p < 0.05 else "which may be chance"
        self.text_label.setText(
            f"{found.title} is {points}{better} {found.against_title} on {compared.count:,} digits, {surely}: "
            f"95 % interval {low:+.2f} to {high:+.2f}, McNemar's p = {compared.p:.2g}."
        )
        self.first_button.setText(f"Only {found.title} right: {compared.only_first_right:,}")
        self.second_button.setText(f"Only {found.against_title} right: {compared.only_second_right:,}")

    @Slot()
    def _on_first(self) -> None:
        self.requested.emit(True)

    @Slot()
    def _on_second(self) -> None:
        self.requested.emit(False)
