"""The placeholders of a network in the order in which they follow from each other."""

from collections.abc import Sequence
from typing import Any

from engine.errors import ConfigurationError, ShapeError
from engine.layer_support.structures import flatten
from engine.layer_support.symbolic import SymbolicTensor


def in_order(starts: Sequence[SymbolicTensor], ends: Sequence[SymbolicTensor]) -> list[SymbolicTensor]:
    """All tensors between inputs and outputs, each after its parents; `ShapeError` where there is no way."""
    order: list[SymbolicTensor] = []
    seen = {id(start) for start in starts}

    def visit(tensor: SymbolicTensor) -> None:
        if id(tensor) in seen:
            return
        seen.add(id(tensor))
        if tensor.producer is None:
            raise ShapeError("The outputs do not follow from the inputs: there is another Input before them.")
        for parent in tensor.parents:
            visit(parent)
        order.append(tensor)

    for end in ends:
        visit(end)
    return order


def placeholders(given: Any, what: str) -> list[SymbolicTensor]:  # noqa: ANN401 — in a structure
    """The placeholders in a structure; `ConfigurationError` for anything else."""
    leaves, _ = flatten(given)
    if not leaves or not all(isinstance(leaf, SymbolicTensor) for leaf in leaves):
        raise ConfigurationError(f"The {what} of a network are what Input and layers gave.", what)
    return leaves
