"""A small sheet that fetches data sets from the web: from the list, or from an address that the user gives."""

from PySide6.QtCore import Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QLineEdit, QProgressBar, QPushButton, QVBoxLayout, QWidget

from engine.data.known_sources import SOURCES, Source, source_of
from gui.theme.stylesheet import mark_invalid, mark_muted
from gui.widgets.eliding_combo_box import ElidingComboBox
from gui.widgets.field_grid import FieldGrid
from gui.widgets.filled import filled
from gui.widgets.naming import named
from gui.workspaces.data.labeled import labeled

_OTHER = "another address …"
USUAL_TEXT = "Files are kept in the program’s own folder, and a download that broke off goes on where it ended."


class DownloadSheet(QWidget):
    """What to fetch, and how far it is.

    Signals:
        fetch_requested(Source): fetch it.
        cancel_requested: stop; what came is kept for the next try.
    """

    fetch_requested = Signal(object)
    cancel_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setObjectName("downloadSheet")
        self.source_box = named(ElidingComboBox(), "sourceSelector")
        for source in SOURCES:
            self.source_box.addItem(source.title, source)
        self.source_box.addItem(_OTHER)
        self.source_box.currentIndexChanged.connect(self._on_source)
        self.address_edit = named(QLineEdit(), "addressEdit", "The address of the file itself, not of a page about it")
        self.address_edit.setPlaceholderText("https://…")
        self.sum_edit = QLineEdit(placeholderText="optional")
        self.sum_edit.setObjectName("checksumEdit")
        self.sum_edit.setToolTip("The SHA-256 that the page names; a file with another one is thrown away")
        self.fetch_button = QPushButton("Fetch")
        self.fetch_button.setObjectName("fetchButton")
        self.fetch_button.setToolTip("Download it in the background and make it the data set")
        self.fetch_button.clicked.connect(self._on_fetch)
        self.progress_bar = named(QProgressBar(), "downloadProgress", accessible_name="Progress of the download")
        self.progress_bar.setTextVisible(False)
        self.cancel_button = QPushButton("Cancel")
        self.cancel_button.setObjectName("cancelDownloadButton")
        self.cancel_button.setToolTip("Stop; what came is kept for the next try")
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.message_label = named(mark_muted(QLabel(USUAL_TEXT, wordWrap=True)), "downloadMessage")
        form = FieldGrid(150, 8, maximum_width=360)
        form.add(labeled("From", self.source_box), 1.5)
        self._address, self._sum = labeled("Address", self.address_edit), labeled("SHA-256", self.sum_edit)
        form.add(self._address, 1.5)
        form.add(self._sum)
        row = filled(QHBoxLayout(), (self.message_label, 1), self.progress_bar, self.cancel_button, self.fetch_button)
        filled(QVBoxLayout(self), form, row, margins=0)
        self._on_source()
        self.show_progress(None)

    def set_address(self, address: str) -> None:
        """Take an address that was pasted or dropped."""
        self.source_box.setCurrentIndex(self.source_box.count() - 1)
        self.address_edit.setText(address)

    def show_progress(self, share: float | None) -> None:
        """Show how far the download is; None while there is none, 0 while the length is not known."""
        for part in (self.progress_bar, self.cancel_button):
            part.setVisible(share is not None)
        self.fetch_button.setVisible(share is None)
        if share is not None:
            self.progress_bar.setRange(0, 1000 if share > 0 else 0)
            self.progress_bar.setValue(round(1000 * share))
            self.show_message("", wrong=False)

    def show_message(self, text: str, *, wrong: bool) -> None:
        """Say how it went; "" for the usual text."""
        mark_invalid(self.message_label, wrong)
        self.message_label.setText(text or USUAL_TEXT)

    @Slot()
    def _on_source(self) -> None:
        is_other = not isinstance(self.source_box.currentData(), Source)
        for holder in (self._address, self._sum):
            holder.setVisible(is_other)

    @Slot()
    def _on_fetch(self) -> None:
        source = self.source_box.currentData()
        if not isinstance(source, Source):
            source = source_of(self.address_edit.text(), self.sum_edit.text())
        self.fetch_requested.emit(source)
