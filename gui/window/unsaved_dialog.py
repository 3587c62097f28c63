"""Asks what becomes of trained models that are in no file, however many there are."""

from PySide6.QtCore import Slot
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QListWidget, QPushButton, QVBoxLayout, QWidget

from gui.widgets.filled import filled
from gui.widgets.naming import named

# More rows than this scroll.
_SHOWN_ROWS = 8
_WIDTH_PX = 460


class UnsavedDialog(QDialog):
    """A scrolling list of the models, and what can be done with them.

    Attributes:
        choice: "keep", "save", "discard" or "cancel"; the last one until a button is pressed.
    """

    def __init__(self, titles: list[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("unsavedQuestion")
        self.setWindowTitle("Save what you trained?")
        self.setAccessibleName("Unsaved models")
        self.choice = "cancel"
        several = len(titles) > 1
        what = f"{len(titles)} models were" if several else "A model was"
        question = QLabel(f"{what} trained here and {'are' if several else 'is'} not saved in a file:", wordWrap=True)
        self._list = named(QListWidget(), "unsavedList", "What was trained here and is in no file", "Unsaved models")
        self._list.addItems(titles)
        self._list.setSelectionMode(QListWidget.SelectionMode.NoSelection)
        row = max(1, self._list.sizeHintForRow(0))
        self._list.setFixedHeight(min(len(titles), _SHOWN_ROWS) * row + 2 * self._list.frameWidth() + 2)
        them = "them" if several else "it"
        hint = QLabel(f"Kept, {'they wait' if several else 'it waits'} under Recogniser at the next start.")
        hint.setWordWrap(True)

        buttons = QDialogButtonBox(self)
        role = QDialogButtonBox.ButtonRole
        keep = self._add(buttons, "Keep for next time", role.AcceptRole, "keep", f"Close, and find {them} again later")
        save = "Save all into a folder …" if several else "Save …"
        self._add(buttons, save, role.ActionRole, "save", f"Write {them} to a place of your choice")
        self._add(buttons, "Discard", role.DestructiveRole, "discard", f"Forget {them} for good")
        self._add(buttons, "Cancel", role.RejectRole, "cancel", "Go on working")
        keep.setDefault(True)
        keep.setFocus()

        filled(QVBoxLayout(self), question, self._list, hint, buttons, margins=16, spacing=12)
        self.setMinimumWidth(_WIDTH_PX)

    def _add(
        self, box: QDialogButtonBox, text: str, role: QDialogButtonBox.ButtonRole, choice: str, hint: str
    ) -> QPushButton:
        button = named(box.addButton(text, role), f"{choice}Button", hint, text)
        button.setProperty("choice", choice)
        button.setAutoDefault(choice == "keep")
        button.clicked.connect(self._on_clicked)
        return button

    @Slot()
    def _on_clicked(self) -> None:
        button = self.sender()
        if isinstance(button, QPushButton):
            self.choice = str(button.property("choice"))
            self.done(0 if self.choice == "cancel" else 1)
