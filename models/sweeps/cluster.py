"""Workers of a Dask cluster, on this machine or on others: `pip install "digitlab[cluster]"`."""

import re
from collections.abc import Callable
from concurrent.futures import Executor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.errors import ConfigurationError
from engine.storage.runs.epoch_lines import epoch_line, epoch_of
from engine.training.messages import EpochEnded
from models.sweeps.plan import Trial
from models.sweeps.trial import Digits
from models.sweeps.workers import Workers

if TYPE_CHECKING:
    from distributed import Client

_CONNECT_SECONDS = 10


class Cluster(Workers):
    """Trials go to the scheduler all at once, which hands them out, those of lost workers again.

    The runs are sent back, as the workers may have no folder in common with this machine.

    Args:
        digits: training and validation digits; sent to the workers once.
        address: of the scheduler, such as tcp://192.168.0.7:8786.

    Raises:
        ConfigurationError: the extra is not installed, nobody answers at the address, or no worker has come.
    """

    at_once = 1_000_000
    # A task that was taken back would go on where it is, unseen.
    can_cancel = False

    def __init__(self, digits: Digits, address: str) -> None:
        super().__init__()
        self._digits = digits
        self._sent: Any = None
        self._epochs: dict[int, tuple[EpochEnded, ...]] = {}
        self._client = _connect(address)
        self._client.subscribe_topic(self._topic, self._take_news)

    def open(self) -> Executor:
        """The client in the clothes of an executor."""
        self._sent = self._client.scatter(self._digits, broadcast=True, hash=False)
        executor: Executor = self._client.get_executor(pure=False)
        return executor

    def renew(self) -> None:
        """Send the digits anew: they may have been lost with the workers."""
        self._executor = None

    def digits(self) -> Any:  # noqa: ANN401 (Dask gives the worker what this stands for)
        """Where the digits are."""
        return self._sent

    def has_begun(self, number: int) -> bool:
        """Whether its worker has told so."""
        return number in self._epochs

    def epochs(self, trial: Trial) -> tuple[EpochEnded, ...]:
        """Those that its worker has told of."""
        return self._epochs.get(trial.number, ())

    def news(self, number: int) -> "_ClusterNews":
        """A topic of the scheduler's log; what an earlier attempt told of the trial is forgotten."""
        self._epochs.pop(number, None)
        return _ClusterNews(self._topic, number)

    def _take_news(self, event: tuple[float, tuple[int, str]]) -> None:
        """In the client's thread: one that begins again has no epochs; dictionaries are changed at one blow."""
        number, line = event[1]
        self._epochs[number] = (*self._epochs.get(number, ()), epoch_of(line.encode())) if line else ()

    @property
    def _topic(self) -> str:
        return f"digitlab-{self._client.id}"

    def stop_wish(self, number: int) -> "_EventWish":
        """An event of the scheduler."""
        return _EventWish(self._event_name(number))

    def ask_to_stop(self, number: int) -> None:
        """Set the event."""
        from distributed import Event

        Event(self._event_name(number), client=self._client).set()

    def close(self) -> None:
        """Leave the cluster, which stays."""
        self._client.close()

    def kill(self) -> None:
        """Nothing: the workers belong to others."""

    def _event_name(self, number: int) -> str:
        return f"{self._topic}-{number}"


@dataclass(frozen=True, slots=True)
class _EventWish:
    name: str

    def __call__(self) -> Callable[[], bool]:
        from distributed import Event, get_client

        event = Event(self.name, client=get_client())
        is_set: Callable[[], bool] = event.is_set
        return is_set


@dataclass(frozen=True, slots=True)
class _ClusterNews:
    topic: str
    number: int

    def __call__(self) -> "Callable[[EpochEnded | None], None]":
        from distributed import get_worker

        log = get_worker().log_event

        def tell(epoch: EpochEnded | None) -> None:
            log(self.topic, (self.number, "" if epoch is None else epoch_line(epoch).decode()))

        return tell


def _connect(address: str) -> "Client":
    try:
        from distributed import Client
    except ImportError:
        raise ConfigurationError(
            'A cluster needs the package distributed: pip install "digitlab[cluster]".', "scheduler"
        ) from None
    if re.fullmatch(r"(\w+://)?[^\s/]+:\d+", address) is None:
        raise ConfigurationError(f"{address!r} is no address; give one such as tcp://192.168.0.7:8786.", "scheduler")
    try:
        client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError, TimeoutError) as error:
        raise ConfigurationError(
            f"No scheduler answers at {address!r}: {error or 'it took too long'}.", "scheduler"
        ) from error
    if not client.nthreads():
        client.close()
        raise ConfigurationError(f"The scheduler at {address!r} has no workers yet; start some first.", "scheduler")
    return client
