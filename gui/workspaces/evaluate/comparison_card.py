"""Two models on the same digits: how far apart, how surely, and where."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy

from engine.evaluation.comparison import Comparison
from gui.theme.stylesheet import mark_title
from gui.widgets.card import Card
from gui.widgets.filled import filled
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
        row = filled(QHBoxLayout(), spacing=8)
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
        if found is not None and compared is not None:
            self.set_subtitle(f"A: {found.title} · B: {found.against_title}")
            self.text_label.setText(comparison_text(found, compared))
            for button, name, title, count in (
                (self.first_button, "A", found.title, compared.only_first_right),
                (self.second_button, "B", found.against_title, compared.only_second_right),
            ):
                button.setText(f"Only {name} right: {count:,}")
                button.setToolTip(f"Show exactly the digits that only {title} has right")
        # Last: the whole page is laid out once for it.
        self.setVisible(compared is not None)

    @Slot()
    def _on_first(self) -> None:
        self.requested.emit(True)

    @Slot()
    def _on_second(self) -> None:
        self.requested.emit(False)


def comparison_text(found: Evaluation, compared: Comparison) -> str:
    """How far apart the models of an evaluation are, and how surely."""
    difference, low, high = (100 * value for value in (compared.difference, compared.low, compared.high))
    better = "as good as" if compared.difference == 0 else "better than" if difference > 0 else "worse than"
    points = "" if compared.difference == 0 else f"{abs(difference):.2f} points "
    surely = "which chance would hardly explain" if compared.p < 0.05 else "which may be chance"
    p = f"= {compared.p:.2g}" if compared.p > 1e-300 else "< 1e-300"
    return (
        f"{found.title} is {points}{better} {found.against_title} on {compared.count:,} digits, {surely}: "
        f"95 % interval {low:+.2f} to {high:+.2f}, McNemar's p {p}."
    )
