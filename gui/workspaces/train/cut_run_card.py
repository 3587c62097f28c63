"""The offer to go on with a training that was cut off with the program."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton

from gui.lab.lab import Lab
from gui.lab.session_state import SessionState
from gui.theme.stylesheet import mark_primary
from gui.widgets.card import Card
from gui.widgets.filled import filled
from gui.widgets.naming import named


class CutRunCard(Card):
    """There while a run that was cut off is offered: until it goes on, another training begins, or it is put away."""

    def __init__(self, lab: Lab) -> None:
        super().__init__("Go on where it was cut off?")
        self.setObjectName("cutRunCard")
        self._lab = lab
        self._words = named(QLabel(wordWrap=True), "cutRunWords", accessible_name="What was cut off")
        resume = mark_primary(
            named(QPushButton("Continue"), "continueCutRun", "Train on exactly where it was cut off", "Continue it")
        )
        later = named(QPushButton("Later"), "cutRunLater", "It stays in the tab Runs and can go on there", "Later")
        self.body.addLayout(filled(QHBoxLayout(), (self._words, 1), later, resume))
        resume.clicked.connect(self._on_resume)
        later.clicked.connect(lab.kept_runs.forget_offer)
        lab.kept_runs.offer_changed.connect(self._show)
        lab.session.state_changed.connect(self._on_state)
        self._show()

    @Slot()
    def _show(self) -> None:
        offer = self._lab.kept_runs.offer
        self._words.setText(offer.words if offer is not None else "")
        self.setVisible(offer is not None)

    @Slot()
    def _on_resume(self) -> None:
        if (offer := self._lab.kept_runs.offer) is not None:
            self._lab.kept_runs.continue_exactly(offer.run_id, None)

    @Slot(object)
    def _on_state(self, state: SessionState) -> None:
        if state is not SessionState.IDLE:
            self._lab.kept_runs.forget_offer()
