"""A network with branches as plain values, and made again of them."""

from collections.abc import Mapping, Sequence
from typing import Any

from engine.layer_support.symbolic import Input, SymbolicTensor
from engine.layers import layer_from_config
from engine.sequential.graph_stage import Side


class DescribesGraph:
    """The part of a `Model` that tells how its layers belong together."""

    layers: list[Any]
    starts: Sequence[SymbolicTensor]
    _calls: list[tuple[int, tuple[int, ...]]]

    @property
    def graph(self) -> dict[str, Any] | None:
        """How the layers belong together: each step's layer and what it takes from; None for a chain."""
        if not self._calls:
            return None
        steps = [(self.layers[number], number, parents) for number, parents in self._calls]
        last = steps[-1]
        several = isinstance(last[0], Side)
        calls = [[number, list(parents)] for layer, number, parents in steps if not isinstance(layer, Side)]
        inputs = [{"shape": list(start.example_shape), "name": start.name} for start in self.starts]
        return {"inputs": inputs, "calls": calls, "outputs": list(last[2]) if several else [len(steps) - 1]}

    def config(self) -> list[dict[str, Any]]:
        """The layers as plain JSON values; how they belong together is in `graph`."""
        return [
            {"kind": layer.kind, **layer.config(), **layer.call_mode()}
            for layer in self.layers
            if not isinstance(layer, Side)
        ]

    @classmethod
    def from_description(cls, document: Mapping[str, Any]) -> Any:  # noqa: ANN401
        """The network that `config` and `graph` described, with weights drawn anew."""
        layers = [layer_from_config(config) for config in document["layers"]]
        graph = document.get("graph")
        if graph is None:
            # A chain, whose first layer is the input.
            chain = [[place, [place - 1]] for place in range(len(layers))]
            graph = {"inputs": [document["layers"][0]], "calls": chain, "outputs": [len(layers) - 1]}
        starts = [Input(given["shape"], name=given["name"]) for given in graph["inputs"]]
        values: list[Any] = []
        for place, (number, parents) in enumerate(graph["calls"]):
            layer, given = layers[number], [values[parent] for parent in parents if parent >= 0]
            if place < len(starts):
                values.append(starts[place])
            else:
                values.append(layer(given if layer.takes_several else given[0]))
        ends = [values[place] for place in graph["outputs"]]
        made: Any = cls
        return made(starts, ends if len(ends) > 1 else ends[0], name=document["name"])
