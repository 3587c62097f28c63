"""The part of a layer that is about penalties: on its weights, on its outputs, and what a `call` adds."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from engine.layer_support.added_losses import note, output_penalty


class ChargesOutputs:
    """What a layer adds to the loss of a batch.

    Attributes:
        added: by its last call, one number each.
        adds_losses: whether a call has added to the loss, or its code says that one may.
    """

    by_call: ClassVar[bool]
    activity_regularizer: Any
    weight_penalties: Callable[[], list[Any]]
    parts: Callable[[], list[Any]]
    added: list[Any]
    adds_losses = False

    def add_loss(self, loss: Any) -> None:  # noqa: ANN401 — a number, or several
        """Add numbers to the loss of the batch, from within `call`."""
        self.adds_losses = True
        for one in loss if isinstance(loss, list | tuple) else [loss]:
            self.added.append(note(one() if callable(one) else one))

    @property
    def losses(self) -> list[Any]:
        """The penalties on single parameters, and what the last call added, those of the parts included."""
        found = [*self.weight_penalties(), *self.added]
        for part in self.parts() if self.by_call else ():
            found += part.losses
        return found

    def charge_outputs(self, outputs: Sequence[Any]) -> None:
        """Note the penalty on what a call gave, (batch, …) each."""
        before = self.added if self.by_call else ()
        self.added = [*before, *(note(output_penalty(self, one)) for one in outputs)]
