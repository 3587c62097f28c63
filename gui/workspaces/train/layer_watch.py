"""Looks at the layers of the network in training, once an epoch and beside it, while somebody watches."""

import time
from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, Signal, Slot

from engine.core.parameters import FloatArray
from engine.training.messages import TrainingProgress
from gui.lab.run_started import RunStarted
from gui.services.background_task import BackgroundTasks, Task

if TYPE_CHECKING:
    from engine.inspection.layer_readings import NetworkReading
    from engine.network.network import Network

# Reading takes at most this part of the time.
_SHARE = 0.02


class LayerWatch(QObject):
    """Reads stored weights in the background: the training itself computes nothing for it.

    Attributes:
        readings: of the run so far, in order; epochs that ended while nobody watched, or too soon after the one
            before, are missing.

    Signals:
        read: there is another reading.
    """

    read = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.readings: list[NetworkReading] = []
        self._tasks = BackgroundTasks(self)
        self._tasks.ended.connect(self._go_on)
        self._watched = False
        self._twin: Network | None = None
        self._probe: tuple[FloatArray, NDArray[Any]] | None = None
        self._started: RunStarted | None = None
        # The newest epoch that is to be read, and its weights.
        self._waiting: tuple[float, FloatArray] | None = None
        self._rest = QTimer(self, singleShot=True)
        self._rest.timeout.connect(self._go_on)

    def set_watched(self, watched: bool) -> None:
        """Whether somebody wants to see the layers."""
        self._watched = watched
        if not watched:
            self._waiting = None

    def begin(self, started: RunStarted) -> None:
        """A run begins; of a continued one the readings go on."""
        if not started.continued:
            self.readings = []
        self._tasks.cancel("read")
        self._started, self._probe, self._twin = started, started.probe, None
        self._waiting = None
        self._rest.stop()
        if self._watched and not started.continued:
            self._waiting = (started.first_epoch, started.model.network.store.snapshot())
            self._go_on()

    def add(self, progress: TrainingProgress) -> None:
        """Read the weights of an epoch that has ended."""
        if self._watched and self._started is not None and progress.epoch_weights:
            step, weights = progress.epoch_weights[-1]
            self._waiting = (self._started.first_epoch + float(progress.epochs_after(step)), weights)
            self._go_on()

    def shut_down(self) -> None:
        """End the work under way."""
        self._watched, self._waiting = False, None
        self._rest.stop()
        self._tasks.shut_down()

    @Slot()
    def _go_on(self) -> None:
        busy = self._rest.isActive() or self._tasks.is_running("read")
        if self._waiting is None or self._probe is None or self._started is None or busy:
            return
        (at, weights), self._waiting = self._waiting, None
        # One task at a time uses it.
        twin, network, (inputs, targets) = self._twin, self._started.model.network, self._probe

        def work(_task: Task) -> "tuple[NetworkReading, Network, float]":
            from engine.inspection.layer_readings import read_network
            from engine.inspection.twin import readable_twin, take_weights

            # Of a processor: a busy machine is no reason to rest longer.
            begun = time.thread_time()
            mine = twin if twin is not None else readable_twin(network)
            take_weights(mine, weights)
            reading = read_network(mine, inputs, targets, at)
            return reading, mine, time.thread_time() - begun

        self._tasks.start("read", work, done=self._on_read)

    def _on_read(self, result: "tuple[NetworkReading, Network, float]") -> None:
        reading, self._twin, seconds = result
        self._rest.start(round(1000 * seconds / _SHARE))
        if not self.readings or reading.epoch > self.readings[-1].epoch:
            self.readings.append(reading)
            self.read.emit()
