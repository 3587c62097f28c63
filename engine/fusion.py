"""Chooses the stages that run in place of a list of layers: the same function in fewer, larger steps."""

from collections.abc import Sequence

from engine.layers.base import Layer


def plan(layers: Sequence[Layer]) -> list[Layer]:
    """The stages to run for `layers`, which are built; they share the layers' parameters."""
    return list(layers)
