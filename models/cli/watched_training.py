"""Work in a thread of its own while this one shows how it goes and listens for Ctrl-C and `kill`."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from types import FrameType
from typing import NoReturn, Protocol, TypeVar

from engine.training.messages import TrainingControl, TrainingFinished, TrainingMonitor, TrainingProgress

T = TypeVar("T")

_LOOK_INTERVAL_SECONDS = 0.1
# `kill`, and the end of the terminal, which Windows does not tell.
_ENDINGS = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
# What a shell makes of a process that a signal has ended.
_SIGNAL_CODE = 128


class Watcher(Protocol):
    """Whoever shows the progress."""

    def update(self, progress: TrainingProgress) -> None:
        """Show what is new."""

    def close(self) -> None:
        """The end, whether it went well or not."""


class Terminated(KeyboardInterrupt):
    """The process was asked to end; like Ctrl-C, but with a number of its own."""

    def __init__(self, number: int) -> None:
        super().__init__()
        self.code = _SIGNAL_CODE + number


def exit_code(interrupt: KeyboardInterrupt) -> int:
    """130 for Ctrl-C, 143 for SIGTERM, 129 for SIGHUP."""
    return interrupt.code if isinstance(interrupt, Terminated) else _SIGNAL_CODE + signal.SIGINT


def run_watched(
    fit: Callable[[], TrainingFinished],
    monitor: TrainingMonitor,
    control: TrainingControl,
    watcher: Watcher,
    in_vain: Callable[[], bool],
) -> tuple[TrainingFinished, int]:
    """Run `fit` to its end; gives how it ended, and the exit code of `watch`.

    The first Ctrl-C or `kill` asks the trainer to stop, which keeps the weights so far; a second one raises
    `KeyboardInterrupt`.

    Args:
        fit: trains, looking at `control` and telling `monitor`.
        monitor: its news.
        control: its ear.
        watcher: shows the news.
        in_vain: whether nobody wants the outcome any more, so that training stops.
    """

    def look() -> None:
        watcher.update(monitor.take())
        if in_vain():
            control.stop()

    def stop(again: bool) -> None:
        if again:
            raise KeyboardInterrupt
        control.stop()

    try:
        return watch(fit, look, stop)
    finally:
        watcher.close()


def watch(work: Callable[[], T], look: Callable[[], object], stop: Callable[[bool], object]) -> tuple[T, int]:
    """Do work in a thread while this one looks at it now and then; what the work raises is raised here.

    Args:
        work: whose result is wanted.
        look: called ten times a second, and once more at the end.
        stop: called at each Ctrl-C or `kill`, with whether it is not the first one.

    Returns:
        The result, and the exit code: 0, or 130 (Ctrl-C), 143 (SIGTERM), 129 (SIGHUP) when it was interrupted.
    """
    results: list[T] = []
    errors: list[BaseException] = []
    # Not `thread.join(timeout)`: Python 3.11 takes a thread whose join was interrupted for a finished one.
    done = threading.Event()

    def run() -> None:
        try:
            results.append(work())
        except BaseException as error:
            # Raised again below, in the thread that can do something about it.
            errors.append(error)
        finally:
            done.set()

    # A daemon, so that a second Ctrl-C ends the process whatever the thread is doing.
    thread = threading.Thread(target=run, name="watched", daemon=True)
    code = 0
    with termination_as_exception():
        thread.start()
        while not done.is_set():
            try:
                done.wait(_LOOK_INTERVAL_SECONDS)
                look()
            except KeyboardInterrupt as interrupt:
                stop(bool(code))
                code = code or exit_code(interrupt)
        look()
    if errors:
        raise errors[0]
    return results[0], code


@contextlib.contextmanager
def termination_as_exception() -> Iterator[None]:
    """Let `kill` raise `Terminated` for a while where this is the main thread, which alone can hear it."""

    def hear(number: int, _frame: FrameType | None) -> NoReturn:
        raise Terminated(number)

    before = {}
    if threading.current_thread() is threading.main_thread():
        for number in _ENDINGS:
            # `nohup` wants the end of the terminal to be ignored.
            if signal.getsignal(number) is signal.SIG_DFL:
                before[number] = signal.signal(number, hear)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
