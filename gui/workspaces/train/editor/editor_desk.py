"""Brings together the form of the Train tab and the network editor."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Slot
from PySide6.QtWidgets import QToolButton

from engine.errors import EngineError
from gui.lab.lab import Lab
from gui.lab.session_state import SessionState
from gui.theme.manager import ThemeManager
from gui.widgets.naming import named
from gui.workspaces.train.form import TrainingForm

if TYPE_CHECKING:
    from gui.workspaces.train.editor.network_editor import NetworkEditor
    from models.presets.own import OwnPreset


class EditorDesk(QObject):
    """Opens the editor on the chosen preset, and lets the form train what is edited.

    Attributes:
        button: opens the editor.
        editor: None until it is opened for the first time.
    """

    def __init__(self, form: TrainingForm, lab: Lab, themes: ThemeManager, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._form, self._lab, self._themes = form, lab, themes
        self.editor: NetworkEditor | None = None
        # An edited network that was not kept under a name, right or wrong.
        self._edited: OwnPreset | None = None
        self.button = named(
            QToolButton(), "editNetworkButton", "Add, remove and change the layers of the chosen model", "Edit network"
        )
        self.button.setText("Edit network …")
        self.button.setProperty("quiet", True)
        self.button.clicked.connect(self.open)
        lab.session.state_changed.connect(self._on_state_changed)

    @Slot()
    def open(self) -> None:
        """Show the editor with the chosen preset."""
        # Most windows never edit a network.
        from gui.workspaces.train.editor.network_editor import NetworkEditor
        from models.presets.own import as_own

        try:
            preset = as_own(self._form.preset)
        except EngineError as error:
            self._lab.messages.error.emit(str(error))
            return
        if self.editor is None:
            self.editor = NetworkEditor(self._themes, self._form.choice.presets, preset, self.button.window())
            self.editor.edited.connect(self._on_edited)
            self.editor.saved.connect(self._on_saved)
        elif not self.editor.isVisible():
            self.editor.open_preset(preset)
        self.editor.setEnabled(self._lab.session.state is SessionState.IDLE)
        self.editor.show()
        self.editor.activateWindow()

    def values(self) -> dict[str, Any]:
        """The edited network, to remember until the next start."""
        return {} if self._edited is None else {"network": self._edited.to_dict()}

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Take back what `values` gave; anything else is left out."""
        if not isinstance(network := values.get("network"), Mapping):
            return
        from models.presets import PRESETS
        from models.presets.own import OwnPreset

        try:
            self._edited = OwnPreset.from_dict(network, PRESETS)
        except EngineError:
            return
        self._form.offer(self._edited)

    def shut_down(self) -> None:
        """End what the editor does in the background."""
        if self.editor is not None:
            self.editor.shut_down()

    @Slot(object, str)
    def _on_edited(self, preset: "OwnPreset", fault: str) -> None:
        if fault:
            self._form.refuse_network(fault)
        else:
            if preset.name == "edited":
                self._edited = preset
            self._form.offer(preset)

    @Slot(object)
    def _on_saved(self, preset: "OwnPreset") -> None:
        self._edited = None
        self._form.offer(preset)
        self._form.choice.withdraw("edited")

    @Slot(object)
    def _on_state_changed(self, state: SessionState) -> None:
        if self.editor is not None:
            self.editor.setEnabled(state is SessionState.IDLE)
