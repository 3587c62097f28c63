"""Records operations on `Tensor`s and gives gradients of what came out."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np

import engine.core.matrix_gradients as rules
from engine.core.tensor import Node, Tensor, as_tensor, memory_of, node_of, recording
from engine.errors import EngineError

# The rules are there from the first tape on.
__all__ = ["GradientTape", "rules"]
# Where the ways back are made of functions that are recorded themselves.
_RULES = ("engine.core.gradient_rules", "engine.core.matrix_gradients")


class GradientTape:
    """Between `with` and its end operations are recorded, on parameters and on what is watched.

    Args:
        persistent: without effect: gradients may be asked for as often as wished.
        watch_accessed_variables: whether parameters are watched unasked.
    """

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._unasked = watch_accessed_variables
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

    def gradient(
        self,
        target: Any,  # noqa: ANN401 — a tensor, or several in a structure
        sources: Any,  # noqa: ANN401 — the same
        output_gradients: Any = None,  # noqa: ANN401 — shaped like the target
        unconnected_gradients: str = "none",
    ) -> Any:  # noqa: ANN401 — as the sources are given
        """The gradients of a target (its sum, where it has several numbers) at one source or several.

        None, or zeros if `unconnected_gradients` is "zero", for a source that the target does not depend on.
        """
        if isinstance(sources, Mapping):
            found = self.gradient(target, list(sources.values()), output_gradients, unconnected_gradients)
            return dict(zip(sources, found, strict=True))
        if isinstance(sources, list | tuple) and any(isinstance(one, list | tuple | Mapping) for one in sources):
            return [self.gradient(target, source, output_gradients, unconnected_gradients) for source in sources]
        several = isinstance(sources, list | tuple)
        wanted = list(sources) if several else [sources]
        targets = list(target.values()) if isinstance(target, Mapping) else target
        targets = targets if isinstance(targets, list | tuple) else [targets]
        seeds = output_gradients if isinstance(output_gradients, list | tuple) else [output_gradients] * len(targets)
        found = self._walk(targets, seeds)
        nodes = [self._node(source) for source in wanted]
        gradients = [
            None if node is None or node.number not in found else _shaped(found[node.number], source)
            for source, node in zip(wanted, nodes, strict=True)
        ]
        if unconnected_gradients == "zero":
            gradients = [
                as_tensor(np.zeros_like(np.asarray(source))) if gradient is None else gradient
                for source, gradient in zip(wanted, gradients, strict=True)
            ]
        return gradients if several else gradients[0]

    def jacobian(self, target: Any, sources: Any, **settings: Any) -> Any:  # noqa: ANN401 — tensors
        """The gradient of each number of a target, (*target's shape, *source's shape); None as for `gradient`."""
        if isinstance(sources, list | tuple):
            return [self.jacobian(target, source) for source in sources]
        rows = []
        for place in range(np.size(target)):
            seed = np.zeros(np.size(target), target.dtype)
            seed[place] = 1
            rows.append(self.gradient(target, sources, seed.reshape(np.shape(target))))
        if not rows or rows[0] is None:
            return None
        return as_tensor(np.reshape(np.stack(rows), (*np.shape(target), *np.shape(sources))))

    def watched_variables(self) -> tuple[Any, ...]:
        """The parameters that were met."""
        return tuple(value for value, _ in self._leaves.values()) if self._unasked else ()

    def _node(self, source: Any) -> Node | None:  # noqa: ANN401 — a tensor
        if getattr(source, "node", None) is not None:
            node: Node = source.node
            return node
        known = self._leaves.get(memory_of(np.asarray(source))) if self._unasked else None
        return None if known is None else known[1]

    def _walk(self, targets: Sequence[Any], seeds: Sequence[Any]) -> dict[int, Any]:
        """Node number → gradient, from the last node to the first."""
        found: dict[int, Any] = {}
        waiting: dict[int, Node] = {}
        # Where an outer tape records, it records the walk, too.
        again = recording.depth > 0
        for target, seed in zip(targets, seeds, strict=True):
            node = node_of(target) or self._node(target)
            if node is not None:
                start = np.ones(np.shape(target), target.dtype) if seed is None else seed
                start = as_tensor(start) if again else np.asarray(start)
                found[node.number] = found[node.number] + start if node.number in found else start
                waiting[node.number] = node
        while waiting:
            node = waiting.pop(max(waiting))
            for parent, pull in node.parents:
                part = _recorded_pull(node, parent, pull, found[node.number]) if again else pull(found[node.number])
                known = found.get(parent.number)
                found[parent.number] = part if known is None else known + part
                waiting[parent.number] = parent
        return found


def _shaped(gradient: Any, source: Any) -> Any:  # noqa: ANN401 — arrays
    """A gradient like its source, and still recorded where an outer tape records it."""
    if isinstance(gradient, Tensor) and gradient.node is not None:
        return np.reshape(gradient.astype(source.dtype), np.shape(source))
    return as_tensor(np.asarray(gradient, source.dtype).reshape(np.shape(source)))


def _recorded_pull(node: Node, parent: Node, pull: Any, gradient: Any) -> Any:  # noqa: ANN401 — tensors
    """The gradient one step back, which depends on the gradient here and on what the step computed with."""
    if getattr(pull, "__module__", "") not in _RULES:
        # A layer's own way back is a plain computation: whoever asks for its slope is told.
        part = as_tensor(pull(np.asarray(gradient)))
        part.node = Node([(parent, _refuse_second)])
        return part
    recording.walked = node
    try:
        return pull(gradient)
    finally:
        recording.walked = None


def _refuse_second(gradient: Any) -> Any:  # noqa: ANN401
    raise EngineError("A gradient of a gradient through a layer is not there: write the layer as a formula.")
