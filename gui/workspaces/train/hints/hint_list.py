"""The card "Hints": there when the rules have something to say, and only then."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from PySide6.QtCore import QSignalBlocker, Signal, Slot

from gui.widgets.announcement import announce
from gui.widgets.card import Card
from gui.workspaces.train.hints.hint_row import HintRow

if TYPE_CHECKING:
    from engine.training.hints.rule import Finding


class HintList(Card):
    """Rows of hints, the gravest first.

    Signals:
        apply_requested(finding): take its change over into the form.
        shade_requested(finding): shade its epochs in the charts; None for none.
    """

    apply_requested = Signal(object)
    shade_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__("Hints")
        self.setObjectName("hintList")
        self.rows: dict[str, HintRow] = {}
        self._findings: Mapping[str, Finding] = {}
        self._dismissed: set[str] = set()
        self._shaded = ""
        self.hide()

    def begin(self) -> None:
        """Another run: nothing is known of it, and nothing dismissed."""
        self._dismissed.clear()
        self.show_findings({})

    def show_findings(self, findings: "Mapping[str, Finding]") -> None:
        """Show what the rules say now."""
        from engine.training.hints.registry import HINTS

        findings = {key: finding for key, finding in findings.items() if key not in self._dismissed}
        self._findings = findings
        for key in self.rows.keys() - findings.keys():
            row = self.rows.pop(key)
            self.body.removeWidget(row)
            row.hide()
            row.deleteLater()
        for place, (key, finding) in enumerate(findings.items()):
            if key not in self.rows:
                row = self.rows[key] = HintRow(HINTS[key])
                row.apply_requested.connect(self._on_apply)
                row.shown.connect(self._on_shown)
                row.dismissed.connect(self._on_dismissed)
                announce(self, f"Hint: {HINTS[key].title}")
            row = self.rows[key]
            row.set_finding(finding)
            if self.body.indexOf(row) != place:
                self.body.insertWidget(place, row)
        self.setAccessibleDescription("; ".join(HINTS[key].title for key in findings))
        self.setVisible(bool(findings))
        if self._shaded:
            self._on_shown(self._shaded if self._shaded in findings else "")

    @Slot(str)
    def _on_apply(self, key: str) -> None:
        if key in self._findings:
            self.apply_requested.emit(self._findings[key])

    @Slot(str)
    def _on_shown(self, key: str) -> None:
        self._shaded = key
        for row in self.rows.values():
            with QSignalBlocker(row.shade_button):
                row.shade_button.setChecked(row.key == key)
        self.shade_requested.emit(self._findings.get(key))

    @Slot(str)
    def _on_dismissed(self, key: str) -> None:
        self._dismissed.add(key)
        self.show_findings(self._findings)
