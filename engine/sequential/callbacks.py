"""Callbacks with Keras' hooks: `(epoch, logs)`, epochs counted from 0."""

import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from engine.errors import ConfigurationError

Logs = dict[str, Any]


class Callback:
    """Base class: override what is needed.

    Attributes:
        model: the network that is trained.
        params: "epochs", "steps" and "verbose" of the fit.

    Raises:
        ConfigurationError: a setting makes no sense; the sentence names it.
    """

    model: Any = None
    params: Mapping[str, Any] = {}

    def set_model(self, model: Any) -> None:  # noqa: ANN401 — a `Sequential`, which names this module
        """Take the network, before training begins."""
        self.model = model

    def set_params(self, params: Mapping[str, Any]) -> None:
        """Take the settings of the fit, before training begins."""
        self.params = params

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Before the first batch."""

    def on_train_end(self, logs: Logs | None = None) -> None:
        """After the last epoch."""

    def on_epoch_begin(self, epoch: int, logs: Logs | None = None) -> None:
        """Before the first batch of an epoch."""

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """After the validation of an epoch; what is written into `logs` appears in the history."""

    def on_train_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """Before a step."""
        self.on_batch_begin(batch, logs)

    def on_train_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """After a step; the logs hold the epoch's means so far."""
        self.on_batch_end(batch, logs)

    def on_test_begin(self, logs: Logs | None = None) -> None:
        """Before an evaluation, also that of the validation data."""

    def on_test_end(self, logs: Logs | None = None) -> None:
        """After it; the logs hold its metrics."""

    def on_test_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """For each batch of an evaluation, once it is done as a whole."""

    def on_test_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """The same; the logs hold the metrics of the whole."""

    def on_predict_begin(self, logs: Logs | None = None) -> None:
        """Before a prediction."""

    def on_predict_end(self, logs: Logs | None = None) -> None:
        """After it."""

    def on_predict_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """For each batch of a prediction, once it is done as a whole."""

    def on_predict_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """The same."""

    def on_batch_begin(self, batch: int, logs: Logs | None = None) -> None:
        """The older name of `on_train_batch_begin`."""

    def on_batch_end(self, batch: int, logs: Logs | None = None) -> None:
        """The older name of `on_train_batch_end`."""


class LambdaCallback(Callback):
    """A callback of single functions, under the names of the hooks.

    Raises:
        ConfigurationError: there is no such hook.
    """

    def __init__(self, **functions: Callable[..., object] | None) -> None:
        unknown = [name for name in functions if not name.startswith("on_") or not hasattr(Callback, name)]
        if unknown:
            raise ConfigurationError(f"A callback has no hook {unknown[0]!r}.", "callbacks")
        for name, function in functions.items():
            if function is not None:
                setattr(self, name, function)


class History(Callback):
    """What `fit` gives back.

    Attributes:
        history: lists with one entry an epoch: loss, accuracy, val_loss, val_accuracy, …
        epoch: number of each epoch, from 0.
        finished: how the run ended, once it has; see `engine.training.messages.TrainingFinished`.
    """

    def __init__(self) -> None:
        self.history: dict[str, list[Any]] = {}
        self.epoch: list[int] = []
        self.finished: Any = None

    def on_train_begin(self, logs: Logs | None = None) -> None:
        """Start anew."""
        self.history, self.epoch = {}, []

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Take the metrics of an epoch."""
        self.epoch.append(epoch)
        for name, value in (logs or {}).items():
            self.history.setdefault(name, []).append(value)


class CallbackList(Callback):
    """Several callbacks as one, for training loops of one's own.

    Args:
        callbacks: told in this order.
        add_history: whether a `History` is among them.
        add_progbar: whether a line an epoch is written.
        model: what they watch.
        params: "epochs", "steps" and "verbose".
    """

    def __init__(
        self,
        callbacks: Sequence[Callback] | None = None,
        add_history: bool = False,
        add_progbar: bool = False,
        model: Any = None,  # noqa: ANN401
        **params: Any,  # noqa: ANN401
    ) -> None:
        self.callbacks = list(callbacks or ())
        if add_history:
            self.callbacks.append(History())
        if add_progbar:
            self.callbacks.append(ProgressLines(sys.stdout.write))
        self.set_model(model)
        self.set_params(params)

    def append(self, callback: Callback) -> None:
        """Tell one more."""
        self.callbacks.append(callback)

    def __getattribute__(self, name: str) -> Any:  # noqa: ANN401
        if not name.startswith(("on_", "set_")):
            return object.__getattribute__(self, name)

        def pass_on(*given: Any) -> None:  # noqa: ANN401
            tell(self.callbacks, name, *given)

        return pass_on


class ProgressLines(Callback):
    """A line an epoch.

    Args:
        write: takes each line.
    """

    def __init__(self, write: Callable[[str], object]) -> None:
        self._write = write

    def on_epoch_end(self, epoch: int, logs: Logs | None = None) -> None:
        """Write the metrics of an epoch."""
        shown = [f"{name}: {value:.4f}" for name, value in (logs or {}).items() if isinstance(value, float)]
        self._write(f"Epoch {epoch + 1}/{self.params['epochs']} - {' - '.join(shown)}\n")


def tell(callbacks: Sequence[Callback], hook: str, *given: Any) -> None:  # noqa: ANN401 — what the hook takes
    """Call a hook of all callbacks."""
    for callback in callbacks:
        getattr(callback, hook)(*(given or ({},)))


def tell_batches(callbacks: Sequence[Callback], what: str, examples: int, size: int | None, metrics: Logs) -> None:
    """After an evaluation ("test") or a prediction: the hooks of its batches, then that of its end."""
    for number in range(-(-examples // (size or 32)) if callbacks else 0):
        tell(callbacks, f"on_{what}_batch_begin", number, {})
        tell(callbacks, f"on_{what}_batch_end", number, dict(metrics))
    tell(callbacks, f"on_{what}_end", dict(metrics))
