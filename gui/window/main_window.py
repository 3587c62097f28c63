"""The window: puts the cards together, connects them, remembers how it was left, and ends everything in order."""

import logging
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QTabWidget, QWidget

from gui.canvas.card import CanvasCard
from gui.canvas.drawing_canvas import DrawingCanvas
from gui.lab.classifier import Classifier, Prediction
from gui.lab.drawing_document import DrawingDocument
from gui.lab.model_library import ModelLibrary
from gui.lab.predictor import Predictor
from gui.prediction.panel import PredictionPanel
from gui.services.autosave import Autosave
from gui.services.error_hooks import LOG_NAME, ErrorHooks, ErrorReport, describe
from gui.services.folders import state_folder
from gui.services.settings import Settings, SettingsFile
from gui.theme.manager import THEME_MODES, ThemeManager
from gui.widgets.card import CARD_SPACING_PX, COMPACT_SPACING_PX
from gui.window.commands import build_menus
from gui.window.dialogs import Dialogs
from gui.window.error_dialog import ErrorDialog
from gui.window.geometry import SMALLEST_SIZE, geometry_text, restore_geometry
from gui.window.left_column import LeftColumn
from gui.window.opening import FileOpening
from gui.window.status_line import StatusLine

logger = logging.getLogger("digitlab")

# A window lower than this keeps less room between its cards.
COMPACT_BELOW_PX = 720
# The drawing is kept this long after its last change, so that a pen in motion writes no files.
KEEP_DRAWING_MS = 1500
# Long enough for the first answer, too short to be noticed.
WORKSPACES_DELAY_MS = 40


