"""What a person should know about the data set; each warning opens the digits that it is about."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QListWidget, QListWidgetItem, QProgressBar, QPushButton

from engine.data.dataset_checks import Finding
from gui.theme.stylesheet import mark_muted
from gui.widgets.card import Card
from gui.widgets.filled import filled
from gui.widgets.naming import named

NONE_TEXT = "No duplicates, no rare class, not sorted: nothing to warn of."
RULE_TEXT = (
    "Suspicious labels are ranked by out-of-sample probabilities only: three small networks are trained, and each "
    "judges only digits that it never saw."
)


class WarningsCard(Card):
    """A list of warnings, and the search for labels that look wrong.

    Signals:
        chosen(places): show these digits.
        search_requested, cancel_requested: look for suspicious labels, or no longer.
    """

    chosen = Signal(object)
    search_requested = Signal()
    cancel_requested = Signal()

    def __init__(self) -> None:
        super().__init__("Warnings", "")
        self._findings: list[Finding] = []
        self._suspicious: Finding | None = None
        self._checked = False
        self.list = named(QListWidget(), "warningList", accessible_name="Warnings about the data set")
        self.list.setWordWrap(True)
        self.list.setMinimumHeight(90)
        self.list.itemClicked.connect(self._on_item)
        self.list.itemActivated.connect(self._on_item)
        self.rule_label = named(mark_muted(QLabel(RULE_TEXT, wordWrap=True)), "suspicionRule")
        self.search_button = QPushButton("Find suspicious labels")
        self.search_button.setObjectName("suspiciousButton")
        self.search_button.setToolTip("Train three small networks in the background, each without the digits it judges")
        self.search_button.clicked.connect(self.search_requested)
        self.progress_bar = QProgressBar(textVisible=False)
        self.progress_bar.setObjectName("suspicionProgress")
        self.progress_bar.setAccessibleName("Progress of the search for suspicious labels")
        self.cancel_button = named(QPushButton("Cancel"), "cancelSuspicionButton")
        self.cancel_button.clicked.connect(self.cancel_requested)
        row = filled(QHBoxLayout(), self.search_button, (self.progress_bar, 1), self.cancel_button, 0)
        self.body.addWidget(self.list, 1)
        self.body.addWidget(self.rule_label)
        self.body.addLayout(row)
        self.show_progress(None)

    @property
    def findings(self) -> list[Finding]:
        """The warnings in the order of the list."""
        return [*self._findings, *([self._suspicious] if self._suspicious is not None else [])]

    def show_findings(self, findings: list[Finding] | None) -> None:
        """List the warnings of another data set or split (None: not known); suspicious labels so far are forgotten."""
        self._findings, self._suspicious, self._checked = findings or [], None, findings is not None
        self._fill()

    def show_suspicious(self, finding: Finding) -> None:
        """List the suspicious labels too."""
        self._suspicious = finding
        self.show_progress(None)
        self._fill()
        self.list.setCurrentRow(self.list.count() - 1)

    def show_progress(self, share: float | None) -> None:
        """Show how far the search is; None while there is none."""
        self.search_button.setVisible(share is None)
        for part in (self.progress_bar, self.cancel_button):
            part.setVisible(share is not None)
        self.progress_bar.setValue(round(100 * (share or 0.0)))

    def _fill(self) -> None:
        self.list.clear()
        for finding in self.findings:
            self.list.addItem(QListWidgetItem(finding.sentence))
        if self._checked and not self.findings:
            self.list.addItem(QListWidgetItem(NONE_TEXT))
        self.set_subtitle(f"{len(self._findings):,}" if self._findings else "none" if self._checked else "")

    @Slot(QListWidgetItem)
    def _on_item(self, item: QListWidgetItem) -> None:
        row = self.list.row(item)
        if row < len(self.findings) and len(self.findings[row].places):
            self.chosen.emit(self.findings[row].places)
