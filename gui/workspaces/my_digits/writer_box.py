"""Who draws now: a name that is kept with every digit that is filed."""

from PySide6.QtCore import QSignalBlocker, Signal, Slot
from PySide6.QtWidgets import QComboBox


class WriterBox(QComboBox):
    """The names so far, or a new one.

    Signals:
        writer_chosen(name): who writes from now on, "" for nobody in particular.
    """

    writer_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("writerBox")
        self.setAccessibleName("Writer")
        self.setToolTip("Who draws now: type a name, or choose one; it is kept with every digit")
        self.setEditable(True)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMinimumContentsLength(9)
        edit = self.lineEdit()
        if edit is not None:
            edit.setPlaceholderText("nobody")
            edit.setMaxLength(60)
            edit.editingFinished.connect(self._on_edited)
        self.activated.connect(self._on_edited)
        self._writer = ""

    def show_writers(self, writers: list[str], current: str) -> None:
        """Offer these names."""
        self._writer = current
        with QSignalBlocker(self):
            self.clear()
            self.addItems(writers)
            self.setCurrentText(current)
        self._show_beginning()

    @Slot()
    def _on_edited(self) -> None:
        writer = " ".join(self.currentText().split())
        if writer != self._writer:
            self._writer = writer
            self.writer_chosen.emit(writer)
        self._show_beginning()

    def _show_beginning(self) -> None:
        """Of a long name, once it is typed."""
        edit = self.lineEdit()
        if edit is not None and not edit.hasFocus():
            edit.home(False)
