"""File → Import: a model of another program, or weights for layers that the person names, read in the background."""

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from gui.lab.lab import Lab
from gui.services.background_task import BackgroundTasks, Task
from gui.window.dialogs import IMPORT_FILTER, Dialogs

if TYPE_CHECKING:
    from models.recipes.importing import BroughtModel, ImportWish

_KEY = "import"


class ModelImport(QObject):
    """Reads, asks for the layers where a file holds weights alone, and lets what came of it answer."""

    def __init__(self, lab: Lab, dialogs: Dialogs, window: QWidget) -> None:
        super().__init__(window)
        self._lab = lab
        self._dialogs = dialogs
        self._window = window
        self._tasks = BackgroundTasks(self)
        self._path = Path()

    @property
    def is_running(self) -> bool:
        """Whether a file is being read."""
        return self._tasks.is_running(_KEY)

    @Slot()
    def ask(self) -> bool:
        """Ask for a file, and begin; whether it began."""
        settings = self._lab.settings
        path = self._dialogs.open_file(self._window, "Import model", settings.last_folder, IMPORT_FILTER)
        if path is None:
            return False
        settings.last_folder = str(path.parent)
        self.bring_in(path)
        return True

    def bring_in(self, path: Path, wish: "ImportWish | None" = None) -> None:
        """Begin to read a file."""
        self._path = path

        def work(_task: Task) -> "BroughtModel | list[str]":
            # Importing is seldom; its code is loaded when somebody does.
            from models.recipes.importing import ArchitectureNeededError, ImportWish, bring_in, fitting_presets

            try:
                return bring_in(path, wish or ImportWish())
            except ArchitectureNeededError:
                return fitting_presets(path)

        self._lab.messages.message.emit(f"Reading {path.name} …")
        self._tasks.start(_KEY, work, done=self._on_read, failed=self._lab.messages.error.emit)

    def shut_down(self) -> None:
        """Forget what is being read."""
        self._tasks.shut_down()

    @Slot(object)
    def _on_read(self, brought: "BroughtModel | list[str]") -> None:
        if isinstance(brought, list):
            self._ask_architecture(brought)
        else:
            self._lab.models.add_imported(brought.model)
            self._lab.messages.message.emit(brought.told)

    def _ask_architecture(self, presets: list[str]) -> None:
        """Ask for which layers the weights are; the presets that they fit come first."""
        from models.presets.own_files import all_presets
        from models.recipes.importing import ImportWish, architecture_of, layers_of

        current = self._lab.models.current
        known = all_presets()
        makers = {known[name].title: architecture_of(name) for name in presets if name in known}
        if current is not None and current.model is not None:
            makers[f"The layers of {current.title}"] = layers_of(current.model)
        title = self._dialogs.ask_architecture(self._window, self._path.name, list(makers))
        if title is None:
            self._lab.messages.message.emit(f"{self._path.name} was not imported.")
        else:
            self.bring_in(self._path, replace(ImportWish(), architecture=makers[title]))