class MainWindow(QMainWindow):
    """Only assembles; what the parts do is in the parts.

    Signals:
        completed: everything is there, the workspaces too.
    """

    completed = Signal()

    def __init__(
        self,
        settings_file: SettingsFile,
        settings: Settings,
        themes: ThemeManager,
        hooks: ErrorHooks | None = None,
        *,
        dialogs: Dialogs | None = None,
        unsaved: Autosave | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("DigitLab")
        self.setAccessibleName("DigitLab")
        self.settings = settings
        self.themes = themes
        self.unsaved = unsaved if unsaved is not None else Autosave()
        self._settings_file = settings_file
        self._complete = False
        self._down = False
        self._asks = True
        self._error_dialog: ErrorDialog | None = None
        self._hooks = hooks

        self.recogniser = Classifier(self)
        self.drawing = DrawingDocument(self)
        self.canvas_card = CanvasCard(self.drawing, themes)
        self.prediction_panel = PredictionPanel(self.recogniser, themes)
        self.workspaces = QTabWidget()
        self.workspaces.setObjectName("workspaces")
        self.workspaces.setAccessibleName("Workspaces")
        self.workspaces.setDocumentMode(True)
        dialogs = dialogs if dialogs is not None else Dialogs()
        self.status_line = StatusLine()
        self.workspaces.setCornerWidget(self.status_line)
        self.library = ModelLibrary(self, settings, dialogs, self.unsaved)
        self.opener = FileOpening(self, dialogs)
        self.answering = Predictor(self.canvas, self.library, self.recogniser, self.prediction_panel, self)
        self._arrange()
        self.menus = build_menus(self)
        self.menus.set_recent(settings.recent_models)
        self.setAcceptDrops(True)

        self._keep_timer = QTimer(self)
        self._keep_timer.setSingleShot(True)
        self._keep_timer.setInterval(KEEP_DRAWING_MS)
        self._connect()
        self.drawing.message.connect(self.status_line.tell)
        restore_geometry(self, settings.geometry)
        self.canvas.set_pen_width(settings.pen_width)

    # What others look at.

    @property
    def canvas(self) -> DrawingCanvas:
        """The drawing canvas."""
        return self.canvas_card.canvas

    @property
    def answer(self) -> Prediction:
        """The newest answer."""
        return self.prediction_panel.answer

    @property
    def is_complete(self) -> bool:
        """Whether the workspaces are there."""
        return self._complete

    # The start, in steps between which the event loop runs.

    @Slot()
    def complete(self) -> None:
        """Load what answers first, then the workspaces."""
        self.library.choose_first()
        drawing = self.unsaved.restore_drawing()
        if drawing is not None and self.canvas.is_blank:
            self.canvas.set_drawing(drawing)
            self.canvas.undo_stack.clear()
        QTimer.singleShot(WORKSPACES_DELAY_MS, self, self._add_workspaces)

    @Slot()
    def _add_workspaces(self) -> None:
        # pyqtgraph and the engine's training half come in here, behind a window that already answers.
        from gui.lab.live_model import LiveModel
        from gui.lab.pen_priority import PenPriority
        from gui.workspaces.preprocessing.workspace import PreprocessingWorkspace
        from gui.workspaces.train.workspace import TrainWorkspace

        self.train_workspace = TrainWorkspace(self.themes)
        self.workspaces.addTab(self.train_workspace, "Train")
        self.session = self.train_workspace.session
        self.training_link = LiveModel(self.train_workspace, self.canvas, self.recogniser, self.library, self)
        PenPriority(self.canvas, self.prediction_panel, self.session, self)
        self.train_workspace.failed.connect(self.show_sentence)
        self.train_workspace.told.connect(self.status_line.tell)
        self.train_workspace.pin_requested.connect(self.pin_drawing)
        self.train_workspace.set_values(self.settings.training)
        preprocessing = PreprocessingWorkspace(self.themes, self.recogniser, self.answering.shown_drawing)
        self.workspaces.addTab(preprocessing, "Preprocessing")
        self.prediction_panel.answered.connect(preprocessing.request)
        self.library.restore_unsaved()
        self.recogniser.warm_up()
        self._complete = True
        if self._settings_file.problem:
            self.status_line.tell(self._settings_file.problem)
        self.completed.emit()

    # Wishes of the menus.

    @Slot(object)
    def show_error(self, error: BaseException) -> None:
        """Tell about an exception in words."""
        self.show_report(ErrorReport(describe(error)))

    @Slot(object)
    def show_report(self, report: ErrorReport) -> None:
        """Tell about an error in the one dialog for that."""
        if self._error_dialog is None:
            self._error_dialog = ErrorDialog(state_folder() / LOG_NAME, self)
        self._error_dialog.show_report(report)

    @Slot(str)
    def show_sentence(self, sentence: str) -> None:
        """Tell about something that did not work."""
        self.show_report(ErrorReport(sentence))

    @Slot()
    def pin_drawing(self) -> None:
        """Follow the drawing on the canvas through the training."""
        if self._complete and not self.training_link.pin(self.canvas.drawing()):
            self.status_line.tell("The canvas is blank: draw the digit that you want to follow.")

    def change_pen_width(self, pixels: int) -> None:
        """Make the pen wider or, below zero, narrower."""
        self.canvas.set_pen_width(self.canvas.pen_width_px + pixels)

    @Slot()
    def toggle_full_screen(self) -> None:
        """Use the whole screen, or a window again."""
        self.setWindowState(self.windowState() ^ Qt.WindowState.WindowFullScreen)

    @Slot(str)
    def set_theme(self, mode: str) -> None:
        """Switch between light, dark and the system's choice, and remember it."""
        for known in THEME_MODES:
            if known == mode:
                self.settings.theme = known
                self.themes.set_mode(known)

    # The end.

    @Slot()
    def close_without_asking(self) -> None:
        """Close at once; unsaved models stay in the state folder for the next start."""
        self._asks = False
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved models once, stop the training, keep everything, go."""
        if self._asks and not self._down and not self.library.resolve_unsaved():
            event.ignore()
            return
        self.shut_down()
        super().closeEvent(event)

    @Slot()
    def shut_down(self) -> None:
        """Stop and keep everything; may be called twice."""
        if self._down:
            return
        self._down = True
        self._keep_timer.stop()
        self.opener.shut_down()
        self.recogniser.release()
        if self._complete:
            self.training_link.keep_unfinished()
            self.settings.training = self.train_workspace.get_values()
            self.train_workspace.shutdown()
        self.unsaved.keep_drawing(self.canvas.drawing())
        self.settings.pen_width = self.canvas.pen_width_px
        self.settings.read_numbers = self.recogniser.reads_numbers
        self.settings.geometry = geometry_text(self)
        try:
            self._settings_file.save(self.settings)
        except OSError as error:
            logger.warning("The settings could not be saved: %s", error)
        self.unsaved.finish()
        # The stack still emits while Python's half of the window is already gone.
        self.canvas.undo_stack.blockSignals(True)

    # Files that are dropped onto the window.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files are welcome, also those that will be refused in words."""
        if event.mimeData().hasUrls() or event.mimeData().hasImage():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open what was dropped."""
        event.acceptProposedAction()
        self.opener.take(event.mimeData())

    # Inside.

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the canvas square and everything at the left in sight."""
        super().resizeEvent(event)
        # The central widget has its new size only after this event.
        QTimer.singleShot(0, self, self._fit_left_column)

    def _arrange(self) -> None:
        self._left = LeftColumn(self.canvas_card, self.prediction_panel)
        central = QWidget()
        self._row = QHBoxLayout(central)
        self._row.addWidget(self._left)
        self._row.addWidget(self.workspaces, 1)
        self.setCentralWidget(central)
        self.setMinimumSize(*SMALLEST_SIZE)

    @Slot()
    def _fit_left_column(self) -> None:
        central = self.centralWidget()
        if central is not None:
            gap = COMPACT_SPACING_PX if self.height() < COMPACT_BELOW_PX else CARD_SPACING_PX
            self._row.setContentsMargins(gap, gap, gap, gap)
            self._row.setSpacing(gap)
            self._left.fit(self.width(), central.height() - 2 * gap, gap)

    def _connect(self) -> None:
        self.canvas.drawing_changed.connect(self._keep_timer.start)
        self._keep_timer.timeout.connect(self._keep_drawing)
        self.library.failed.connect(self.show_error)
        self.library.told.connect(self.status_line.tell)
        self.library.recent_changed.connect(self._on_recent_changed)
        self.menus.recent_chosen.connect(self._on_recent_chosen)
        self.menus.theme_chosen.connect(self.set_theme)
        self.answering.set_reads_numbers(self.settings.read_numbers)
        self.menus.actions["readNumbersAction"].setChecked(self.settings.read_numbers)
        self.menus.actions["readNumbersAction"].toggled.connect(self.answering.set_reads_numbers)
        if self._hooks is not None:
            self._hooks.reported.connect(self.show_report)

    @Slot()
    def _keep_drawing(self) -> None:
        self.unsaved.keep_drawing(self.canvas.drawing())

    @Slot()
    def _on_recent_changed(self) -> None:
        self.menus.set_recent(self.settings.recent_models)

    @Slot(str)
    def _on_recent_chosen(self, path: str) -> None:
        self.library.open(Path(path))
