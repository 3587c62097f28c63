"""Training in a thread of its own while this one shows how it goes and listens for Ctrl-C."""

import threading
from collections.abc import Callable
from typing import Protocol

from engine.training.messages import TrainingControl, TrainingFinished, TrainingMonitor, TrainingProgress

_LOOK_INTERVAL_SECONDS = 0.1


class Watcher(Protocol):
    """Whoever shows the progress."""

    def update(self, progress: TrainingProgress) -> None:
        """Show what is new."""

    def close(self) -> None:
        """The end, whether it went well or not."""


def run_watched(
    fit: Callable[[], TrainingFinished], monitor: TrainingMonitor, control: TrainingControl, watcher: Watcher
) -> tuple[TrainingFinished, bool]:
    """Run `fit` to its end.

    The first Ctrl-C asks the trainer to stop, which keeps the weights so far; a second one raises
    `KeyboardInterrupt`. Whatever `fit` raises is raised here.

    Returns:
        How the run ended, and whether it was interrupted.
    """
    results: list[TrainingFinished] = []
    errors: list[BaseException] = []
    # Not `thread.join(timeout)`: Python 3.11 takes a thread whose join was interrupted for a finished one.
    done = threading.Event()

    def work() -> None:
        try:
            results.append(fit())
        except BaseException as error:
            # Raised again below, in the thread that can do something about it.
            errors.append(error)
        finally:
            done.set()

    # A daemon, so that a second Ctrl-C ends the process whatever the thread is doing.
    thread = threading.Thread(target=work, name="training", daemon=True)
    interrupted = False
    thread.start()
    try:
        while not done.is_set():
            try:
                done.wait(_LOOK_INTERVAL_SECONDS)
                watcher.update(monitor.take())
            except KeyboardInterrupt:
                if interrupted:
                    raise
                interrupted = True
                control.stop()
        watcher.update(monitor.take())
    finally:
        watcher.close()
    if errors:
        raise errors[0]
    return results[0], interrupted
