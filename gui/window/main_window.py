"""The window: puts the cards together around the lab, remembers how it was left, and ends everything in order."""

import logging

from PySide6.QtCore import QEvent, Qt, QTimer, Signal, Slot
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDropEvent, QKeyEvent, QMoveEvent, QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QMainWindow, QVBoxLayout, QWidget

from engine.core.user_folders import state_folder
from gui.canvas.card import CanvasCard
from gui.canvas.drawing_canvas import DrawingCanvas
from gui.lab.classifier import Prediction
from gui.lab.lab import Lab
from gui.prediction.panel import PredictionPanel
from gui.services.error_hooks import LOG_NAME, ErrorHooks, ErrorReport, describe
from gui.services.settings import SettingsFile
from gui.theme.manager import ThemeManager
from gui.theme.tokens import THEME_MODES
from gui.widgets.filled import filled
from gui.window.commands import build_menus
from gui.window.dialogs import Dialogs
from gui.window.epoch_bar import EpochBar
from gui.window.error_dialog import ErrorDialog
from gui.window.geometry import fit_frame, geometry_text, restore_geometry, smallest_size
from gui.window.left_column import LeftColumn
from gui.window.menu_key import MenuKey
from gui.window.model_export import ModelExport
from gui.window.model_files import ModelFiles
from gui.window.model_import import ModelImport
from gui.window.opening import FileOpening
from gui.window.start import WindowStart
from gui.window.status_line import StatusLine
from gui.window.text_field_keys import TextFieldKeys
from gui.workspaces.tabs import WorkspaceTabs

logger = logging.getLogger("digitlab")


