"""One field of the training form: label above, editor, and the sentence that refuses a wrong value below."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QCheckBox, QComboBox, QHBoxLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from engine.errors import ConfigurationError
from gui.theme.stylesheet import mark_invalid
from gui.widgets.eliding_combo_box import ElidingComboBox
from gui.widgets.explanation import explain
from gui.widgets.field_label import label_for
from gui.widgets.filled import filled
from gui.widgets.naming import named
from gui.widgets.number_text import read_number
from gui.workspaces.train.settings_editor import SettingsEditor
from gui.workspaces.train.settings_table import FieldRecord

if TYPE_CHECKING:
    from engine.core.class_settings import ClassSetting

FieldValue = str | float | int | bool | None


class TrainingField(QWidget):
    """The widget of one `FieldRecord`.

    Wrong text stays visible and is refused in words; nothing is corrected behind the user's back.

    Signals:
        edited(key): the user, or `set_text`, changed the field.
    """

    edited = Signal(str)

    def __init__(self, record: FieldRecord, choices: tuple[tuple[str, str], ...] = ()) -> None:
        super().__init__()
        self.record = record
        self.editor = named(self._make_editor(choices), f"{record.key}Field", accessible_name=record.label)
        self._message = named(QLabel(wordWrap=True), f"{record.key}Message")
        mark_invalid(self._message, True)
        self._message.hide()

        layout = filled(QVBoxLayout(self), margins=0, spacing=4)
        self._label = label_for(self.editor, "" if record.kind == "switch" else record.label)
        self._row = filled(QHBoxLayout(), (self.editor, 1), spacing=4)
        # A button that stays usable where the field is not.
        self._beside: QWidget | None = None
        layout.addWidget(self._label)
        layout.addLayout(self._row)
        layout.addWidget(self._message)
        layout.addStretch(1)
        self._explain("")

    @property
    def message(self) -> str:
        """Why the value is refused, or ""."""
        return self._message.text()

    def text(self) -> str:
        """What is in the field: the key of a choice, "yes" or "no" for a switch."""
        if isinstance(self.editor, QLineEdit | SettingsEditor):
            return self.editor.text()
        if isinstance(self.editor, QCheckBox):
            return "yes" if self.editor.isChecked() else "no"
        return str(self.editor.currentData())

    def shown_text(self) -> str:
        """What a person reads in it."""
        if isinstance(self.editor, QComboBox):
            return self.editor.currentText()
        return self.text() or "off"

    def offer(self, settings: "Sequence[ClassSetting]") -> None:
        """Let the settings of another class be edited; without any, the field is not there."""
        if isinstance(self.editor, SettingsEditor):
            self.editor.set_offered(settings)
            self.setVisible(bool(settings))

    def set_text(self, text: str) -> None:
        """Put something into the field; an unknown choice is ignored."""
        if isinstance(self.editor, QLineEdit):
            self.editor.setText(text)
        elif isinstance(self.editor, SettingsEditor):
            self.editor.set_text(text)
        elif isinstance(self.editor, QCheckBox):
            self.editor.setChecked(text == "yes")
        elif (index := self.editor.findData(text)) >= 0:
            self.editor.setCurrentIndex(index)

    def set_value(self, value: FieldValue) -> None:
        """Put a value of `TrainingConfig` into the field."""
        if isinstance(value, bool):
            self.set_text("yes" if value else "no")
        elif isinstance(value, float):
            self.set_text(_number_text(value))
        else:
            self.set_text("" if value is None else str(value))

    def value(self) -> FieldValue:
        """The field's value for `TrainingConfig`.

        Raises:
            ConfigurationError: the text is no value of this kind.
        """
        kind, text = self.record.kind, self.text()
        if kind in ("choice", "settings", "text"):
            return text.strip()
        if kind == "switch":
            return text == "yes"
        text = text.strip()
        if not text and kind.startswith("optional"):
            return None
        try:
            number = read_number(text)
            if not kind.endswith("whole"):
                return number
            if number == int(number):
                return int(number)
        except (ValueError, OverflowError):
            pass
        wanted = "a whole number" if kind.endswith("whole") else "a number"
        raise ConfigurationError(f"Type {wanted}, such as {self.record.example}.", self.record.key)

    def set_message(self, message: str) -> None:
        """Refuse the value in a sentence, or accept it with ""."""
        if message != self._message.text():
            self._message.setText(message)
            self._message.setVisible(bool(message))
            mark_invalid(self.editor, bool(message))
            self._explain(message)

    def set_used(self, used: bool) -> None:
        """Whether the field may be edited: the chosen optimizer looks at it, and nothing is being trained."""
        for part in (self,) if self._beside is None else (self._label, self.editor):
            part.setEnabled(used)

    def add_beside(self, button: QWidget, *, always_usable: bool = True) -> None:
        """Put a button at the right of the editor; it may stay usable where the field is not."""
        self._row.addWidget(button)
        if always_usable:
            self._beside = button
            self.setEnabled(True)

    def _make_editor(self, choices: tuple[tuple[str, str], ...]) -> QLineEdit | QComboBox | QCheckBox | SettingsEditor:
        if self.record.kind == "settings":
            editor = SettingsEditor()
            editor.edited.connect(self._on_edited)
            return editor
        if self.record.kind == "choice":
            box = ElidingComboBox()
            box.setMinimumContentsLength(0)
            for key, title in choices:
                box.addItem(title, key)
            box.currentIndexChanged.connect(self._on_edited)
            return box
        if self.record.kind == "switch":
            switch = QCheckBox(self.record.label)
            switch.toggled.connect(self._on_edited)
            return switch
        line = QLineEdit()
        line.setMinimumWidth(40)
        if self.record.kind.startswith("optional") or self.record.kind == "text":
            line.setPlaceholderText("off")
        line.textChanged.connect(self._on_edited)
        return line

    @Slot()
    def _on_edited(self) -> None:
        self.edited.emit(self.record.key)

    def _explain(self, message: str) -> None:
        refusal = f"<p><b>{message}</b></p>" if message else ""
        for widget in (self, self.editor):
            explain(widget, f"{refusal}<b>{self.record.label}</b><br>{self.record.explanation}")


def _number_text(value: float) -> str:
    """0.0001 rather than 1e-04, as far as that is readable."""
    return f"{value:.10f}".rstrip("0").rstrip(".") if value == 0 or 1e-6 <= abs(value) < 1e6 else f"{value:g}"
