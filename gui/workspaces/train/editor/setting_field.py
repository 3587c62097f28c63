"""A field for one setting of a layer."""

import json
from typing import Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QHBoxLayout, QLineEdit, QVBoxLayout, QWidget

from gui.widgets.eliding_combo_box import ElidingComboBox
from gui.widgets.explanation import explain
from gui.widgets.field_label import label_for
from gui.widgets.filled import filled
from gui.workspaces.train.editor.setting_records import SettingRecord
from gui.workspaces.train.editor.setting_text import read_one, read_sizes, sizes_text

_PENALTIES = (("none", ()), ("L1", ("l1",)), ("L2", ("l2",)), ("L1 and L2", ("l1", "l2")))
_USUAL_PENALTY = 0.001


class SettingField(QWidget):
    """Caption and editor of a setting; what is wrong in it is told in the layer's row.

    Signals:
        edited(name, value): the user changed it; text that is no number is given as it is.
    """

    edited = Signal(str, object)

    def __init__(self, name: str, record: SettingRecord, value: object) -> None:
        super().__init__()
        self.name, self.record = name, record
        self._line: QLineEdit | None = None
        self._box: ElidingComboBox | None = None
        self._switch: QCheckBox | None = None
        self._choices: list[Any] = []
        row = filled(QHBoxLayout(), spacing=8)
        parts = self._parts(value)
        for part in parts:
            part.setAccessibleName(record.label if part is parts[0] else f"{record.label}: weight")
            explain(part, f"<b>{record.label}</b><br>{record.explanation}")
            row.addWidget(part, 1)
        label = label_for(parts[0], "" if record.kind == "switch" else record.label)
        filled(QVBoxLayout(self), label, row, margins=0, spacing=2)

    def value(self) -> Any:  # noqa: ANN401 — a setting
        """What the field says now."""
        kind = self.record.kind
        if kind == "switch":
            assert self._switch is not None
            return self._switch.isChecked()
        if kind == "choice":
            assert self._box is not None
            return self._choices[self._box.currentIndex()]
        assert self._line is not None
        if kind == "sizes":
            return read_sizes(self._line.text())
        if kind != "regularizer":
            return read_one(self._line.text(), kind == "whole")
        assert self._box is not None
        names = _PENALTIES[self._box.currentIndex()][1]
        weight = read_one(self._line.text(), whole=False)
        return {one: weight if one in names else 0.0 for one in ("l1", "l2")} if names else None

    def _parts(self, value: object) -> list[QWidget]:
        kind = self.record.kind
        if kind == "switch":
            self._switch = QCheckBox(self.record.label)
            self._switch.setChecked(bool(value))
            self._switch.toggled.connect(self._on_edited)
            return [self._named(self._switch)]
        if kind == "choice":
            self._choices = list(self.record.choices)
            if value not in self._choices:
                # A setting that only code or a file can have said.
                self._choices.append(value)
            return [
                self._named(self._make_box([_title(choice) for choice in self._choices], self._choices.index(value)))
            ]
        if kind == "regularizer":
            given = value if isinstance(value, dict) else {}
            names = tuple(name for name in ("l1", "l2") if given.get(name))
            chosen = next(place for place, (_, known) in enumerate(_PENALTIES) if known == names)
            box = self._make_box([title for title, _ in _PENALTIES], chosen)
            line = self._make_line(str(given[names[0]]) if names else str(_USUAL_PENALTY))
            line.setEnabled(bool(names))
            return [self._named(box), line]
        text = sizes_text(value) if kind == "sizes" else "" if value is None else str(value)
        return [self._named(self._make_line(text))]

    def _named(self, editor: QWidget) -> QWidget:
        editor.setObjectName(f"{self.name}Setting")
        return editor

    def _make_box(self, titles: list[str], chosen: int) -> ElidingComboBox:
        self._box = ElidingComboBox()
        self._box.addItems(titles)
        self._box.setCurrentIndex(chosen)
        self._box.currentIndexChanged.connect(self._on_edited)
        return self._box

    def _make_line(self, text: str) -> QLineEdit:
        self._line = QLineEdit(text)
        self._line.setMinimumWidth(40)
        self._line.textEdited.connect(self._on_edited)
        return self._line

    @Slot()
    def _on_edited(self) -> None:
        if self.record.kind == "regularizer" and self._box is not None and self._line is not None:
            self._line.setEnabled(self._box.currentIndex() > 0)
        self.edited.emit(self.name, self.value())


def _title(choice: object) -> str:
    if choice is None:
        return "none"
    if isinstance(choice, dict):
        rest = {key: value for key, value in choice.items() if key != "kind"}
        return f"{choice.get('kind')} {json.dumps(rest) if rest else ''}".strip()
    return str(choice).replace("_", " ")