class MainWindow(QMainWindow):
    """Only assembles; what the parts do is in the parts, and what they share is in the lab.

    Attributes:
        lab: the shared document, which lives as long as the window.
        themes: the present colours.
        workspaces, epoch_bar: the tabs, and the slider over the stored epochs below them.
        menus: the menu bar and its actions.
        opener, files, exports, imports: open whatever file comes along; open, save, export and import models.
        status_line: the place for sentences that need no answer.

    Signals:
        completed: everything is there, the open workspace too.
    """

    completed = Signal()

    def __init__(
        self,
        settings_file: SettingsFile,
        lab: Lab,
        themes: ThemeManager,
        hooks: ErrorHooks | None = None,
        *,
        dialogs: Dialogs | None = None,
    ) -> None:
        super().__init__()
        self.setObjectName("mainWindow")
        self.setWindowTitle("DigitLab")
        self.setAccessibleName("DigitLab")
        self.lab = lab
        lab.setParent(self)
        self.themes = themes
        self._settings_file = settings_file
        self._complete = False
        self._down = False
        self._framed = False
        self._asks = True
        self._error_dialog: ErrorDialog | None = None

        self._left = LeftColumn(lab, themes)
        self.workspaces = WorkspaceTabs(lab, themes)
        self._start = WindowStart(lab, self.workspaces, self)
        self.epoch_bar = EpochBar(lab)
        self.status_line = StatusLine()
        dialogs = dialogs if dialogs is not None else Dialogs()
        self.files = ModelFiles(lab, dialogs, self)
        self.exports = ModelExport(lab, dialogs, self)
        self.imports = ModelImport(lab, dialogs, self)
        self.opener = FileOpening(lab, dialogs, self.imports, self)
        self._arrange()
        self.menus = build_menus(
            self, lab, self.canvas_card, self.files, self.exports, self.imports, self.opener, self.workspaces
        )
        self.status_line.settle(self, self.workspaces)
        self.menus.set_recent(lab.settings.recent_models)
        self.setAcceptDrops(True)
        TextFieldKeys(self)
        MenuKey(self)
        self._connect()
        if hooks is not None:
            hooks.reported.connect(self.show_report)
        restore_geometry(self, lab.settings.geometry)
        self.canvas.set_pen_width(lab.settings.pen_width)

    # What others look at.

    @property
    def canvas_card(self) -> CanvasCard:
        """The canvas with its tools."""
        return self._left.canvas_card

    @property
    def canvas(self) -> DrawingCanvas:
        """The drawing canvas."""
        return self._left.canvas_card.canvas

    @property
    def prediction_panel(self) -> PredictionPanel:
        """The card that shows the prediction."""
        return self._left.prediction_panel

    @property
    def answer(self) -> Prediction:
        """The newest prediction."""
        return self.lab.prediction.newest

    @property
    def is_complete(self) -> bool:
        """Whether the open workspace is there."""
        return self._complete

    # The start.

    @Slot()
    def complete(self) -> None:
        """Load what answers first, then the open workspace."""
        self._start.begin()

    @Slot()
    def _on_started(self) -> None:
        self._complete = True
        if self._settings_file.problem:
            self.lab.messages.message.emit(self._settings_file.problem)
        self.completed.emit()

    # What is told in a dialog.

    @Slot(object)
    def show_error(self, error: BaseException | str) -> None:
        """Tell about something that did not work, in words."""
        self.show_report(ErrorReport(error if isinstance(error, str) else describe(error)))

    @Slot(object)
    def show_report(self, report: ErrorReport) -> None:
        """Tell about an error in the one dialog for that."""
        if self._error_dialog is None:
            self._error_dialog = ErrorDialog(state_folder() / LOG_NAME, self)
        self._error_dialog.show_report(report)

    @Slot(str)
    def set_theme(self, mode: str) -> None:
        """Switch between light, dark and the system's choice, and remember it."""
        for known in THEME_MODES:
            if known == mode:
                self.lab.settings.theme = known
                self.themes.set_mode(known)

    @Slot(int)
    def set_text_percent(self, percent: int) -> None:
        """Write everything larger, and remember it."""
        self.lab.settings.text_percent = percent
        self.themes.set_text_percent(percent)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Escape leaves the full screen; a digit that no field wanted says what is drawn."""
        if event.key() == Qt.Key.Key_Escape and self.isFullScreen():
            self.setWindowState(self.windowState() & ~Qt.WindowState.WindowFullScreen)
        elif not self._left.take_key(event):
            super().keyPressEvent(event)

    def changeEvent(self, event: QEvent) -> None:
        """The menu tells whether the window fills the screen, whoever made it so."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.WindowStateChange:
            self.menus.actions["fullScreenAction"].setChecked(self.isFullScreen())

    # The end.

    @Slot()
    def close_without_asking(self) -> None:
        """Close at once; unsaved models stay in the state folder for the next start."""
        self._asks = False
        self.close()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Ask about unsaved models once, stop the training, keep everything, go."""
        if self._asks and not self._down and not self.files.resolve_unsaved():
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
        self._left.shut_down()
        self.opener.shut_down()
        self.exports.shut_down()
        self.imports.shut_down()
        self.epoch_bar.shut_down()
        self.lab.close()
        self.workspaces.shut_down()
        self.lab.settings.pen_width = self.canvas.pen_width_px
        self.lab.settings.geometry = geometry_text(self)
        try:
            self._settings_file.save(self.lab.settings)
        except OSError as error:
            logger.warning("The settings could not be saved: %s", error)

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

    def moveEvent(self, event: QMoveEvent) -> None:
        """Fit the screen as soon as the system has told how thick its frame is, which it does by moving the window."""
        super().moveEvent(event)
        self._framed = self._framed or fit_frame(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the canvas square and everything at the left in sight."""
        super().resizeEvent(event)
        self._fit()

    @Slot()
    def _fit(self) -> None:
        """Follow a new size of the window or of its text."""
        self.themes.fit_height(self.height())
        # The central widget has its new size, and its cards their new fonts, only after this event.
        QTimer.singleShot(0, self, self._fit_left_column)

    def _arrange(self) -> None:
        central = QWidget()
        self._row = filled(QHBoxLayout(central), self._left)
        right = filled(QVBoxLayout(), (self.workspaces, 1), self.epoch_bar, spacing=8)
        self._row.addLayout(right, 1)
        self.setCentralWidget(central)
        self.setMinimumSize(smallest_size(self))

    @Slot()
    def _fit_left_column(self) -> None:
        central = self.centralWidget()
        if central is not None:
            gap = self.themes.density.gap_px
            self._row.setContentsMargins(gap, gap, gap, gap)
            self._row.setSpacing(gap)
            self._left.fit(self.width(), central.height() - 2 * gap, gap)

    def _connect(self) -> None:
        self.themes.changed.connect(self._fit)
        self.lab.messages.message.connect(self.status_line.show_message)
        self.lab.messages.error.connect(self.show_error)
        self.lab.models.recent_changed.connect(self._on_recent_changed)
        self._start.finished.connect(self._on_started)
        self.menus.recent_chosen.connect(self.opener.open_recent)
        self.menus.theme_chosen.connect(self.set_theme)
        self.menus.text_size_chosen.connect(self.set_text_percent)
        self.themes.set_text_percent(self.lab.settings.text_percent)

    @Slot()
    def _on_recent_changed(self) -> None:
        self.menus.set_recent(self.lab.settings.recent_models)
