"""The menu bar: commands of the window, and actions that cards and workspaces own, each with its explanation."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal, Slot
from PySide6.QtGui import QAction, QActionGroup, QKeySequence
from PySide6.QtWidgets import QMainWindow, QMenu

from gui.theme.manager import TEXT_SCALES_PERCENT
from gui.theme.tokens import THEME_MODES
from gui.widgets.naming import named

THEME_TITLES = {"system": "Like the system", "light": "Light", "dark": "Dark"}
_THEME_TIPS = {
    "system": "Light or dark, as the system's own windows are",
    "light": "Dark ink on light paper, whatever the system does",
    "dark": "Light ink on dark paper, whatever the system does",
}


@dataclass(frozen=True, slots=True)
class Command:
    """A line of a menu.

    Attributes:
        name: the action's object name and its key in `Menus.actions`.
        text: as the menu shows it, & before the access key.
        tip: what it does, one sentence; shown in the status bar.
        run: called when chosen; None for commands whose owner connects the action itself.
        keys: shortcuts, the first one is shown.
        checkable: whether it is a switch.
    """

    name: str
    text: str
    tip: str
    run: Callable[[], object] | None = None
    keys: tuple[str | QKeySequence.StandardKey, ...] = ()
    checkable: bool = False


class Menus(QObject):
    """Builds the menus and keeps the actions by name.

    Signals:
        recent_chosen: path of the model file, as str.
        theme_chosen: "system", "light" or "dark".
        text_size_chosen: percent of the usual size.
    """

    recent_chosen = Signal(str)
    theme_chosen = Signal(str)
    text_size_chosen = Signal(int)

    def __init__(self, window: QMainWindow) -> None:
        super().__init__(window)
        self._window = window
        self.actions: dict[str, QAction] = {}
        self._recent: QMenu | None = None
        self._themes: dict[str, QAction] = {}

    def add_menu(self, title: str, entries: Sequence[Command | QAction | QMenu | None]) -> QMenu:
        """Append a menu; None stands for a separator, an action is one that a card owns."""
        menu = self._window.menuBar().addMenu(title)
        menu.setToolTipsVisible(True)
        for entry in entries:
            if entry is None:
                menu.addSeparator()
            elif isinstance(entry, QMenu):
                menu.addMenu(entry)
            elif isinstance(entry, QAction):
                self.actions[entry.objectName() or entry.text()] = entry
                menu.addAction(entry)
            else:
                menu.addAction(self._action(entry))
        return menu

    def recent_menu(self) -> QMenu:
        """The submenu of recent model files; `set_recent` fills it."""
        self._recent = named(QMenu("Open &recent model", self._window), "recentMenu")
        self._recent.setToolTipsVisible(True)
        self.set_recent(())
        return self._recent

    def set_recent(self, paths: Sequence[str]) -> None:
        """Show these model files, newest first."""
        if self._recent is None:
            return
        self._recent.clear()
        for path in paths:
            action = self._recent.addAction(Path(path).name.replace("&", "&&"))
            _explain(action, f"Let the model in {path} answer")
            action.setData(path)
            action.triggered.connect(self._choose_recent)
        self._recent.setEnabled(bool(paths))
        tip = "The model files that were opened or saved last" if paths else "No model file was opened or saved yet"
        _explain(self._recent.menuAction(), tip)

    def theme_menu(self, mode: str) -> QMenu:
        """The submenu that switches between light and dark; `mode` is checked."""
        entries = [(name, THEME_TITLES[name], _THEME_TIPS[name]) for name in THEME_MODES]
        menu = self._choices("&Theme", "Light, dark, or as the system is", "themeAction", entries, mode)
        self._themes = {action.data(): action for action in menu.actions()}
        for action in menu.actions():
            action.triggered.connect(self._choose_theme)
        return menu

    def text_size_menu(self, percent: int) -> QMenu:
        """The submenu that makes all text larger; `percent` is checked."""
        entries = [
            (size, f"{size} %", f"Write everything at {size} % of the usual size") for size in TEXT_SCALES_PERCENT
        ]
        tip = "Larger text, for a projector or for whoever reads it more easily"
        menu = self._choices("Te&xt size", tip, "textSizeAction", entries, percent)
        for action in menu.actions():
            action.triggered.connect(self._choose_text_size)
        return menu

    def _choices(
        self, title: str, tip: str, name: str, entries: Sequence[tuple[object, str, str]], current: object
    ) -> QMenu:
        """A submenu of which one entry, (data, text, tip), is checked."""
        menu = QMenu(title, self._window)
        menu.setToolTipsVisible(True)
        _explain(menu.menuAction(), tip)
        group = QActionGroup(self)
        for data, text, hint in entries:
            action = named(menu.addAction(text), f"{name}_{data}")
            action.setCheckable(True)
            action.setChecked(data == current)
            _explain(action, hint)
            action.setData(data)
            group.addAction(action)
        return menu

    def set_theme(self, mode: str) -> None:
        """Check a theme without choosing it."""
        self._themes[mode].setChecked(True)

    def shortcuts(self) -> list[tuple[str, QKeySequence]]:
        """Every command that has a shortcut, in menu order."""
        rows = []
        for action in self.actions.values():
            name = action.text().replace("&", "").removesuffix("…")
            rows += [(name, keys) for keys in action.shortcuts()[:1]]
        return rows

    def _action(self, command: Command) -> QAction:
        action = named(QAction(command.text, self._window), command.name, command.tip)
        action.setStatusTip(command.tip)
        action.setCheckable(command.checkable)
        if command.keys:
            action.setShortcuts(_all_sequences(command.keys))
        if command.run is not None:
            action.triggered.connect(_without_arguments(command.run))
        self.actions[command.name] = action
        return action

    @Slot()
    def _choose_recent(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.recent_chosen.emit(action.data())

    @Slot()
    def _choose_text_size(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.text_size_chosen.emit(action.data())

    @Slot()
    def _choose_theme(self) -> None:
        action = self.sender()
        if isinstance(action, QAction):
            self.theme_chosen.emit(action.data())


def _explain(action: QAction, tip: str) -> None:
    action.setToolTip(tip)
    action.setStatusTip(tip)


def _all_sequences(keys: Sequence[str | QKeySequence.StandardKey]) -> list[QKeySequence]:
    """The key sequences of standard keys on this system and of texts such as "Ctrl+T".

    None comes twice: Qt takes a shortcut that an action has two times for an ambiguous one, and does nothing.
    """
    found: list[QKeySequence] = []
    for key in keys:
        for sequence in [QKeySequence(key)] if isinstance(key, str) else QKeySequence.keyBindings(key):
            if sequence not in found:
                found.append(sequence)
    return found


def _without_arguments(run: Callable[[], object]) -> Callable[[], None]:
    # `triggered` carries whether the action is checked, which would land in the first parameter.
    def call() -> None:
        run()

    return call
