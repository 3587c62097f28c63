"""Edits the settings of a class: a small field for each argument that its constructor has."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QFileDialog, QGridLayout, QHBoxLayout, QLineEdit, QToolButton, QVBoxLayout, QWidget

from engine.core.class_settings import join_settings, split_settings
from gui.widgets.field_label import label_for
from gui.widgets.filled import filled

if TYPE_CHECKING:
    from engine.core.class_settings import ClassSetting, SettingValue

_WIDTH_PX = 56
# Of one row, and of them those of a file's name.
_COLUMNS, _FILE_COLUMNS = 5, 2
# Settings that are none where nothing is said.
_NONE = ("baseline", "initial_value_threshold", "rates")


class SettingsEditor(QWidget):
    """Holds text such as "factor=0.5 patience=3"; a field that is left empty means what is usual.

    Signals:
        edited: another setting.
    """

    edited = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._offered: Sequence[ClassSetting] = ()
        # What was said, of whichever class.
        self._said: dict[str, str] = {}
        self.editors: dict[str, QLineEdit] = {}
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(8)

    def set_offered(self, offered: "Sequence[ClassSetting]") -> None:
        """Offer these; what was said of one of the same name stays."""
        if offered == self._offered:
            return
        self._offered, self.editors = offered, {}
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        place = 0
        for setting in offered:
            names_file = setting.name.startswith("file")
            editor = self.editors[setting.name] = QLineEdit(self._said.get(setting.name, ""))
            editor.setObjectName(f"{setting.name}Setting")
            editor.setAccessibleName(setting.label)
            editor.setMinimumWidth(_WIDTH_PX)
            usual = "none" if names_file or setting.name in _NONE else _usual_text(setting.usual)
            editor.setPlaceholderText(usual)
            editor.setToolTip(f"{setting.label}; empty: {usual}")
            editor.textChanged.connect(self._on_changed)
            label = label_for(editor, setting.label)
            cell = QWidget()
            column = filled(QVBoxLayout(cell), label, margins=0, spacing=2)
            line = filled(QHBoxLayout(), editor)
            if names_file:
                self.file_button = QToolButton()
                self.file_button.setText("…")
                self.file_button.setToolTip("Choose the file")
                self.file_button.setAccessibleName("Choose the file")
                self.file_button.clicked.connect(self._on_file_wanted)
                line.addWidget(self.file_button)
            column.addLayout(line)
            width = _FILE_COLUMNS if names_file else 1
            self._grid.addWidget(cell, place // _COLUMNS, place % _COLUMNS, 1, width)
            place += width
        self.setVisible(bool(offered))

    def text(self) -> str:
        """What is said of what is offered."""
        # The blanks of "1, 2" say nothing; those of a file's name do.
        return join_settings({
            name: editor.text().strip() if name.startswith("file") else "".join(editor.text().split())
            for name, editor in self.editors.items()
        })  # fmt: skip

    def set_text(self, text: str) -> None:
        """Say this, of the present class or of one that is offered later."""
        # Each field that changes says what all of them hold.
        said = self._said = split_settings(text)
        for name, editor in self.editors.items():
            editor.setText(said.get(name, ""))

    @Slot()
    def _on_file_wanted(self) -> None:
        editor = next(editor for name, editor in self.editors.items() if name.startswith("file"))
        kind = "Models (*.safetensors)" if "filepath" in self.editors else "Tables (*.csv)"
        path, _ = QFileDialog.getSaveFileName(self, "Choose the file", editor.text(), kind)
        if path:
            suffix = "" if Path(path).suffix else kind[kind.index(".") : -1]
            editor.setText(path + suffix)

    @Slot()
    def _on_changed(self) -> None:
        self._said = self._said | {name: editor.text().strip() for name, editor in self.editors.items()}
        self.edited.emit()


def _usual_text(value: "SettingValue | None") -> str:
    if value is None or value == ():
        return "auto"
    return ("no", "yes")[value] if isinstance(value, bool) else value if isinstance(value, str) else f"{value:g}"
