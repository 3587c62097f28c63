"""The form of a training run: which preset, with which settings; wrong values are refused beside their field."""

from collections.abc import Mapping
from dataclasses import fields
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QLabel, QToolButton, QVBoxLayout, QWidget

from engine.errors import ConfigurationError
from engine.training.config import TrainingConfig
from gui.lab.training_validation import checked_config
from gui.theme.stylesheet import mark_muted
from gui.widgets.explanation import explain
from gui.widgets.field_grid import FieldGrid
from gui.widgets.filled import filled
from gui.widgets.naming import named
from gui.workspaces.train.field import TrainingField
from gui.workspaces.train.metric_menu import MetricMenu
from gui.workspaces.train.offered import refusals, settings_offered
from gui.workspaces.train.preset_choice import PresetChoice, has_digit_choice
from gui.workspaces.train.settings_table import FIELDS, choice_titles

if TYPE_CHECKING:
    from engine.storage.model import Model
    from models.presets.preset import ModelPreset

_FIELD_WIDTH_PX = 80
_GAP_PX = 12
# Of a field's text that is remembered: numbers are short, settings name files.
_LONGEST = {"settings": 1000, "text": 200}


class TrainingForm(QWidget):
    """Preset, settings and checks.

    A field that was not touched follows the preset's own setting when the preset changes; one that was keeps its
    value.

    Attributes:
        choice: preset and digits, for the header of the card that holds the form.
        advanced_button: opens and closes the fields that are seldom needed.

    Signals:
        changed: something was edited; `valid` may have changed.
        preset_changed: another preset, or other digits, were chosen.
    """

    changed = Signal()
    preset_changed = Signal()

    def __init__(self, presets: Mapping[str, "ModelPreset"], choices: Mapping[str, tuple[str, ...]]) -> None:
        """`choices` gives the registry keys of each field that is a choice ("optimizer", "schedule")."""
        super().__init__()
        self._touched: set[str] = set()
        self._filling, self._editable, self._fault = False, True, ""
        self._config: TrainingConfig | None = None
        self.choice = PresetChoice(presets)
        self.selector, self.digits = self.choice.selector, self.choice.digits
        self._description = named(mark_muted(QLabel(wordWrap=True)), "presetDescription")
        self.fields = {
            record.key: TrainingField(record, choice_titles(choices.get(record.key, ()))) for record in FIELDS
        }
        self._metrics = MetricMenu(self.fields["metrics"])
        self.advanced_button = QToolButton()
        self.advanced_button.setObjectName("advancedButton")
        self.advanced_button.setCheckable(True)
        self.advanced_button.setToolTip(
            "Momentum, schedule, L1, clipping, early stopping, metrics, files, threads and augmentation"
        )
        self.advanced_button.setAccessibleName("Advanced settings")
        self._advanced = QWidget()
        self._advanced.hide()
        self._assemble()

        self.selector.currentIndexChanged.connect(self._on_preset_chosen)
        self.digits.changed.connect(self._on_digits_chosen)
        self.advanced_button.toggled.connect(self._on_advanced_toggled)
        for field in self.fields.values():
            field.edited.connect(self._on_edited)
        self._follow_preset()

    @property
    def preset(self) -> "ModelPreset":
        """The chosen preset, for the chosen digits if it tells two apart."""
        preset = self.choice.presets[str(self.selector.currentData())]
        if has_digit_choice(preset) and not self.digits.message:
            return preset.with_digits(*self.digits.value())
        return preset

    @property
    def config(self) -> TrainingConfig | None:
        """The settings, or None while a field is refused."""
        return self._config

    @property
    def valid(self) -> bool:
        """Whether training may start."""
        return self._config is not None

    def values(self) -> dict[str, Any]:
        """What to remember until the next start: plain JSON values."""
        return {
            "preset": str(self.selector.currentData()),
            "digits": list(self.digits.value()),
            "fields": {key: self.fields[key].text() for key in sorted(self._touched)},
            "advanced": self.advanced_button.isChecked(),
        }

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Take back what `values` gave; anything unknown or of the wrong kind is left out."""
        digits = values.get("digits")
        if isinstance(digits, list | tuple) and len(digits) == 2:
            self.digits.set_value(*digits)
        index = self.selector.findData(values.get("preset"))
        texts = values.get("fields")
        self._filling = True
        self.selector.setCurrentIndex(max(0, index if index >= 0 else self.selector.currentIndex()))
        self._touched.clear()
        if isinstance(texts, Mapping):
            for key, text in texts.items():
                field = self.fields.get(key)
                if field is not None and isinstance(text, str) and len(text) <= _LONGEST.get(field.record.kind, 40):
                    field.set_text(text)
                    self._touched.add(key)
        self._filling = False
        self.advanced_button.setChecked(values.get("advanced") is True)
        self._follow_preset()

    @Slot()
    def use_defaults(self) -> None:
        """Give every field the preset's own setting."""
        self._touched.clear()
        self._follow_preset()

    def apply(self, change: Mapping[str, Any]) -> str:
        """Take over settings that the form knows, "preset" among them, also while it is locked; these, in words."""
        index = self.selector.findData(change.get("preset"))
        said = []
        if index >= 0:
            self.selector.setCurrentIndex(index)
            said.append(f"Model: {self.selector.currentText()}")
        for key, value in change.items():
            if (field := self.fields.get(key)) is not None:
                field.set_value(value)
                self._touched.add(key)
                said.append(f"{field.record.label}: {field.shown_text()}")
        self._check()
        return " · ".join(said)

    def offer(self, preset: "ModelPreset") -> None:
        """Put a preset on the list, or in the place of the one of its name, and choose it."""
        self._fault, self._filling = "", True
        self.choice.offer(preset)
        self._filling = False
        self._follow_preset()

    def refuse_network(self, fault: str) -> None:
        """Train nothing until another network is offered or chosen: the one that is edited is wrong."""
        self._fault = fault
        self._check()

    def choose_for(self, model: "Model") -> bool:
        """Choose the preset that a model was built from; False where there is none."""
        index = self.selector.findData(model.name)
        if index < 0:
            return False
        self.selector.setCurrentIndex(index)
        if has_digit_choice(self.preset):
            self.digits.set_value(*(int(label) for label in model.labels))
        preset = self.preset
        return preset.labels == model.labels and preset.build().config() == model.network.config()

    def set_editable(self, editable: bool) -> None:
        """Lock the form while a run is under way."""
        self._editable = editable
        self.selector.setEnabled(editable)
        self.digits.setEnabled(editable)
        for key, field in self.fields.items():
            field.set_used(editable and self._used(key))

    @property
    def refused(self) -> list[str]:
        """Labels of the fields whose value is refused."""
        wrong = [field.record.label for field in self.fields.values() if field.message]
        return [*["Tell apart"] * bool(self.digits.message), *["Network"] * bool(self._fault), *wrong]

    # Inside.

    def _assemble(self) -> None:
        plain = FieldGrid(_FIELD_WIDTH_PX, _GAP_PX)
        advanced = FieldGrid(_FIELD_WIDTH_PX, _GAP_PX, self._advanced)
        for field in self.fields.values():
            (advanced if field.record.advanced else plain).add(field, field.record.weight)

        filled(QVBoxLayout(self), self._description, plain, self._advanced, margins=0, spacing=8)

    @Slot()
    def _on_preset_chosen(self) -> None:
        if not self._filling:
            self._fault = ""
            self._follow_preset()

    @Slot()
    def _on_digits_chosen(self) -> None:
        self._show_preset()
        self._check()
        self.preset_changed.emit()

    @Slot(bool)
    def _on_advanced_toggled(self, open_: bool) -> None:
        self._advanced.setVisible(open_)
        self._label_advanced()

    @Slot(str)
    def _on_edited(self, key: str) -> None:
        if not self._filling:
            self._touched.add(key)
            if key == "optimizer":
                self._fill_untouched()
            self._check()

    def _follow_preset(self) -> None:
        """Show the preset and give the untouched fields its settings."""
        self._fill_untouched()
        self._show_preset()
        self._check()
        self.preset_changed.emit()

    def _fill_untouched(self) -> None:
        defaults = self._defaults()
        self._filling = True
        for key, field in self.fields.items():
            if key not in self._touched:
                field.set_value(getattr(defaults, key))
        self._filling = False

    def _defaults(self) -> TrainingConfig:
        """The preset's settings for the optimizer, if the user has chosen one: each needs its own learning rate."""
        preset = self.choice.presets[str(self.selector.currentData())]
        return preset.settings(self.fields["optimizer"].text()) if "optimizer" in self._touched else preset.defaults

    def _show_preset(self) -> None:
        preset = self.preset
        self.digits.setVisible(has_digit_choice(preset))
        self._metrics.set_task(preset.task)
        self._description.setText(f"{preset.description} It has {preset.parameter_count:,} parameters.")
        explain(self.selector, f"<b>{preset.title}</b><br>{preset.description}")

    def _used(self, key: str) -> bool:
        if (key == "refuse" and not self.preset.can_reject) or (key == "balance" and not self.preset.classes):
            return False
        optimizers = self.fields[key].record.optimizers
        return not optimizers or self.fields["optimizer"].text() in optimizers

    def _check(self) -> None:
        """Refuse what is wrong, each in its place, and keep the settings if nothing is."""
        defaults = self._defaults()
        # The fields of settings follow the classes that are chosen.
        offered = settings_offered(self.fields["schedule"].text(), bool(self.fields["patience"].text().strip()))
        for key, settings in offered.items():
            self.fields[key].offer(settings)
        values: dict[str, Any] = {field.name: getattr(defaults, field.name) for field in fields(TrainingConfig)}
        messages = dict.fromkeys(self.fields, "")
        for key, field in self.fields.items():
            field.set_used(self._editable and self._used(key))
            if self._used(key):
                try:
                    values[key] = field.value()
                except ConfigurationError as error:
                    messages[key] = str(error)
            elif field.record.kind == "switch":
                values[key] = False
        if values["augment"] and not self.preset.can_augment:
            messages["augment"] = "Not for this model: it would change the answer."
        messages["optimizer"] = self.preset.refusal(self.fields["optimizer"].text())
        messages |= refusals(values, self.preset.task)
        config = checked_config(values, messages, defaults)
        for key, field in self.fields.items():
            field.set_message(messages[key])
        self._config = None if any(messages.values()) or self.digits.message or self._fault else config
        self._label_advanced()
        self.changed.emit()

    def _label_advanced(self) -> None:
        closed = not self.advanced_button.isChecked()
        changed = sum(self.fields[key].record.advanced for key in self._touched)
        wrong = any(field.record.advanced and field.message for field in self.fields.values())
        note = " · a value is refused" if wrong else f" · {changed} changed" if changed else ""
        self.advanced_button.setText(f"Advanced {'▸' if closed else '▾'}{note if closed else ''}")
