"""File → Export: the model that answers as a file that other programs run, written and compared in the background."""

from dataclasses import replace
from pathlib import Path

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QWidget

from gui.lab.classifier import independent_copy
from gui.lab.lab import Lab
from gui.lab.model_titles import file_name
from gui.services.background_task import BackgroundTasks, Task
from gui.window.dialogs import Dialogs

_KEY = "export"
COMPARED = 1000


class ModelExport(QObject):
    """Asks where and in which format, writes, compares, and says what came of it in the status line."""

    def __init__(self, lab: Lab, dialogs: Dialogs, window: QWidget) -> None:
        super().__init__(window)
        self._lab = lab
        self._dialogs = dialogs
        self._window = window
        self._tasks = BackgroundTasks(self)

    @property
    def is_running(self) -> bool:
        """Whether a file is being written or compared."""
        return self._tasks.is_running(_KEY)

    @Slot()
    def export(self) -> bool:
        """Ask for a file and a format, and begin; whether it began."""
        # Exporting is seldom; its code is loaded when somebody does.
        from engine.storage.exporters import EXPORTERS

        entry = self._lab.models.current
        if entry is None or entry.model is None:
            self._lab.messages.message.emit("There is no model yet that could be exported.")
            return False
        folder = Path(self._lab.settings.last_folder or Path.home())
        suggestion = folder / Path(file_name(entry.title)).stem
        filters = [f"{exporter.title} (*{exporter.suffix})" for exporter in EXPORTERS.values()]
        chosen = self._dialogs.save_file_as(self._window, "Export model", str(suggestion), filters)
        if chosen is None:
            return False
        path, kind = chosen
        exporter = list(EXPORTERS.values())[kind]
        whole = path if path.suffix else path.with_suffix(exporter.suffix)
        # The dialog has asked about the name as it was typed.
        if whole != path and whole.exists() and not self._dialogs.ask_replace(self._window, whole):
            return False
        self._lab.settings.last_folder = str(whole.parent)
        model = entry.model
        snapshot = model.network.store.snapshot()

        def work(task: Task) -> str:
            from engine.data import bundled_split
            from engine.storage.exporters import export_model

            # A copy: the window goes on answering with the model itself.
            twin = independent_copy(model.network)
            twin.store.restore(snapshot)
            images = bundled_split()[1].images[:COMPARED]
            copy = replace(model, network=twin)
            return export_model(copy, exporter, whole, images, lambda: task.cancelled).told()

        self._lab.messages.message.emit(f"Writing {whole.name} and comparing its answers on {COMPARED:,} digits …")
        messages = self._lab.messages
        self._tasks.start(_KEY, work, done=messages.message.emit, failed=messages.error.emit)
        return True

    def shut_down(self) -> None:
        """A file that is not written yet is not written any more."""
        self._tasks.shut_down()
