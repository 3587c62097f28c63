"""The tabs: a placeholder for each workspace until it is shown for the first time."""

from collections.abc import Iterator, Sequence
from importlib import import_module
from pkgutil import walk_packages

from PySide6.QtCore import QSignalBlocker, QTimer, Signal, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QTabWidget, QWidget

from gui.lab.lab import Lab
from gui.theme.manager import ThemeManager
from gui.widgets.naming import named
from gui.workspaces.base import Workspace, make_actions
from gui.workspaces.registry import WORKSPACES, WorkspaceKind

# When nobody has drawn for so long after the start, the code of the other tabs is imported, which takes up to two
# thirds of the time of opening one: a file at a time. A thread would take Python's lock from the pen (90 ms, seen).
LOAD_DELAY_MS, NEXT_DELAY_MS = 1500, 20


class WorkspaceTabs(QTabWidget):
    """Builds each workspace when it is needed, restores its values, and remembers which tab was open.

    Signals:
        built(Workspace): a workspace took the place of its placeholder.
    """

    built = Signal(object)

    def __init__(self, lab: Lab, themes: ThemeManager, *, kinds: Sequence[WorkspaceKind] = WORKSPACES) -> None:
        super().__init__()
        self.setObjectName("workspaces")
        self.setAccessibleName("Workspaces")
        self.setDocumentMode(True)
        self._lab = lab
        self._themes = themes
        self._kinds = {kind.key: kind for kind in kinds}
        self._workspaces: dict[str, Workspace] = {}
        self._started = False
        self._load_timer = QTimer(self, singleShot=True)
        self._load_timer.timeout.connect(self._load_next)
        self._files = self._files_of_others()
        self._actions = {kind.key: make_actions(kind, self) for kind in kinds}
        for kind in kinds:
            placeholder = named(QWidget(), kind.object_name, accessible_name=kind.title)
            self.setTabToolTip(self.addTab(placeholder, kind.title), kind.tip)
            for action in self._actions[kind.key].values():
                action.triggered.connect(self._on_triggered)
        self._restore_open_tab()
        self.currentChanged.connect(self._on_current_changed)
        lab.models.chosen.connect(self._on_model_chosen)
        lab.drawing.changed.connect(self._on_drawing_changed)

    def load(self) -> None:
        """Import the open tab's code, so that `start` only builds."""
        import_module(list(self._kinds.values())[self.currentIndex()].module)

    def start(self) -> None:
        """Build the open tab, now that the window answers drawings; the others follow when they are opened."""
        self._started = True
        self._on_current_changed(self.currentIndex())
        self._load_timer.start(LOAD_DELAY_MS)

    @property
    def workspaces(self) -> list[Workspace]:
        """Those that are built."""
        return list(self._workspaces.values())

    def workspace(self, key: str) -> Workspace:
        """The workspace of this key, built now if it was not yet.

        Raises:
            KeyError: there is no such workspace.
        """
        return self._workspaces.get(key) or self._build(self._kinds[key])

    def menus(self) -> list[tuple[str, list[QAction | None]]]:
        """(title, actions) of each workspace that has commands, in the order of the tabs; None is a line between."""
        found = []
        for key, kind in self._kinds.items():
            entries: list[QAction | None] = []
            for record in kind.commands:
                entries += [None] if record.separated else []
                entries.append(self._actions[key][record.name])
            if entries:
                found.append((kind.title, entries))
        return found

    def shut_down(self) -> None:
        """End all workspaces and remember their values; may be called twice."""
        self._load_timer.stop()
        for key, workspace in self._workspaces.items():
            self._lab.settings.workspaces[key] = workspace.values()
            workspace.shut_down()

    @Slot()
    def _on_drawing_changed(self) -> None:
        # Whoever draws is answered first.
        if self._load_timer.isActive():
            self._load_timer.start(LOAD_DELAY_MS)

    @Slot()
    def _load_next(self) -> None:
        """Import one file of the tabs that are not open yet; the next one when the window has had its turn."""
        name = next(self._files, None)
        if name is not None:
            import_module(name)
            self._load_timer.start(NEXT_DELAY_MS)

    def _files_of_others(self) -> Iterator[str]:
        """Names of the modules of the tabs that are not built."""
        for kind in self._kinds.values():
            if kind.key not in self._workspaces:
                package = kind.module.rpartition(".")[0]
                files = walk_packages(import_module(package).__path__, f"{package}.")
                yield from (file.name for file in files)

    def _build(self, kind: WorkspaceKind) -> Workspace:
        made: type[Workspace] = getattr(import_module(kind.module), kind.class_name)
        workspace = made(self._lab, self._themes, actions=self._actions[kind.key])
        self._workspaces[kind.key] = workspace
        workspace.set_values(self._lab.settings.workspaces.get(kind.key, {}))
        self._replace_placeholder(kind, workspace)
        self._show_whether_it_applies(kind.key)
        self.built.emit(workspace)
        return workspace

    def _replace_placeholder(self, kind: WorkspaceKind, workspace: Workspace) -> None:
        index = list(self._kinds).index(kind.key)
        current = self.currentIndex()
        with QSignalBlocker(self):
            placeholder = self.widget(index)
            assert placeholder is not None
            self.removeTab(index)
            self.insertTab(index, workspace, kind.title)
            self.setTabToolTip(index, kind.tip)
            self.setCurrentIndex(current)
        placeholder.deleteLater()

    def _restore_open_tab(self) -> None:
        names = [kind.object_name for kind in self._kinds.values()]
        if self._lab.settings.tab in names:
            self.setCurrentIndex(names.index(self._lab.settings.tab))

    @Slot(int)
    def _on_current_changed(self, index: int) -> None:
        if self._started and index >= 0:
            kind = list(self._kinds.values())[index]
            self._lab.settings.tab = kind.object_name
            self.workspace(kind.key)

    @Slot()
    def _on_triggered(self) -> None:
        action = self.sender()
        for key, actions in self._actions.items():
            if isinstance(action, QAction) and key not in self._workspaces and action in actions.values():
                # Its workspace was not needed so far; now it connects the action to what it does.
                self.workspace(key)
                action.trigger()

    @Slot(object)
    def _on_model_chosen(self, _entry: object) -> None:
        for key in self._workspaces:
            self._show_whether_it_applies(key)

    def _show_whether_it_applies(self, key: str) -> None:
        entry = self._lab.models.current
        model = entry.model if entry is not None else None
        applies = self._workspaces[key].applies_to(model)
        index = list(self._kinds).index(key)
        kind = self._kinds[key]
        self.setTabEnabled(index, applies)
        self.setTabToolTip(
            index, kind.tip if applies or model is None else f"{kind.title} does not apply to this model."
        )
