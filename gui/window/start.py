"""The start in steps between which the event loop runs: what answers comes first, then the open tab."""

from PySide6.QtCore import QObject, QTimer, Signal, Slot

from gui.lab.lab import Lab
from gui.workspaces.tabs import WorkspaceTabs

# Long enough for the first prediction, too short to be noticed; begins anew while a hand draws, so many times at most.
WORKSPACES_DELAY_MS = 100
MOST_DELAYS = 100


class WindowStart(QObject):
    """Loads the lab, then the open workspace as soon as nobody draws.

    Signals:
        finished: everything is there.
    """

    finished = Signal()

    def __init__(self, lab: Lab, workspaces: WorkspaceTabs, parent: QObject) -> None:
        super().__init__(parent)
        self._lab = lab
        self._workspaces = workspaces
        self._delays = 0
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._load_workspaces)
        lab.models.unsaved_restored.connect(self.finished)

    def begin(self) -> None:
        """Load what answers first."""
        self._lab.restore()
        self._lab.drawing.changed.connect(self._on_drawing_changed)
        self._timer.start(WORKSPACES_DELAY_MS)

    @Slot()
    def _on_drawing_changed(self) -> None:
        # Whoever draws at once is answered first; building a tab takes longer than a stroke may wait.
        if self._timer.isActive() and self._delays < MOST_DELAYS:
            self._delays += 1
            self._timer.start(WORKSPACES_DELAY_MS)

    @Slot()
    def _load_workspaces(self) -> None:
        self._lab.drawing.changed.disconnect(self._on_drawing_changed)
        # The engine's training half may come in here, behind a window that already answers.
        self._workspaces.load()
        QTimer.singleShot(0, self, self._build_workspaces)

    @Slot()
    def _build_workspaces(self) -> None:
        self._workspaces.start()
        QTimer.singleShot(0, self, self._restore_models)

    @Slot()
    def _restore_models(self) -> None:
        self._lab.models.restore_unsaved()
        self._lab.kept_runs.offer_cut_runs()
        self._lab.my_digits.restore()
        self._lab.classifier.warm_up()
