"""A strip with the answers of all models to what is drawn, beside each other."""

from PySide6.QtCore import QSize, QTimer, Slot
from PySide6.QtWidgets import QVBoxLayout, QWidget

from engine.core.parameters import FloatArray
from engine.evaluation.wording import percent
from gui.lab.classifier import Prediction
from gui.lab.lab import Lab
from gui.lab.model_library import TRAINING_KEY, LibraryEntry
from gui.lab.model_titles import epoch_title
from gui.services.background_task import BackgroundTasks, Task
from gui.theme.stylesheet import mark_muted, mark_title
from gui.widgets.card import Card
from gui.widgets.eliding_label import ElidingLabel
from gui.widgets.field_grid import FieldGrid
from gui.widgets.filled import filled
from gui.workspaces.my_digits.opinions import Opinion, Panel, Shown, agreement

# The pen comes first: models are asked when it is lifted, and this long after the last change.
PAUSE_MS = 80
_TILE_PX = 80
_HINT = "Draw a digit: every model answers it here."


class OpinionsCard(Card):
    """Asks in the background, and only while it can be seen."""

    def __init__(self, lab: Lab, tasks: BackgroundTasks) -> None:
        super().__init__("All models", _HINT)
        self.opinions: list[Opinion] = []
        self._lab = lab
        self._tasks = tasks
        self._panel = Panel()
        self._tiles: list[_Tile] = []
        self._strip = QWidget()
        self._grid = FieldGrid(_TILE_PX, 8, self._strip)
        self.body.addWidget(self._strip)
        self._timer = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._timer.timeout.connect(self._ask)

    @Slot()
    def request(self) -> None:
        """The drawing or a model is another: ask soon."""
        if self.isVisible():
            self._timer.start()

    def _entries(self) -> list[LibraryEntry]:
        return [entry for entry in self._lab.models.entries if entry.key != TRAINING_KEY]

    def _shown(self) -> dict[str, Shown]:
        """What answers with the weights of the chosen epoch, as everywhere in the window."""
        live, found = self._lab.live, {}
        for entry in self._entries():
            weights, model = live.shown_weights(entry), live.shown_model(entry)
            if weights is not None and model is not None:
                title = epoch_title(entry.title, self._lab.epoch.shown or 0)
                found[entry.key] = (title, model.calibration, weights)
        return found

    @Slot()
    def _ask(self) -> None:
        features = self._lab.prediction.newest.features
        if self._lab.drawing.pen_is_down:
            self._timer.start()
        elif features is None:
            self._tasks.cancel("opinions")
            self._show([])
        else:
            work = _Asking(self._panel, self._entries(), self._shown(), features.copy())
            self._tasks.start("opinions", work, done=self._show)

    @Slot(object)
    def _show(self, opinions: list[Opinion]) -> None:
        self.opinions = opinions
        self.set_subtitle(agreement(opinions) if opinions else _HINT)
        # Also while nothing is drawn: a page that grows with every drawing would jump.
        shown = opinions or [Opinion(one.key, one.title, Prediction(text=""), True) for one in self._entries()]
        while len(self._tiles) < len(shown):
            self._tiles.append(_Tile())
            self._grid.add(self._tiles[-1])
        for place, tile in enumerate(self._tiles):
            tile.setVisible(place < len(shown))
            if place < len(shown):
                tile.show_opinion(shown[place])


class _Tile(QWidget):
    """Name, answer, certainty, and what the answer does not tell."""

    def __init__(self) -> None:
        super().__init__()
        column = filled(QVBoxLayout(self), margins=0, spacing=0)
        self._labels = [ElidingLabel(""), ElidingLabel(""), ElidingLabel(""), ElidingLabel("")]
        for place, label in enumerate(self._labels):
            column.addWidget(mark_title(label) if place == 1 else mark_muted(label))

    def sizeHint(self) -> QSize:
        """As narrow as all tiles need to stand in one row; longer words end in dots."""
        return QSize(_TILE_PX, super().sizeHint().height())

    def minimumSizeHint(self) -> QSize:
        """The same."""
        return self.sizeHint()

    def show_opinion(self, opinion: Opinion) -> None:
        """Show what a model says; the whole of it on hover."""
        said = opinion.prediction
        short = opinion.key if "/" not in opinion.key and not opinion.key.startswith("trained-") else opinion.title
        sure = f"{percent(said.confidence, 0)} sure" if said.confidence is not None else said.detail
        texts = (
            short,
            "refuses" if said.rejected else said.text,
            said.detail if said.rejected else sure,
            opinion.limits,
        )
        for label, text in zip(self._labels, texts, strict=True):
            label.set_full_text(text)
        limits = f" ({opinion.limits})" if opinion.limits else ""
        answer = f": {said.text}, {said.detail}{limits}" if said.text else ""
        self.setToolTip(f"{opinion.title}{answer}")


class _Asking:
    """What the background task does."""

    def __init__(
        self, panel: Panel, entries: list[LibraryEntry], shown: dict[str, Shown], features: FloatArray
    ) -> None:
        self._panel, self._entries, self._shown, self._features = panel, entries, shown, features

    def __call__(self, task: Task) -> list[Opinion]:
        return self._panel.ask(self._entries, self._shown, self._features, task)
