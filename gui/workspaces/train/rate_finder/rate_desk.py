"""The button beside the field of the learning rate, and what it opens."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QToolButton

from gui.lab.lab import Lab
from gui.lab.session_state import SessionState
from gui.theme.manager import ThemeManager
from gui.widgets.naming import named
from gui.workspaces.chart_exports import ChartExports
from gui.workspaces.train.form import TrainingForm

if TYPE_CHECKING:
    from gui.workspaces.train.rate_finder.rate_dialog import RateDialog


class RateDesk(QObject):
    """Opens the finder for what the form says, and takes its rate into the form.

    Attributes:
        button: beside the field.
        dialog: None until it is opened for the first time.
    """

    def __init__(self, form: TrainingForm, lab: Lab, themes: ThemeManager, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._form, self._lab, self._themes = form, lab, themes
        self.dialog: RateDialog | None = None
        self._exports = ChartExports(lab, self)
        self.button = named(
            QToolButton(), "rateFinderButton", "Find a learning rate: the loss at growing rates", "Find a learning rate"
        )
        self.button.setText("…")
        self.button.setProperty("quiet", True)
        # The field beside it needs the room.
        self.button.setProperty("tight", True)
        self.button.clicked.connect(self.open)
        form.fields["learning_rate"].add_beside(self.button)
        lab.session.state_changed.connect(self._on_state_changed)

    @Slot()
    def open(self) -> None:
        """Look for rates with the chosen preset and settings."""
        # Most windows never look for a rate.
        from engine.optimizers import OPTIMIZERS
        from engine.training.rate_finder import without_rate
        from gui.workspaces.train.rate_finder.rate_dialog import RateDialog
        from gui.workspaces.train.rate_finder.rate_search import RateSearch

        if self.dialog is None:
            self.dialog = RateDialog(self._themes, self.button.window())
            self.dialog.chosen.connect(self._on_chosen)
            self._exports.adopt(self.dialog.menu)
        config, optimizer = self._form.config, self._form.fields["optimizer"].text()
        if reason := without_rate(OPTIMIZERS[optimizer]()):
            self.dialog.refuse(reason)
        elif config is None:
            self.dialog.refuse("Correct the marked fields first: the search trains with them.")
        else:
            self.dialog.search(RateSearch(self._form.preset, config, self._lab.datasets.split_source()))
        self.dialog.show()
        self.dialog.activateWindow()

    def shut_down(self) -> None:
        """End what runs in the background, and wait for exports."""
        if self.dialog is not None:
            self.dialog.shut_down()
        self._exports.finish()

    @Slot(float)
    def _on_chosen(self, rate: float) -> None:
        if self._lab.session.state is SessionState.IDLE:
            said = self._form.apply({"learning_rate": rate})
            self._lab.messages.message.emit(said)

    @Slot(object)
    def _on_state_changed(self, state: SessionState) -> None:
        self.button.setEnabled(state is SessionState.IDLE)
        if state is not SessionState.IDLE and self.dialog is not None:
            # A training needs the cores.
            self.dialog.stop()
