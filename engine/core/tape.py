"""Records operations on `Tensor`s and gives gradients of what came out."""

from collections.abc import Sequence
from typing import Any, Self

import numpy as np

import engine.core.gradient_rules as rules
from engine.core.tensor import Node, Tensor, as_tensor, memory_of, node_of, recording
from engine.errors import EngineError

# The rules are there from the first tape on.
__all__ = ["GradientTape", "rules"]


class GradientTape:
    """Between `with` and its end operations are recorded, on parameters and on what is watched.

    Args:
        persistent: without effect: gradients may be asked for as often as wished.
        watch_accessed_variables: only True.
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._leaves: dict[Any, tuple[Any, Node]] = {}

    def __enter__(self) -> Self:
        if recording.leaves is None:
            recording.leaves = {}
        self._leaves = recording.leaves
        recording.depth += 1
        return self

    def __exit__(self, *error: object) -> None:
        recording.depth -= 1
        if not recording.depth:
            recording.leaves = None

    def watch(self, tensor: Any) -> None:  # noqa: ANN401 — a tensor, or several
        """Ask for gradients at an array that is no parameter; `EngineError` for what is no `Tensor`."""
        for one in tensor if isinstance(tensor, list | tuple) else [tensor]:
            if not isinstance(one, Tensor):
                raise EngineError("What is watched has to be a tensor: use convert_to_tensor first.")
            one.node = one.node or Node()

    def gradient(self, target: Any, sources: Any, output_gradients: Any = None) -> Any:  # noqa: ANN401
        """The gradients of a target (its sum, where it has several numbers) at one source or several.

        None for a source that the target does not depend on.
        """
        several = isinstance(sources, list | tuple)
        wanted = list(sources) if several else [sources]
        targets = target if isinstance(target, list | tuple) else [target]
        seeds = output_gradients if isinstance(output_gradients, list | tuple) else [output_gradients] * len(targets)
        found = self._walk(targets, seeds)
        nodes = [self._node(source) for source in wanted]
        gradients = [
            None
            if node is None or node.number not in found
            else as_tensor(np.asarray(found[node.number], source.dtype).reshape(np.shape(source)))
            for source, node in zip(wanted, nodes, strict=True)
        ]
        return gradients if several else gradients[0]

    def _node(self, source: Any) -> Node | None:  # noqa: ANN401 — a tensor
        if getattr(source, "node", None) is not None:
            node: Node = source.node
            return node
        known = self._leaves.get(memory_of(np.asarray(source)))
        return None if known is None else known[1]

    def _walk(self, targets: Sequence[Any], seeds: Sequence[Any]) -> dict[int, Any]:
        """Node number → gradient, from the last node to the first."""
        found: dict[int, Any] = {}
        waiting: dict[int, Node] = {}
        for target, seed in zip(targets, seeds, strict=True):
            node = node_of(target) or self._node(target)
            if node is not None:
                start = np.ones(np.shape(target), target.dtype) if seed is None else np.asarray(seed)
                found[node.number] = found[node.number] + start if node.number in found else start
                waiting[node.number] = node
        while waiting:
            node = waiting.pop(max(waiting))
            for parent, pull in node.parents:
                part = pull(found[node.number])
                known = found.get(parent.number)
                found[parent.number] = part if known is None else known + part
                waiting[parent.number] = parent
        return found
