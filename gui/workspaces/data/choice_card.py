"""Which data set, where it came from, and how it was read."""

from collections.abc import Mapping
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import QSignalBlocker, QUrl, Signal, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QMenu, QProgressBar, QPushButton, QToolButton, QWidget

from gui.lab.dataset_library import BUNDLED_KEY, DatasetEntry
from gui.theme.stylesheet import mark_invalid, mark_muted
from gui.widgets.card import Card
from gui.widgets.eliding_combo_box import ElidingComboBox
from gui.widgets.filled import filled
from gui.widgets.naming import named
from gui.workspaces.data.inspection import Inspection

if TYPE_CHECKING:
    from gui.workspaces.data.download_sheet import DownloadSheet
    from gui.workspaces.data.mixture_sheet import MixtureSheet
    from gui.workspaces.data.reading_sheet import ReadingSheet
    from models.data_check import Doubt

BUNDLED_TOLD: Final = "MNIST’s first 10,000 training digits, as they come with the program"
_BUSY_PX: Final = 120


class ChoiceCard(Card):
    """Selector, ways to import, the line "as it was read", and one sheet at a time below it, built when it is opened.

    Signals:
        chosen(key): another data set.
        file_requested, folder_requested, paste_requested: import something.
        remove_requested: forget the data set that is shown; its file stays.
        mend_requested: read the file so that the doubt about it is gone.
        cancel_requested: the reading under way is not wanted any more.
        read_requested, mix_requested, fetch_requested, fetch_cancelled: as the sheets have them.
    """

    chosen = Signal(str)
    file_requested = Signal()
    folder_requested = Signal()
    paste_requested = Signal()
    remove_requested = Signal()
    mend_requested = Signal()
    cancel_requested = Signal()
    read_requested = Signal(object)
    mix_requested = Signal(object, object)
    fetch_requested = Signal(object)
    fetch_cancelled = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__("Data set", "", parent)
        self.selector = named(
            ElidingComboBox(), "datasetSelector", "The digits that Train learns from", "Data set to train on"
        )
        self.set_title_buddy(self.selector)
        self.selector.currentIndexChanged.connect(self._on_chosen)
        self.import_button = QToolButton()
        self.import_button.setObjectName("importButton")
        self.import_button.setText("Import …")
        self.import_button.setAccessibleName("Import a data set")
        self.import_button.setToolTip("Read digits from a file; files can also be dropped here, or pasted")
        self.import_button.clicked.connect(self.file_requested)
        self._entries: list[DatasetEntry] = []
        self._options: Mapping[str, Any] = {}
        self._open_sheet: QWidget | None = None
        self.differently_button = self._sheet_button("Read differently", "readDifferentlyButton")
        self.differently_button.setToolTip("Say what was guessed wrongly: label column, orientation, ink, part, labels")
        self.mixture_button = self._sheet_button("Mix", "mixtureButton")
        self.mixture_button.setToolTip("Make one data set of several")
        self.download_button = self._sheet_button("Download", "downloadButton")
        self.download_button.setToolTip("Get the full MNIST, or data from an address that you give")
        self.remove_button = QToolButton()
        self.remove_button.setText("Remove")
        self.remove_button.setObjectName("removeDatasetButton")
        self.remove_button.setToolTip("Offer this data set no longer; its file stays where it is")
        self.remove_button.clicked.connect(self.remove_requested)
        self.more_button = named(
            QToolButton(), "importMoreButton", "Import a folder, or what is on the clipboard", "More ways to import"
        )
        self.more_button.setText("⋯")
        self.more_button.clicked.connect(self._on_more)
        self.menu = self._make_menu()
        self.progress_bar = named(QProgressBar(textVisible=False), "readingProgress", accessible_name="Reading")
        self.progress_bar.setFixedWidth(_BUSY_PX)
        self.progress_bar.setRange(0, 0)
        self.cancel_button = named(QPushButton("Cancel"), "cancelReadingButton", "Forget the file that is being read")
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.told_label = named(mark_muted(QLabel(wordWrap=True)), "readingLabel")
        self.doubt_label = named(QLabel(wordWrap=True), "doubtLabel")
        mark_invalid(self.doubt_label, True)
        self.mend_button = named(QPushButton("Read them so"), "mendButton")
        self.mend_button.clicked.connect(self.mend_requested)
        self._assemble()
        self.show_busy("")
        self.show_doubt(None)

    @cached_property
    def reading_sheet(self) -> "ReadingSheet":
        """How the file is to be read."""
        from gui.workspaces.data.reading_sheet import ReadingSheet

        sheet = ReadingSheet()
        sheet.read_requested.connect(self.read_requested)
        sheet.set_options(self._options)
        return sheet

    @cached_property
    def mixture_sheet(self) -> "MixtureSheet":
        """What is mixed."""
        from gui.workspaces.data.mixture_sheet import MixtureSheet

        sheet = MixtureSheet()
        sheet.mix_requested.connect(self.mix_requested)
        sheet.show_entries(self._entries)
        return sheet

    @cached_property
    def download_sheet(self) -> "DownloadSheet":
        """What is fetched."""
        from gui.workspaces.data.download_sheet import DownloadSheet

        sheet = DownloadSheet()
        sheet.fetch_requested.connect(self.fetch_requested)
        sheet.cancel_requested.connect(self.fetch_cancelled)
        return sheet

    def show_entries(self, entries: list[DatasetEntry], current: DatasetEntry) -> None:
        """Offer these, and show which is current."""
        with QSignalBlocker(self.selector):
            items = [(entry.title, entry.key) for entry in entries]
            if [(self.selector.itemText(k), self.selector.itemData(k)) for k in range(self.selector.count())] != items:
                self.selector.clear()
                for title, key in items:
                    self.selector.addItem(title, key)
            self.selector.setCurrentIndex(self.selector.findData(current.key))
        self._entries, self._options = entries, current.options
        if "mixture_sheet" in self.__dict__:
            self.mixture_sheet.show_entries(entries)
        self.remove_button.setVisible(current.path is not None or bool(current.parts))
        self.differently_button.setVisible(current.path is not None)
        if current.path is None:
            self.differently_button.setChecked(False)
        if "reading_sheet" in self.__dict__:
            self.reading_sheet.set_options(current.options)

    def show_inspection(self, found: Inspection) -> None:
        """Say how many digits there are and how they were read."""
        digits, (training, validation) = found.digits, found.sizes
        self.set_subtitle(f"{training:,} training digits · {validation:,} for validation")
        told = " · ".join(digits.guesses) or "nothing had to be guessed"
        if found.entry.key == BUNDLED_KEY:
            told = BUNDLED_TOLD
        writers = f" of {found.writer_count:,} writers" if found.writer_count else ""
        self._tell(f"{len(digits):,} digits{writers}, as they were read: {told}.", wrong=False)

    def show_problem(self, sentence: str) -> None:
        """Say why there is nothing to show."""
        self.set_subtitle("")
        self._tell(sentence, wrong=True)

    def show_doubt(self, doubt: "Doubt | None") -> None:
        """Say what looks wrong, and offer the way to read it rightly."""
        self.doubt_label.setVisible(doubt is not None)
        self.mend_button.setVisible(doubt is not None)
        if doubt is not None:
            self.doubt_label.setText(f"{doubt.looks[0].upper()}{doubt.looks[1:]} ({doubt.measured}).")
            self.mend_button.setText("Read the labels the other way" if doubt.shift else "Read them turned back")
            if "invert" in doubt.steps:
                self.mend_button.setText("Read them inverted")

    def show_busy(self, name: str) -> None:
        """Show that a file is being read; "" when it is not."""
        for part in (self.progress_bar, self.cancel_button):
            part.setVisible(bool(name))
        if name:
            self._tell(f"Reading {name} …", wrong=False)

    def _tell(self, text: str, *, wrong: bool) -> None:
        mark_invalid(self.told_label, wrong)
        self.told_label.setText(text)

    def _assemble(self) -> None:
        row = filled(QHBoxLayout(), (self.selector, 1), spacing=8)
        for button in (
            self.import_button,
            self.more_button,
            self.download_button,
            self.mixture_button,
            self.remove_button,
        ):
            row.addWidget(button)
        told = QHBoxLayout()
        told.setSpacing(8)
        told.addWidget(self.told_label, 1)
        for part in (self.progress_bar, self.cancel_button, self.differently_button):
            told.addWidget(part)
        doubt = filled(QHBoxLayout(), (self.doubt_label, 1), self.mend_button)
        for line in (row, told, doubt):
            self.body.addLayout(line)

    def _make_menu(self) -> QMenu:
        menu = QMenu(self)
        for text, signal in (("F&older …", self.folder_requested), ("&Paste", self.paste_requested)):
            menu.addAction(text).triggered.connect(signal)
        return menu

    @Slot()
    def _on_more(self) -> None:
        self.menu.popup(self.more_button.mapToGlobal(self.more_button.rect().bottomLeft()))

    def _sheet_button(self, text: str, name: str) -> QToolButton:
        button = named(QToolButton(), name)
        button.setText(text)
        button.setCheckable(True)
        button.toggled.connect(self._on_sheet)
        return button

    @Slot()
    def _on_sheet(self) -> None:
        """One sheet at a time."""
        button = self.sender()
        buttons = (self.differently_button, self.mixture_button, self.download_button)
        if isinstance(button, QToolButton) and button.isChecked():
            for other in buttons:
                if other is not button:
                    other.setChecked(False)
        if self._open_sheet is not None:
            self._open_sheet.hide()
        names = ("reading_sheet", "mixture_sheet", "download_sheet")
        open_ones = [name for name, one in zip(names, buttons, strict=True) if one.isChecked()]
        self._open_sheet = getattr(self, open_ones[0]) if open_ones else None
        if self._open_sheet is not None:
            self.body.addWidget(self._open_sheet)
            self._open_sheet.show()

    @Slot(int)
    def _on_chosen(self, _index: int) -> None:
        self.chosen.emit(str(self.selector.currentData() or ""))

    def show_download_of(self, address: QUrl) -> None:
        """Open the download sheet with an address."""
        self.download_button.setChecked(True)
        self.download_sheet.set_address(address.toString())
