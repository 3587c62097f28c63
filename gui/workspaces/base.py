"""What every workspace is: a tab that works on the lab, reacts while it can be seen, and remembers its values."""

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from PySide6.QtCore import QTimer, Slot
from PySide6.QtGui import QAction, QKeySequence, QShowEvent
from PySide6.QtWidgets import QWidget

from engine.storage.model import Model
from gui.lab.lab import Lab
from gui.theme.manager import ThemeManager
from gui.widgets.naming import named
from gui.workspaces.registry import WORKSPACES, WorkspaceKind


class Workspace(QWidget):
    """Base of the tabs; one is made as `Kind(lab, themes)` when its tab is shown for the first time.

    A workspace asks for a refresh whenever something that it shows has changed; `refresh` is then called once, soon,
    and only while the workspace can be seen. What changed while it was hidden is caught up with when it is shown.

    Attributes:
        lab: the shared document.
        themes: the present colours.
        actions_by_name: one `QAction` for each of its commands in the registry.
    """

    key: ClassVar[str]
    # One higher whenever the values of earlier versions would be misunderstood.
    values_version: ClassVar[int] = 1
    # What to do where there is nothing to show yet, and what the workspace is for: one or more sentences each.
    empty_text: ClassVar[str]
    help_text: ClassVar[str]

    def __init__(self, lab: Lab, themes: ThemeManager, *, actions: Mapping[str, QAction] | None = None) -> None:
        """`actions` are those that `make_actions` made before the workspace was needed."""
        super().__init__()
        kind = kind_of(self.key)
        self.setObjectName(kind.object_name)
        self.setAccessibleName(kind.title)
        self.setWhatsThis(self.help_text)
        self.lab = lab
        self.themes = themes
        self.actions_by_name = dict(actions) if actions is not None else make_actions(kind, self)
        self._stale = True
        self._refresh_timer = QTimer(self, singleShot=True)
        self._refresh_timer.timeout.connect(self.refresh_now)

    @classmethod
    def applies_to(cls, model: Model | None) -> bool:
        """Whether the workspace makes sense for this model, or without one."""
        return True

    def commands(self) -> Sequence[QAction]:
        """What it can do, for menus; each action knows whether it is possible now."""
        return tuple(self.actions_by_name.values())

    # What the next start should find again.

    def values(self) -> dict[str, Any]:
        """Plain JSON values with the version of their meaning."""
        return {"version": self.values_version, **self.collect_values()}

    def set_values(self, values: Mapping[str, Any]) -> bool:
        """Take back what `values` gave; those of another version are refused in a message, and nothing changes."""
        if not values:
            return True
        if values.get("version", 1) != self.values_version:
            self.lab.messages.message.emit(
                f"The remembered settings of {self.accessibleName()} are of another version of DigitLab; "
                "the tab starts with its usual ones."
            )
            return False
        self.apply_values(values)
        return True

    def collect_values(self) -> dict[str, Any]:
        """To override: what to remember."""
        return {}

    def apply_values(self, values: Mapping[str, Any]) -> None:
        """To override: take back what `collect_values` gave; anything unknown is left out."""

    # Reacting.

    @Slot()
    def request_refresh(self) -> None:
        """Something that is shown has changed."""
        self._stale = True
        if self.isVisible() and not self._refresh_timer.isActive():
            self._refresh_timer.start(self.refresh_pause_ms())

    @Slot()
    def refresh_now(self) -> None:
        """Show everything anew at once if it can be seen, else when it is shown."""
        self._stale = not self.isVisible()
        if not self._stale:
            self._refresh_timer.stop()
            self.refresh()

    def refresh_pause_ms(self) -> int:
        """To override: how long a refresh may wait, so that several changes cost one."""
        return 0

    def refresh(self) -> None:
        """To override: show everything anew."""

    def showEvent(self, event: QShowEvent) -> None:
        """Catch up with what changed meanwhile."""
        super().showEvent(event)
        if self._stale:
            self._refresh_timer.start(0)

    def shut_down(self) -> None:
        """End everything, as the window closes; may be called twice."""
        self._refresh_timer.stop()


def kind_of(key: str) -> WorkspaceKind:
    """The record of a workspace.

    Raises:
        StopIteration: there is none of this key.
    """
    return next(kind for kind in WORKSPACES if kind.key == key)


def make_actions(kind: WorkspaceKind, parent: QWidget) -> dict[str, QAction]:
    """The `QAction`s of a workspace by the names of its commands, owned by `parent`."""
    made = {}
    for record in kind.commands:
        action = named(QAction(record.text, parent), f"{record.name}Action", record.tip)
        action.setStatusTip(record.tip)
        if record.keys:
            action.setShortcut(QKeySequence(record.keys))
        made[record.name] = action
    return made
