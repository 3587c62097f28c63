"""The settings of the row that is chosen."""

from collections.abc import Mapping
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QLabel, QScrollArea, QVBoxLayout, QWidget

from gui.theme.stylesheet import mark_invalid, mark_muted, mark_title
from gui.widgets.field_grid import FieldGrid
from gui.widgets.naming import named
from gui.workspaces.train.editor.setting_field import SettingField
from gui.workspaces.train.editor.setting_records import record_of

_FIELD_WIDTH_PX = 108
_GAP_PX = 10


class RowForm(QScrollArea):
    """Title, sentence and fields of one row; remade for another one.

    Signals:
        edited(name, value): a field was edited.
    """

    edited = Signal(str, object)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("layerSettings")
        self.setAccessibleName("Settings of the layer")
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.fields: dict[str, SettingField] = {}
        self._error = QLabel()

    def show_row(self, kind: str, title: str, sentence: str, settings: Mapping[str, Any]) -> None:
        """Offer the settings of a row."""
        page = QWidget()
        heading, words = mark_title(QLabel(title)), mark_muted(QLabel(sentence))
        self._error = named(QLabel(), "layerError")
        mark_invalid(self._error, True)
        for label in (words, self._error):
            label.setWordWrap(True)
        self._error.hide()
        grid = FieldGrid(_FIELD_WIDTH_PX, _GAP_PX)
        self.fields = {name: SettingField(name, record_of(kind, name), value) for name, value in settings.items()}
        for field in self.fields.values():
            field.edited.connect(self.edited)
            grid.add(field, 1.0 if field.record.kind != "regularizer" else 1.5)
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 4, 0)
        column.setSpacing(6)
        column.addWidget(heading)
        column.addWidget(words)
        column.addWidget(self._error)
        column.addLayout(grid)
        column.addStretch(1)
        self.setWidget(page)

    def show_error(self, sentence: str) -> None:
        """Say why the row is wrong; "" where it is not."""
        self._error.setText(f"⚠ {sentence}")
        self._error.setVisible(bool(sentence))
