"""The Inspect tab: the model opened, page by page, with the drawing in it."""

import time
from collections.abc import Mapping
from typing import Any, ClassVar, Final

from PySide6.QtCore import QSignalBlocker, QTimer, Slot
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QLabel, QStackedWidget, QTabBar, QVBoxLayout

from gui.lab.lab import Lab
from gui.theme.manager import ThemeManager
from gui.theme.stylesheet import mark_muted
from gui.widgets.naming import named
from gui.workspaces.base import Workspace
from gui.workspaces.inspect.digit_bank import DigitBank
from gui.workspaces.inspect.page import Page
from gui.workspaces.inspect.pages import PAGES
from gui.workspaces.inspect.subject import Inspected, Subject

# The answer beside the canvas comes first, by so much; the pictures follow at most once a frame.
_HEAD_START_MS: Final = 8
_LEAST_PAUSE_MS: Final = 33
# … and take at most one part in so many of the window's time.
_SHARE: Final = 3.0
_MOST_PAUSE_MS: Final = 150.0
# What is done in less than half a frame follows the pen; other work waits until the drawing has rested for so long.
# Whole frames of work beside each stroke made the slowest of a hundred answers wait 98 ms instead of 35.
_FRAME_MS: Final = 14.0
REST_MS: Final = 120
# While a model learns, such work takes at most one part in so many of the time, and is done so often at least.
_LEARNING_SHARE: Final = 4
_LEARNING_MS: Final = 1500.0
# Between building one page that is not seen yet and the next.
_BUILD_PAUSE_MS: Final = 30


