"""The time machine: one slider over the stored epochs, for all tabs."""

from PySide6.QtCore import QEvent, QSignalBlocker, QSize, Qt, QTimer, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QCheckBox, QHBoxLayout, QLabel, QPushButton, QSlider, QWidget

from engine.core.wording import counted
from gui.lab.lab import Lab
from gui.theme.stylesheet import mark_muted
from gui.widgets.filled import filled
from gui.widgets.naming import named

PLAY_MS = 400
_GAP_PX = 8
# What the slider should have beyond its least, or it gets a row of its own.
_SLIDER_PX = 60


class EpochBar(QWidget):
    """Chooses which stored epoch is shown; there while the current model has stored epochs.

    Home, End and the arrow keys move the slider. Play goes on from the shown epoch, or from the first one at the end.
    """

    def __init__(self, lab: Lab) -> None:
        super().__init__()
        self._lab = lab
        self.setObjectName("epochBar")
        self.setAccessibleName("Epochs")
        self.label = named(mark_muted(QLabel()), "epochLabel")
        self.slider = QSlider(Qt.Orientation.Horizontal)
        self.slider.setObjectName("epochSlider")
        self.slider.setAccessibleName("Epoch that is shown")
        self.slider.setToolTip("Show the model as it was after an earlier epoch, in every tab (arrows, Home, End)")
        self.slider.setPageStep(1)
        self.play_button = named(QPushButton("Play"), "playEpochsButton", "Show one stored epoch after another")
        self.play_button.setCheckable(True)
        self.loop_box = QCheckBox("Loop")
        self.loop_box.setObjectName("loopEpochsBox")
        self.loop_box.setToolTip("Begin again at the first epoch when the last one was shown")
        self.follow_button = QPushButton("Follow newest")
        self.follow_button.setObjectName("followNewestButton")
        self.follow_button.setCheckable(True)
        self.follow_button.setToolTip("Show the newest weights, and every newer ones")
        self._place = filled(QHBoxLayout(), self.label, (self.slider, 1), spacing=_GAP_PX)
        self._tools = filled(QHBoxLayout(), self.play_button, self.loop_box, self.follow_button, spacing=_GAP_PX)
        self._tools.addStretch(0)
        self._rows = filled(QBoxLayout(QBoxLayout.Direction.LeftToRight, self), margins=0, spacing=_GAP_PX)
        self._rows.addLayout(self._place, 1)
        self._rows.addLayout(self._tools)
        self._timer = QTimer(self, interval=PLAY_MS)
        self._timer.timeout.connect(self._on_tick)
        self.slider.valueChanged.connect(self._on_moved)
        self.play_button.toggled.connect(self._on_play)
        self.follow_button.clicked.connect(self._on_follow)
        lab.epoch.changed.connect(self._show)
        lab.models.chosen.connect(self._show)
        lab.session.finished.connect(self._show)
        self._show()

    def minimumSizeHint(self) -> QSize:
        """As wide as the wider of its two rows."""
        rows = (self._place.minimumSize().width(), self._tools.minimumSize().width())
        return QSize(max(rows), self._rows.minimumSize().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Take two rows where letters are large or the window is small."""
        super().resizeEvent(event)
        self._choose_rows()

    def event(self, event: QEvent) -> bool:
        """Choose anew when the words or the letters change."""
        if event.type() == QEvent.Type.LayoutRequest:
            self._choose_rows()
        return super().event(event)

    def _choose_rows(self) -> None:
        needed = self._place.minimumSize().width() + self._tools.minimumSize().width() + _GAP_PX + _SLIDER_PX
        direction = QBoxLayout.Direction.LeftToRight if self.width() >= needed else QBoxLayout.Direction.TopToBottom
        if self._rows.direction() != direction:
            self._rows.setDirection(direction)

    def shut_down(self) -> None:
        """Stop playing."""
        self._timer.stop()

    @Slot()
    def _show(self) -> None:
        epoch, kept = self._lab.epoch, self._lab.live.kept_epoch
        stored = epoch.stored
        here = self._lab.live.has_epochs(self._lab.models.current)
        self.setVisible(here)
        if not here:
            self.play_button.setChecked(False)
        with QSignalBlocker(self.slider):
            self.slider.setRange(0, max(0, len(stored) - 1))
            if epoch.shown is not None:
                at = kept if epoch.follows_newest and kept in stored else epoch.shown
                self.slider.setValue(stored.index(at))
        self.slider.setEnabled(len(stored) > 1)
        self.play_button.setEnabled(len(stored) > 1)
        self.follow_button.setChecked(epoch.follows_newest)
        text = "no epoch has ended yet"
        if stored:
            newest = f"newest, {counted(epoch.ended, 'epoch')}"
            if 0 < kept < epoch.ended:
                # The model went back to its best epoch.
                newest = f"kept: epoch {kept} of {epoch.ended}"
            elif not kept and not self._lab.session.active:
                # It was stopped before the next one ended: these weights are none of the stored ones.
                newest = f"newest, within epoch {epoch.ended + 1}"
            text = newest if epoch.follows_newest else f"epoch {epoch.shown} of {epoch.ended}"
            if len(stored) < epoch.ended:
                text += f" · stored {len(stored)} of {epoch.ended}"
        self.label.setText(text)
        self.slider.setAccessibleDescription(text)

    @Slot(int)
    def _on_moved(self, place: int) -> None:
        self._lab.epoch.show_epoch(self._lab.epoch.stored[place])

    @Slot(bool)
    def _on_play(self, playing: bool) -> None:
        self.play_button.setText("Pause" if playing else "Play")
        if not playing:
            self._timer.stop()
            return
        if self.slider.value() == self.slider.maximum():
            self._lab.epoch.show_epoch(self._lab.epoch.stored[0])
        self._timer.start()

    @Slot()
    def _on_tick(self) -> None:
        if self.slider.value() < self.slider.maximum():
            self.slider.setValue(self.slider.value() + 1)
        elif self.loop_box.isChecked():
            self.slider.setValue(0)
        else:
            self.play_button.setChecked(False)

    @Slot()
    def _on_follow(self) -> None:
        self.play_button.setChecked(False)
        self._lab.epoch.follow_newest()
        self.follow_button.setChecked(True)
