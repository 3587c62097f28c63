"""The Data tab: choose, import and mix data sets, and see what is in them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np
from PySide6.QtCore import QEvent, Slot
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent, QKeyEvent, QKeySequence
from PySide6.QtWidgets import QGridLayout, QVBoxLayout

from engine.data import Dataset, ReadOptions
from gui.lab.lab import Lab
from gui.services.background_task import BackgroundTasks
from gui.theme.manager import ThemeManager
from gui.widgets.filled import filled
from gui.widgets.scroll_page import ScrollPage
from gui.workspaces.base import Workspace
from gui.workspaces.data.bringing import Bringing
from gui.workspaces.data.choice_card import ChoiceCard
from gui.workspaces.data.classes_card import ClassesCard
from gui.workspaces.data.digit_actions import DigitActions
from gui.workspaces.data.digits_card import DigitsCard
from gui.workspaces.data.inspection import Checks, CheckWork, Inspection, InspectionWork
from gui.workspaces.data.label_search import LabelSearch
from gui.workspaces.data.split_card import SplitCard
from gui.workspaces.data.warnings_card import WarningsCard

if TYPE_CHECKING:
    from models.data_check import Doubt

_NO_COUNTS = np.zeros(10, np.intp)


class DataWorkspace(Workspace):
    """Shows the current data set; what is chosen here is what Train learns from."""

    key: ClassVar[str] = "data"
    empty_text: ClassVar[str] = "Choose a data set, or import one: its digits are shown here."
    help_text: ClassVar[str] = (
        "Choose the digits that Train learns from: the bundled ones, a file that you import, drop or paste, or a "
        "mixture. See how they were read, how they are split, and what to know about them. Click a digit to select it "
        "in all tabs; a digit’s key gives the selected ones another label, Delete leaves them out."
    )

    def __init__(self, lab: Lab, themes: ThemeManager, *, actions: Mapping[str, QAction] | None = None) -> None:
        super().__init__(lab, themes, actions=actions)
        self.tasks = BackgroundTasks(self)
        self.found: Inspection | None = None
        self.checks: Checks | None = None
        self._doubt: Doubt | None = None
        self._shown: tuple[object, ...] = ()
        # Read by an import a moment ago: held until it is shown, so that it is not read twice.
        self._brought: Dataset | None = None
        self._kept_values: Mapping[str, Any] = {}
        self.choice = ChoiceCard()
        self.bringing = Bringing(lab, self.tasks, self.choice, self)
        # One a refresh, so that none holds the window up; the last one connects them.
        self._to_build = [self._add_choice, self._add_digits, self._add_split, self._add_classes, self._add_warnings]
        self.setAcceptDrops(True)
        self._assemble()

    # What the next start should find again; data sets and split are the lab's to remember.

    def collect_values(self) -> dict[str, Any]:
        """The filters."""
        if self._to_build:
            return {name: self._kept_values[name] for name in self._kept_values if name != "version"}
        return {
            "class": self.digits.class_box.currentIndex() - 1,
            "part": self.digits.part_box.currentIndex(),
            "originals": self.digits.original_button.isChecked(),
        }

    def apply_values(self, values: Mapping[str, Any]) -> None:
        """Filter as before."""
        self._kept_values = values
        if self._to_build:
            return
        digit, part, originals = (values.get(name) for name in ("class", "part", "originals"))
        if type(digit) is int and -1 <= digit <= 9:
            self.digits.show_class(digit)
        if type(part) is int and 0 <= part <= 2:
            self.digits.part_box.setCurrentIndex(part)
        if isinstance(originals, bool):
            self.digits.original_button.setChecked(originals)

    def shut_down(self) -> None:
        """End the work under way."""
        super().shut_down()
        self.tasks.shut_down()

    # From the choice to the digits.

    def refresh(self) -> None:
        """Read what is chosen now, unless that is done or under way."""
        if self._to_build:
            self._to_build.pop(0)()
            self.request_refresh()
            return
        library = self.lab.datasets
        self.choice.show_entries(library.entries, library.current)
        self.split.show_split(library.validation_share, library.seed, library.by_writer)
        self.digits.show_edits(self.lab.edits.of(library.current.key))
        wanted = self._wanted()
        if wanted == self._shown:
            return
        self._shown = wanted
        self.tasks.cancel("check")
        self.search.cancel()
        self.choice.show_busy(library.current.title)
        self.tasks.start(
            "inspect",
            InspectionWork(library.current, library.split_of(library.current), self.lab.edits),
            done=self._on_inspected,
            failed=self._on_failed,
            version=self._wanted,
        )

    def _wanted(self) -> tuple[object, ...]:
        library = self.lab.datasets
        # The entry itself, not its place in memory, which another one may take later.
        return library.current, library.validation_share, library.seed, library.by_writer

    @Slot(object)
    def _on_inspected(self, found: Inspection) -> None:
        self.found, self._brought = found, None
        self.choice.show_busy("")
        self.choice.show_inspection(found)
        self._show_doubt(None)
        self.split.show_inspection(found)
        self.classes.show_classes(None, found.counts)
        self.warnings.show_findings(None)
        self.search.set_inspection(found)
        self.digit_actions.show_inspection(found)
        self.lab.datasets.set_count(found.entry.key, len(found.digits))
        self.tasks.start("check", CheckWork(found), done=self._on_checked, failed=self._on_check_failed)

    @Slot(object)
    def _on_failed(self, error: Exception) -> None:
        self.found = self.checks = None
        self.choice.show_busy("")
        self.choice.show_problem(str(error))
        self._show_doubt(None)
        self.split.show_inspection(None)
        self.classes.show_classes(None, _NO_COUNTS)
        self.warnings.show_findings(None)
        self.search.set_inspection(None)
        self.digit_actions.show_inspection(None)

    @Slot(object)
    def _on_checked(self, checks: Checks) -> None:
        self.checks = checks
        if self.found is not None:
            self.classes.show_classes(checks.averages, self.found.counts)
        self.warnings.show_findings(checks.findings)
        self._show_doubt(checks.doubt)

    @Slot(object)
    def _on_check_failed(self, error: Exception) -> None:
        self.lab.messages.message.emit(str(error))

    def _show_doubt(self, doubt: "Doubt | None") -> None:
        self._doubt = doubt
        self.choice.show_doubt(doubt)

    # Reading differently.

    @Slot(object)
    def _on_read_differently(self, options: dict[str, Any]) -> None:
        path = self.lab.datasets.current.path
        if path is not None:
            self.lab.imports.import_path(path, options)

    @Slot()
    def _on_mend(self) -> None:
        from models.data_check import amended, said_options

        entry, found, doubt = self.lab.datasets.current, self.found, self._doubt
        if entry.path is None or found is None or doubt is None:
            return
        mended = amended(ReadOptions(**entry.options), found.digits.guesses, doubt)
        self.lab.imports.import_path(entry.path, said_options(mended))

    @Slot(object)
    def _on_brought(self, digits: Dataset) -> None:
        self._brought = digits

    @Slot()
    def _on_import_ended(self) -> None:
        if self.tasks.is_running("inspect"):
            return
        self.choice.show_busy("")
        if self.found is not None:
            self.choice.show_inspection(self.found)

    @Slot(object, object)
    def _on_mix(self, keys: tuple[str, ...], most: int | None) -> None:
        entry = self.lab.datasets.add_mixture(keys, most)
        if entry is not None:
            self.lab.datasets.choose(entry.key)
            self.choice.mixture_button.setChecked(False)

    @Slot()
    def _on_remove(self) -> None:
        self.lab.datasets.remove(self.lab.datasets.current.key)

    # Dropping and pasting.

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Files and addresses are welcome, also those that will be refused in words."""
        if event.mimeData().hasUrls() or event.mimeData().hasText():
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Import what was dropped."""
        event.acceptProposedAction()
        self.bringing.take(event.mimeData())

    def event(self, event: QEvent) -> bool:
        """In this tab, Paste imports; without this the window's own command would take it for the canvas."""
        is_key = event.type() == QEvent.Type.ShortcutOverride and isinstance(event, QKeyEvent)
        if is_key and event.matches(QKeySequence.StandardKey.Paste):  # type: ignore[attr-defined]
            event.accept()
            return True
        return super().event(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Paste a data set."""
        if event.matches(QKeySequence.StandardKey.Paste):
            self.bringing.paste()
        else:
            super().keyPressEvent(event)

    # Making.

    def _add_choice(self) -> None:
        self._grid.addWidget(self.choice, 0, 0, 1, 2)

    def _add_digits(self) -> None:
        self.digits = DigitsCard(self.themes)
        self.digit_actions = DigitActions(self.lab, self.digits, self.key, self)
        self._grid.addWidget(self.digits, 1, 0, 3, 1)

    def _add_split(self) -> None:
        self.split = SplitCard()
        self._grid.addWidget(self.split, 1, 1)

    def _add_classes(self) -> None:
        self.classes = ClassesCard(self.themes)
        self._grid.addWidget(self.classes, 2, 1)

    def _add_warnings(self) -> None:
        self.warnings = WarningsCard()
        self.search = LabelSearch(self.warnings, self.tasks, self.lab.messages, self)
        self._grid.addWidget(self.warnings, 3, 1)
        self._page.set_density(self.themes.density)
        self._connect()
        self.apply_values(self._kept_values)

    def _connect(self) -> None:
        lab, choice, bringing = self.lab, self.choice, self.bringing
        for signal in (lab.datasets.entries_changed, lab.datasets.current_changed, lab.edits.changed):
            signal.connect(self.request_refresh)
        lab.imports.started.connect(self.choice.show_busy)
        lab.imports.imported.connect(self._on_brought)
        lab.imports.ended.connect(self._on_import_ended)
        choice.chosen.connect(lab.datasets.choose)
        choice.file_requested.connect(bringing.ask_file)
        choice.folder_requested.connect(bringing.ask_folder)
        choice.paste_requested.connect(bringing.paste)
        choice.remove_requested.connect(self._on_remove)
        choice.cancel_requested.connect(lab.imports.cancel)
        choice.mend_requested.connect(self._on_mend)
        choice.read_requested.connect(self._on_read_differently)
        choice.mix_requested.connect(self._on_mix)
        bringing.address_given.connect(choice.show_download_of)
        self.split.split_requested.connect(lab.datasets.set_split)
        self.classes.chosen.connect(self.digits.show_class)
        self.warnings.chosen.connect(self.digits.show_only)

    def _assemble(self) -> None:
        self._grid = QGridLayout()
        self._grid.setColumnStretch(0, 3)
        self._grid.setColumnStretch(1, 2)
        self._grid.setRowStretch(3, 1)
        self._page = ScrollPage(self._grid, self.themes, self)
        filled(QVBoxLayout(self), self._page, margins=0)
