"""Edits the settings of a class: a small field for each argument that its constructor has."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from gui.theme.stylesheet import mark_muted

if TYPE_CHECKING:
    from engine.core.class_settings import ClassSetting, SettingValue

_WIDTH_PX = 56


class SettingsEditor(QWidget):
    """Holds text such as "factor=0.5 patience=3"; a field that is left empty means what is usual.

    Signals:
        edited: another setting.
    """

    edited = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._offered: Sequence[ClassSetting] = ()
        # What was said, of whichever class.
        self._said: dict[str, str] = {}
        self.editors: dict[str, QLineEdit] = {}
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(0, 0, 0, 0)
        self._row.setSpacing(8)

    def set_offered(self, offered: "Sequence[ClassSetting]") -> None:
        """Offer these; what was said of one of the same name stays."""
        if offered == self._offered:
            return
        self._offered, self.editors = offered, {}
        while (item := self._row.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for setting in offered:
            editor = self.editors[setting.name] = QLineEdit(self._said.get(setting.name, ""))
            editor.setObjectName(f"{setting.name}Setting")
            editor.setAccessibleName(setting.label)
            editor.setMinimumWidth(_WIDTH_PX)
            usual = "none" if setting.name == "baseline" else _usual_text(setting.usual)
            editor.setPlaceholderText(usual)
            editor.setToolTip(f"{setting.label}; empty: {usual}")
            editor.textChanged.connect(self._on_changed)
            label = mark_muted(QLabel(setting.label))
            label.setBuddy(editor)
            cell = QWidget()
            column = QVBoxLayout(cell)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            column.addWidget(label)
            column.addWidget(editor)
            self._row.addWidget(cell, 1)
        self.setVisible(bool(offered))

    def text(self) -> str:
        """What is said of what is offered."""
        # Blanks stand between settings, so those of "1, 2" are left out.
        said = ((name, "".join(editor.text().split())) for name, editor in self.editors.items())
        return " ".join(f"{name}={value}" for name, value in said if value)

    def set_text(self, text: str) -> None:
        """Say this, of the present class or of one that is offered later."""
        self._said = {part.partition("=")[0]: part.partition("=")[2] for part in text.split()}
        for name, editor in self.editors.items():
            editor.setText(self._said.get(name, ""))

    @Slot()
    def _on_changed(self) -> None:
        self._said |= {name: editor.text().strip() for name, editor in self.editors.items()}
        self.edited.emit()


def _usual_text(value: "SettingValue | None") -> str:
    if value is None or value == ():
        return "auto"
    return ("no", "yes")[value] if isinstance(value, bool) else value if isinstance(value, str) else f"{value:g}"