class InspectWorkspace(Workspace):
    """Shows one page of those that apply to the current model; the others cost nothing.

    Attributes:
        pages: those that are built, by key.
    """

    key: ClassVar[str] = "inspect"
    empty_text: ClassVar[str] = "Choose a model beside the canvas: what it learned is shown here."
    help_text: ClassVar[str] = (
        "The formulas with your own numbers in them: what the model learned, what each layer makes of your drawing, "
        "which pixels decided, and what one training step changes. Everything follows the pen, the model and the epoch."
        " The right mouse button, or the menu key, saves the picture that it is pressed on."
    )

    def __init__(self, lab: Lab, themes: ThemeManager, *, actions: Mapping[str, QAction] | None = None) -> None:
        super().__init__(lab, themes, actions=actions)
        self._inspected, self._bank = Inspected(lab, self), DigitBank(lab)
        self._pause_ms, self._refreshed_at = float(_LEAST_PAUSE_MS), 0.0
        self._wanted = PAGES[0].key
        self.pages: dict[str, Page] = {}
        self._kinds: list[type[Page]] = []
        self._drawing = 0
        self._subject: Subject | None = None
        self._settled_at, self._took_ms = 0.0, 0.0
        self._settle_timer = QTimer(self, singleShot=True)
        self._settle_timer.timeout.connect(self._settle)
        self._frame_timer = QTimer(self, singleShot=True, interval=round(_FRAME_MS))
        self._frame_timer.timeout.connect(self._on_frame_over)
        self._build_timer = QTimer(self, singleShot=True, interval=_BUILD_PAUSE_MS)
        self._build_timer.timeout.connect(self._build_next)
        self.bar = named(QTabBar(), "inspectPages", accessible_name="Pages of Inspect")
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
        self._inspected.replaced.connect(self._on_replaced)
        lab.drawing.changed.connect(self._on_drawing_changed)
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
        keys = [kind.key for kind in self._kinds]
        if key in keys:
            self._wanted = key
            self.bar.setCurrentIndex(keys.index(key))

    def refresh_pause_ms(self) -> int:
        """Never so often that the prediction beside the canvas would have to wait."""
        passed = 1000 * (time.perf_counter() - self._refreshed_at)
        return round(max(_HEAD_START_MS, self._pause_ms - passed))

    def refresh(self) -> None:
        """Show the open page anew; while the pen has moved on and waits for its answer, that comes first."""
        began = time.perf_counter()
        if (
            self.lab.drawing.pen_is_down
            and self.lab.prediction.is_due
            and 1000 * (began - self._refreshed_at) < _MOST_PAUSE_MS
        ):
            self.request_refresh()
            return
        subject = self._subject = self._inspected.now()
        self.empty_label.setVisible(subject is None)
        if subject is None:
            return
        kinds = [kind for kind in PAGES if kind.applies_to(subject.model)]
        if kinds != self._kinds:
            self._offer(kinds)
        elif len(self.pages) < len(kinds) and not self._build_timer.isActive():
            self._build_timer.start()
        began = self._refreshed_at = time.perf_counter()
        page = self.stack.currentWidget()
        if isinstance(page, Page):
            page.show_subject(subject)
            self._plan_settling(page, subject)
        self._pause_ms = min(_MOST_PAUSE_MS, max(_LEAST_PAUSE_MS, _SHARE * 1000 * (time.perf_counter() - began)))

    def _plan_settling(self, page: Page, subject: Subject) -> None:
        """Let the pen come first, and a training: only what is quick follows every stroke."""
        if subject.drawing != self._drawing:
            self._drawing = subject.drawing
            self._settle_timer.start(REST_MS)
            if page.follows and page.is_quick:
                self._settle_page(page, subject, rested=False)
        elif not self._settle_timer.isActive():
            self._settle_timer.start(self._learning_pause_ms(0))

    def _learning_pause_ms(self, otherwise: int) -> int:
        if not (self.lab.session.active and self.lab.epoch.follows_newest):
            return otherwise
        return round(min(_LEARNING_MS, max(_LEAST_PAUSE_MS, _LEARNING_SHARE * self._took_ms)))

    @Slot(str)
    def _on_task_ended(self, key: str) -> None:
        """Ask for what has changed meanwhile, as calmly as ever."""
        page = self.stack.currentWidget()
        if isinstance(page, Page) and self._settled_at:
            self._took_ms = 1000 * (time.perf_counter() - self._settled_at)
            if key == page.follows:
                page.is_quick = self._took_ms <= _FRAME_MS
            if not page.tasks.busy:
                # What the user asks for by a button tells nothing of this.
                self._settled_at = 0.0
        if not self._settle_timer.isActive():
            self._settle_timer.start(self._learning_pause_ms(REST_MS))

    @Slot()
    def _on_drawing_changed(self) -> None:
        """Rest anew: what was begun when the pen rested would only take time from it."""
        if self._settle_timer.isActive():
            self._settle_timer.start(REST_MS)
        for page in self.pages.values():
            if page.tasks.busy:
                quick = page.is_quick
                page.hold()
                # What was broken off does not tell how long it takes.
                page.is_quick = quick

    @Slot()
    def _on_replaced(self) -> None:
        self._subject = None
        for page in self.pages.values():
            page.forget()

    @Slot()
    def _settle(self) -> None:
        page = self.stack.currentWidget()
        if not self.isVisible():
            # It is asked for when the tab is shown again.
            self._stale = True
        elif self._subject is not None and isinstance(page, Page):
            self._settle_page(page, self._subject, rested=True)

    def _settle_page(self, page: Page, subject: Subject, *, rested: bool) -> None:
        if not page.tasks.busy:
            self._settled_at = time.perf_counter()
            self._frame_timer.start()
        page.settle(subject, rested=rested)
        if not page.tasks.busy:
            self._settled_at = 0.0

    @Slot()
    def _on_frame_over(self) -> None:
        """What was thought to be quick is not: its picture is of an earlier moment until it is done."""
        page = self.stack.currentWidget()
        if isinstance(page, Page) and page.is_quick and page.tasks.is_running(page.follows):
            page.is_quick = False
            page.mark_behind()

    def shut_down(self) -> None:
        """End the work under way."""
        super().shut_down()
        self._build_timer.stop()
        self._settle_timer.stop()
        self._frame_timer.stop()
        for page in self.pages.values():
            page.shut_down()

    def page(self, key: str) -> Page:
        """The page of this key, built now if it was not yet; it has to apply to the current model."""
        if key not in self.pages:
            kind = next(kind for kind in self._kinds if kind.key == key)
            made = self.pages[key] = kind(self.lab, self.themes, self._bank)
            made.page_requested.connect(self.open_page)
            made.tasks.ended.connect(self._on_task_ended)
            self.stack.addWidget(made)
        return self.pages[key]

    def _offer(self, kinds: list[type[Page]]) -> None:
        """Have exactly these pages: the shown one now, the others one after another when there is time."""
        self._kinds = kinds
        keys = [kind.key for kind in kinds]
        for key in [key for key in self.pages if key not in keys]:
            page = self.pages.pop(key)
            page.shut_down()
            self.stack.removeWidget(page)
            page.deleteLater()
        shown = self._wanted if self._wanted in keys else keys[0]
        with QSignalBlocker(self.bar):
            while self.bar.count():
                self.bar.removeTab(0)
            for kind in kinds:
                self.bar.setTabToolTip(self.bar.addTab(kind.title), kind.tip)
            self.bar.setCurrentIndex(keys.index(shown))
        self.stack.setCurrentWidget(self.page(shown))
        self._build_timer.start()

    @Slot()
    def _build_next(self) -> None:
        missing = [kind.key for kind in self._kinds if kind.key not in self.pages]
        if missing and self.isVisible():
            # A page takes some frames to make, which a stroke under way would be short of.
            if not self.lab.drawing.pen_is_down:
                self.page(missing[0])
            self._build_timer.start()

    @Slot(int)
    def _on_page(self, place: int) -> None:
        self._wanted = self._kinds[place].key
        self.stack.setCurrentWidget(self.page(self._wanted))
        self._settle_timer.stop()
        self.refresh_now()
