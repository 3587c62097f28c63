"""The network as code, to read and to copy."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Slot
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from engine.errors import EngineError
from engine.storage.exporters.architecture import LANGUAGES
from gui.widgets.filled import filled
from gui.widgets.naming import named

if TYPE_CHECKING:
    from models.presets.own import OwnPreset


class CodeView(QDialog):
    """Shows the code of a preset's network in one of the languages of `engine.storage.exporters.architecture`."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("networkCode")
        self.setWindowTitle("Network as code")
        self._preset: OwnPreset | None = None
        self.language = named(QComboBox(), "codeLanguage", accessible_name="Language of the code")
        self.language.addItems(list(LANGUAGES))
        self.text = named(QPlainTextEdit(readOnly=True), "codeText", accessible_name="Code of the network")
        self.text.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByKeyboard | Qt.TextInteractionFlag.TextSelectableByMouse
        )
        self.text.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.text.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        copy = named(QPushButton("Copy"), "copyCodeButton", "Put the code on the clipboard")
        label = QLabel("Written for")
        label.setBuddy(self.language)
        row = filled(QHBoxLayout(), label, self.language, 1, copy)
        filled(QVBoxLayout(self), row, (self.text, 1))
        self.resize(760, 460)
        self.language.currentIndexChanged.connect(self._write)
        copy.clicked.connect(self._on_copy)

    def show_preset(self, preset: "OwnPreset") -> None:
        """Show the code of this network."""
        self._preset = preset
        self._write()

    @Slot()
    def _write(self) -> None:
        if self._preset is None:
            return
        try:
            text = LANGUAGES[self.language.currentText()](self._preset.build(0))
        except EngineError as error:
            text = f"# {error}\n"
        self.text.setPlainText(text)

    @Slot()
    def _on_copy(self) -> None:
        QApplication.clipboard().setText(self.text.toPlainText())
