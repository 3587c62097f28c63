"""What each menu of the window holds. A command is a line here and a method elsewhere."""

from PySide6.QtCore import QObject, Qt, QUrl, Slot
from PySide6.QtGui import QAction, QDesktopServices, QKeySequence
from PySide6.QtWidgets import QMainWindow

from engine.core.user_folders import state_folder
from gui.canvas.card import CanvasCard
from gui.lab.lab import Lab
from gui.window.menus import Command, Menus
from gui.window.model_export import ModelExport
from gui.window.model_files import ModelFiles
from gui.window.model_import import ModelImport
from gui.window.opening import FileOpening
from gui.workspaces.tabs import WorkspaceTabs

STANDARD = QKeySequence.StandardKey


def build_menus(
    window: QMainWindow,
    lab: Lab,
    card: CanvasCard,
    files: ModelFiles,
    exports: ModelExport,
    imports: ModelImport,
    opener: FileOpening,
    tabs: WorkspaceTabs,
) -> Menus:
    """Fill the window's menu bar; the menus of the workspaces come from their own commands."""
    menus = Menus(window)
    commands = WindowCommands(window, lab, card, menus)
    menus.add_menu(
        "&File",
        [
            Command("openAction", "&Open model…", "Let a model from a file answer", files.open, (STANDARD.Open,)),
            menus.recent_menu(),
            Command("saveAction", "&Save model", "Write the model to its file", files.save, (STANDARD.Save,)),
            Command(
                "saveAsAction",
                "Save model &as…",
                "Write the model that answers to another file",
                files.save_as,
                ("Ctrl+Shift+S",),
            ),
            Command(
                "exportModelAction",
                "&Export model…",
                "Write the model for other programs: ONNX, Keras, PyTorch or NumPy alone",
                exports.export,
                ("Ctrl+Shift+E",),
            ),
            Command(
                "importModelAction",
                "&Import model…",
                "Take in a model of another program: ONNX, or weights of Keras or PyTorch",
                imports.ask,
                ("Ctrl+Shift+I",),
            ),
            None,
            Command(
                "describeModelAction",
                "&Name and describe model…",
                "Give the model that answers a name and a description of your own",
                files.describe,
            ),
            Command("deleteModelAction", "&Delete model", "Take the model that answers out of the list", files.delete),
            Command(
                "bringBackModelAction",
                "&Bring back deleted model",
                "Put the model that was deleted last back into the list",
                lab.model_care.bring_back,
            ),
            None,
            Command(
                "openDrawingAction",
                "Open &drawing or image…",
                "Take the first drawing of a file, or recognise an image",
                opener.ask_drawing,
                ("Ctrl+Shift+O",),
            ),
            Command(
                "saveDrawingAction",
                "Save d&rawing as…",
                "Write the strokes to a file",
                opener.save_drawing,
            ),
            None,
            Command("quitAction", "&Quit", "Close DigitLab", window.close, (STANDARD.Quit, "Ctrl+Q")),
        ],
    )
    menus.add_menu(
        "&Edit",
        [
            card.undo_action,
            card.redo_action,
            None,
            card.clear_action,
            card.eraser_action,
            Command("penWiderAction", "&Wider pen", "Draw thicker", commands.widen_pen, ("Ctrl++", "Ctrl+=")),
            Command("penNarrowerAction", "&Narrower pen", "Draw thinner", commands.narrow_pen, ("Ctrl+-",)),
            None,
            Command(
                "pasteAction",
                "&Paste image",
                "Recognise the image on the clipboard",
                opener.paste,
                ("Ctrl+Shift+V",),
            ),
        ],
    )
    for title, actions in tabs.menus():
        menus.add_menu(f"&{title}", actions)
    menus.add_menu(
        "&View",
        [
            menus.theme_menu(lab.settings.theme),
            menus.text_size_menu(lab.settings.text_percent),
            None,
            Command(
                "readNumbersAction",
                "Read &numbers",
                "Read several digits side by side as one number, with a frame around each",
                checkable=True,
            ),
            None,
            Command(
                "fullScreenAction",
                "&Full screen",
                "Use the whole screen, or a window again",
                commands.toggle_full_screen,
                (STANDARD.FullScreen, "F11"),
                checkable=True,
            ),
        ],
    )
    menus.add_menu(
        "&Help",
        [
            Command("shortcutsAction", "&Keyboard shortcuts", "List all shortcuts", commands.show_shortcuts, ("F1",)),
            Command(
                "logFolderAction",
                "Open &log folder",
                "Show DigitLab's log in the file manager",
                commands.open_log_folder,
            ),
            None,
            Command("aboutAction", "&About DigitLab", "Versions and licences", commands.show_about),
        ],
    )
    reads_numbers = menus.actions["readNumbersAction"]
    reads_numbers.setChecked(lab.classifier.reads_numbers)
    reads_numbers.toggled.connect(lab.classifier.set_reads_numbers)
    commands.enable_with_strokes(menus.actions["saveDrawingAction"])
    return menus


class WindowCommands(QObject):
    """What the menus do that belongs to no card, no workspace and no file."""

    def __init__(self, window: QMainWindow, lab: Lab, card: CanvasCard, menus: Menus) -> None:
        super().__init__(window)
        self._window = window
        self._lab = lab
        self._card = card
        self._menus = menus
        self._with_strokes: list[QAction] = []
        lab.drawing.changed.connect(self._on_drawing_changed)

    def enable_with_strokes(self, *actions: QAction) -> None:
        """Let these actions be possible while there are strokes."""
        self._with_strokes += actions
        self._on_drawing_changed()

    def widen_pen(self) -> None:
        """Draw thicker."""
        self._change_pen(+2)

    def narrow_pen(self) -> None:
        """Draw thinner."""
        self._change_pen(-2)

    def toggle_full_screen(self) -> None:
        """Use the whole screen, or a window again."""
        self._window.setWindowState(self._window.windowState() ^ Qt.WindowState.WindowFullScreen)

    def show_about(self) -> None:
        """Show versions and licences."""
        # Looking up versions takes a while, so not at the start.
        from gui.window.about_dialog import AboutDialog

        AboutDialog(self._window).show()

    def show_shortcuts(self) -> None:
        """List all shortcuts."""
        from gui.window.about_dialog import ShortcutsDialog

        ShortcutsDialog(self._menus.shortcuts(), self._window).show()

    def open_log_folder(self) -> None:
        """Show the log in the file manager."""
        folder = state_folder()
        folder.mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))

    def _change_pen(self, pixels: int) -> None:
        self._card.canvas.set_pen_width(self._card.canvas.pen_width_px + pixels)

    @Slot()
    def _on_drawing_changed(self) -> None:
        has_strokes = not self._lab.drawing.is_blank and self._lab.drawing.image is None
        for action in self._with_strokes:
            action.setEnabled(has_strokes)
