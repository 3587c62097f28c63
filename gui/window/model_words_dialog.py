"""Asks what a model is to be called, and what there is to say about it."""

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from gui.widgets.filled import filled
from gui.widgets.naming import named

_LONGEST_NAME = 80
_WIDTH_PX = 420


class ModelWordsDialog(QDialog):
    """A line for the name and some lines for the description."""

    def __init__(self, name: str, description: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("modelWordsQuestion")
        self.setWindowTitle("Name and describe the model")
        self._name = named(QLineEdit(name), "modelNameField", "What the list of recognisers calls it")
        self._name.setMaxLength(_LONGEST_NAME)
        self._name.selectAll()
        self._description = QPlainTextEdit(description)
        self._description.setObjectName("modelDescriptionField")
        self._description.setToolTip("Shown where the pointer rests on the model in the list; kept in its file")
        self._description.setTabChangesFocus(True)
        layout = filled(QVBoxLayout(self), margins=16, spacing=8)
        for text, field in (("&Name", self._name), ("&Description", self._description)):
            label = QLabel(text)
            label.setBuddy(field)
            field.setAccessibleName(text.replace("&", ""))
            layout.addWidget(label)
            layout.addWidget(field)
        standard = QDialogButtonBox.StandardButton
        buttons = QDialogButtonBox(standard.Ok | standard.Cancel)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout.addWidget(buttons)
        self.setMinimumWidth(_WIDTH_PX)

    def words(self) -> tuple[str, str]:
        """Name and description as they stand."""
        return self._name.text(), self._description.toPlainText()
