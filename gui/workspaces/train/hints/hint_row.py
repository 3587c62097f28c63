"""One hint: what was seen, what to try, and the buttons Apply, Why? and Dismiss."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QToolButton, QVBoxLayout, QWidget

from gui.theme.stylesheet import mark_muted, mark_title
from gui.widgets.filled import filled
from gui.widgets.naming import named

if TYPE_CHECKING:
    from engine.training.hints.rule import Finding, HintRule


class HintRow(QWidget):
    """A rule's words.

    Signals:
        apply_requested(key): follow the advice.
        shown(key): the user looks at it, so that its epochs are shaded; "" when no longer.
        dismissed(key): do not say it again in this run.
    """

    apply_requested = Signal(str)
    shown = Signal(str)
    dismissed = Signal(str)

    def __init__(self, rule: "HintRule") -> None:
        super().__init__()
        self.key = rule.key
        self._rule = rule
        self.setObjectName(f"hint_{rule.key}")
        self.title = mark_title(QLabel(f"⚠ {rule.title}"))
        self._saw, self._why = QLabel(), mark_muted(QLabel(rule.why))
        for label in (self._saw, self._why):
            label.setWordWrap(True)
        self._why.hide()
        self.apply_button = named(QPushButton("Apply"), f"applyHint_{rule.key}", accessible_name=f"Apply: {rule.title}")
        self.why_button = self._button("Why?", f"Why it matters: {rule.title}")
        self.why_button.setCheckable(True)
        self.shade_button = self._button("Show", f"Shade its epochs in the charts: {rule.title}")
        self.shade_button.setCheckable(True)
        self.dismiss_button = self._button("×", f"Do not say it again in this run: {rule.title}")
        self.apply_button.clicked.connect(self._on_apply)
        self.why_button.toggled.connect(self._why.setVisible)
        self.shade_button.toggled.connect(self._on_shade)
        self.dismiss_button.clicked.connect(self._on_dismiss)

        head = QHBoxLayout()
        head.setSpacing(4)
        head.addWidget(self.title)
        head.addStretch(1)
        for button in (self.shade_button, self.why_button, self.apply_button, self.dismiss_button):
            head.addWidget(button)
        filled(QVBoxLayout(self), head, self._saw, self._why, margins=0, spacing=2)

    @property
    def text(self) -> str:
        """What was seen and what to try."""
        return self._saw.text()

    def set_finding(self, finding: "Finding") -> None:
        """Say what was found, with its newest numbers."""
        text = f"{finding.saw} {finding.advice}"
        if text != self._saw.text():
            self._saw.setText(text)
            self.setAccessibleName(f"{self._rule.title}. {text}")
            self.apply_button.setToolTip(f"Put it into the form: {finding.advice}")
            self.apply_button.setAccessibleDescription(finding.advice)

    def _button(self, text: str, name: str) -> QToolButton:
        button = QToolButton()
        button.setText(text)
        button.setAccessibleName(name)
        button.setToolTip(name)
        button.setProperty("quiet", True)
        return button

    @Slot()
    def _on_apply(self) -> None:
        self.apply_requested.emit(self.key)

    @Slot()
    def _on_dismiss(self) -> None:
        self.dismissed.emit(self.key)

    @Slot(bool)
    def _on_shade(self, on: bool) -> None:
        self.shown.emit(self.key if on else "")
