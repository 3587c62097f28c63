"""What each menu of the window holds. A command is a line here and a method or a button elsewhere."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QUrl
from PySide6.QtGui import QDesktopServices, QKeySequence
from PySide6.QtWidgets import QAbstractButton

from gui.services.folders import state_folder
from gui.window.menus import Command, Menus

if TYPE_CHECKING:
    from gui.window.main_window import MainWindow

STANDARD = QKeySequence.StandardKey


def build_menus(window: "MainWindow") -> Menus:
    """Fill the window's menu bar."""
    menus = Menus(window)
    library, opener, card = window.library, window.opener, window.canvas_card
    menus.add_menu(
        "&File",
        [
            Command("openAction", "&Open model…", "Let a model from a file answer", library.open, (STANDARD.Open,)),
            menus.recent_menu(),
            Command("saveAction", "&Save model", "Write the model to its file", library.save, (STANDARD.Save,)),
            Command(
                "saveAsAction",
                "Save model &as…",
                "Write the model that answers to another file",
                library.save_as,
                ("Ctrl+Shift+S",),
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
                enabled=lambda: not window.canvas.is_blank,
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
            Command("penWiderAction", "&Wider pen", "Draw thicker", _pen(window, +2), ("Ctrl++", "Ctrl+=")),
            Command("penNarrowerAction", "&Narrower pen", "Draw thinner", _pen(window, -2), ("Ctrl+-",)),
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
    menus.add_menu(
        "&Train",
        [
            _press(window, "train", "&Train", "Train a fresh model", "Ctrl+T"),
            _press(window, "pause", "&Pause or resume", "Hold training, or go on", "Ctrl+P"),
            _press(window, "stop", "&Stop", "End training, keep the weights", "Ctrl+."),
            None,
            _press(window, "step", "&One step", "Train on one batch, then hold", "Ctrl+1"),
            _press(window, "epoch", "One &epoch", "Train once through all digits, then hold", "Ctrl+2"),
            _press(window, "continue", "&Continue", "Train the last one further", "Ctrl+3"),
            None,
            Command(
                "pinAction",
                "Follow &this drawing",
                "Show how the answer to the drawing on the canvas changes while a model learns",
                window.pin_drawing,
                ("Ctrl+D",),
                enabled=lambda: not window.canvas.is_blank,
            ),
        ],
    )
    menus.add_menu(
        "&View",
        [
            menus.theme_menu(window.settings.theme),
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
                window.toggle_full_screen,
                (STANDARD.FullScreen, "F11"),
                checkable=True,
            ),
        ],
    )
    menus.add_menu(
        "&Help",
        [
            Command("shortcutsAction", "&Keyboard shortcuts", "List all shortcuts", _shortcuts(window, menus), ("F1",)),
            Command("logFolderAction", "Open &log folder", "Show DigitLab's log in the file manager", _open_log_folder),
            None,
            Command("aboutAction", "&About DigitLab", "Versions and licences", _about(window)),
        ],
    )
    return menus


def _press(window: "MainWindow", name: str, text: str, tip: str, keys: str) -> Command:
    """A command that presses a button of the window, if it is there and enabled."""

    def find() -> QAbstractButton | None:
        return window.findChild(QAbstractButton, f"{name}Button")

    def press() -> None:
        if (button := find()) is not None:
            button.click()

    def is_enabled() -> bool:
        button = find()
        return button is not None and button.isEnabled()

    return Command(f"{name}Action", text, tip, press, (keys,), enabled=is_enabled)


def _pen(window: "MainWindow", pixels: int) -> Callable[[], None]:
    def change() -> None:
        window.change_pen_width(pixels)

    return change


def _about(window: "MainWindow") -> Callable[[], None]:
    def show() -> None:
        # Looking up versions takes a while, so not at the start.
        from gui.window.about_dialog import AboutDialog

        AboutDialog(window).show()

    return show


def _shortcuts(window: "MainWindow", menus: Menus) -> Callable[[], None]:
    def show() -> None:
        from gui.window.about_dialog import ShortcutsDialog

        ShortcutsDialog(menus.shortcuts(), window).show()

    return show


def _open_log_folder() -> None:
    folder = state_folder()
    folder.mkdir(parents=True, exist_ok=True)
    QDesktopServices.openUrl(QUrl.fromLocalFile(str(folder)))
