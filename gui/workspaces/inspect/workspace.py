"""The Inspect tab: the model opened, page by page, with the drawing in it."""

import time
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from PySide6.QtCore import Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from gui.lab.lab import Lab
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.workspaces.base import Workspace
from gui.workspaces.inspect.page import Page
from gui.workspaces.inspect.pages import PAGES
from gui.workspaces.inspect.subject import Inspected

# The answer beside the canvas comes first; the pictures follow at most this often.
_LEAST_PAUSE_MS: Final = 33
# … and take at most one part in so many of the window's time.
_SHARE: Final = 3.0


class InspectWorkspace(Workspace):
    """Shows one page of those that apply to the current model; the others cost nothing.

    Attributes:
        pages: those that exist now, by key.
    """

    key: ClassVar[str] = "inspect"
    empty_text: ClassVar[str] = "Choose a model beside the canvas: what it learned is shown here."
    help_text: ClassVar[str] = (
        "The formulas with your own numbers in them: what the model learned, what each layer makes of your drawing, "
        "which pixels decided, and what one training step changes. Everything follows the pen, the model and the epoch."
    )

    def __init__(
        self,
        lab: Lab,
        themes: ThemeManager,
        parent: QWidget | None = None,
        *,
        actions: Mapping[str, QAction] | None = None,
    ) -> None:
        super().__init__(lab, themes, parent, actions=actions)
        self._inspected = Inspected(lab, self)
        self._pause_ms = float(_LEAST_PAUSE_MS)
        self._wanted = PAGES[0].key
        self.pages: dict[str, Page] = {}
        self.bar = QTabBar()
        self.bar.setObjectName("inspectPages")
        self.bar.setAccessibleName("Pages of Inspect")
        self.bar.setExpanding(False)
        self.bar.setDrawBase(False)
        self.stack = QStackedWidget()
        self.empty_label = mark_muted(QLabel(self.empty_text))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 8, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(self.bar)
        layout.addWidget(self.empty_label)
        layout.addWidget(self.stack, 1)
        self.bar.currentChanged.connect(self._on_page)
        lab.prediction.changed.connect(self.request_refresh)
        lab.classifier.model_changed.connect(self.request_refresh)
        lab.datasets.current_changed.connect(self.request_refresh)
        lab.epoch.changed.connect(self.request_refresh)

    def collect_values(self) -> dict[str, Any]:
        """The open page."""
        return {"page": self._wanted}

    def apply_values(self, values: Mapping[str, Any]) -> None:
        """Open the same page again."""
        if values.get("page") in [kind.key for kind in PAGES]:
            self._wanted = str(values["page"])

    @Slot(str)
    def open_page(self, key: str) -> None:
        """Show a page, if it exists for the current model."""
        if key in self.pages:
            self._wanted = key
            self.bar.setCurrentIndex(list(self.pages).index(key))

    def refresh_pause_ms(self) -> int:
        """Never so often that the prediction beside the canvas would have to wait."""
        return round(self._pause_ms)

    def refresh(self) -> None:
        """Show the open page anew."""
        began = time.perf_counter()
        subject = self._inspected.now()
        self.empty_label.setVisible(subject is None)
        if subject is None:
            return
        kinds = [kind for kind in PAGES if kind.applies_to(subject.model)]
        if [kind.key for kind in kinds] != list(self.pages):
            self._make_pages(kinds)
        page = self.stack.currentWidget()
        if isinstance(page, Page):
            page.show_subject(subject)
        self._pause_ms = max(_LEAST_PAUSE_MS, _SHARE * 1000 * (time.perf_counter() - began))

    def shut_down(self) -> None:
        """End the work under way."""
        super().shut_down()
        for page in self.pages.values():
            page.shut_down()

    def _make_pages(self, kinds: list[type[Page]]) -> None:
        blocked = self.bar.blockSignals(True)
        while self.bar.count():
            self.bar.removeTab(0)
        wanted = {kind.key for kind in kinds}
        for key in [key for key in self.pages if key not in wanted]:
            page = self.pages.pop(key)
            page.shut_down()
            self.stack.removeWidget(page)
            page.deleteLater()
        known, self.pages = self.pages, {}
        for kind in kinds:
            made = known.get(kind.key)
            if made is None:
                made = kind(self.lab, self.themes)
                made.page_requested.connect(self.open_page)
            self.pages[kind.key] = made
            if self.stack.indexOf(made) < 0:
                self.stack.addWidget(made)
            self.bar.setTabToolTip(self.bar.addTab(kind.title), kind.tip)
        self.bar.blockSignals(blocked)
        shown = self._wanted if self._wanted in self.pages else next(iter(self.pages))
        self.bar.setCurrentIndex(list(self.pages).index(shown))
        self.stack.setCurrentWidget(self.pages[shown])

    @Slot(int)
    def _on_page(self, place: int) -> None:
        key = list(self.pages)[place]
        self._wanted = key
        self.stack.setCurrentWidget(self.pages[key])
        self.request_refresh()
