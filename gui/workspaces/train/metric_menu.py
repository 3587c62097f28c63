"""The button beside the field of further metrics: those that the model has, to tick."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QMenu, QToolButton

from gui.workspaces.train.field import TrainingField
from gui.workspaces.train.offered import metrics_offered


class MetricMenu(QToolButton):
    """Ticks are what stands in the field.

    Args:
        field: of the metrics' names.
    """

    def __init__(self, field: TrainingField) -> None:
        super().__init__()
        self._field, self._task = field, ""
        self.setObjectName("metricMenuButton")
        self.setText("…")
        self.setToolTip("Choose further metrics of this model")
        self.setAccessibleName("Choose further metrics")
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(QMenu(self))
        self.menu().aboutToShow.connect(self._fill)
        field.add_beside(self, always_usable=False)

    def set_task(self, task: str) -> None:
        """Offer the metrics of this task."""
        self._task = task

    @Slot()
    def _fill(self) -> None:
        said = self._field.text().replace(",", " ").split()
        self.menu().clear()
        for name in metrics_offered(self._task):
            action = self.menu().addAction(name)
            action.setCheckable(True)
            action.setChecked(name in said)
            action.toggled.connect(self._on_ticked)

    @Slot()
    def _on_ticked(self) -> None:
        self._field.set_text(" ".join(action.text() for action in self.menu().actions() if action.isChecked()))
