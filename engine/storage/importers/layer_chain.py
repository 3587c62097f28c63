"""A chain of layers that grows, under values whose axes lie in another order.

ONNX has the channels first, our layers have them last, and files turn, cut and flatten in between. None of that is
done at once: the turns are kept, and a layer that needs an order finds out whether it is there already. For most
networks it is, and the chain holds the layers alone.
"""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray, Shape
from engine.errors import EngineError, ModelFileError
from engine.layers import Layer, layer_from_config
from engine.layers.kernel_layer import KernelLayer
from engine.storage.importers.importer import MOST_PARAMETERS

INPUT_SHAPES = ((20, 20), (20, 20, 1), (400,))
_MOST_LAYERS = 200
_MOST_VALUES = 500_000
# Together in one answer: the largest preset needs 12 million.
_MOST_PRODUCTS = 1_000_000_000


class LayerChain:
    """Layers with their weights, and the shape of the values as the file sees them.

    Args:
        shape: of the file's input, without the batch.

    Attributes:
        layers: built, without weights.
        weights: of each layer, arrays in the order of its specs.
        input_shape: of the first layer.
        shape: of the values now, as the file sees them.
    """

    def __init__(self, shape: Shape) -> None:
        self.layers: list[Layer] = []
        self.weights: list[list[FloatArray]] = []
        self.shape = shape
        # What the values are for us: one shape, and the turns that make the file's values of them.
        inside = tuple(size for size in shape if size != 1)
        self.input_shape: Shape = inside if len(shape) < 3 else (20, 20, 1)
        self._ours: Shape = self.input_shape
        self._turns: list[tuple[str, Shape]] = [("reshape", shape)]
        self._products = self._parameters = 0

    # What the file does.

    def reshape(self, shape: Sequence[int]) -> None:
        """Cut the same values otherwise; raises `ModelFileError` where they are not as many."""
        if math.prod(shape) != math.prod(self.shape):
            raise ModelFileError(f"cuts {self.shape} into {tuple(shape)}, which does not fit.")
        self.shape = tuple(shape)
        self._turns.append(("reshape", self.shape))

    def transpose(self, order: Sequence[int]) -> None:
        """Turn the axes; raises `ModelFileError` where the order is none."""
        if sorted(order) != list(range(len(self.shape))):
            raise ModelFileError(f"turns {len(self.shape)} axes by {tuple(order)}, which is no order of them.")
        self.shape = tuple(self.shape[axis] for axis in order)
        self._turns.append(("transpose", tuple(order)))

    # What the layers need.

    def arrange(self, order: Sequence[int]) -> Shape:
        """Let our values be the file's in this order of their axes; layers are added only where they have to be.

        Returns:
            The shape for the next layer.
        """
        wanted = tuple(self.shape[axis] for axis in order)
        if not self._lies(order, wanted):
            for kind, turn in self._turns:
                config = {"target_shape": list(turn)} if kind == "reshape" else {"dims": [axis + 1 for axis in turn]}
                self._append({"kind": "reshape" if kind == "reshape" else "permute", **config})
            self._turns = []
            if tuple(order) != tuple(range(len(order))):
                self._append({"kind": "permute", "dims": [axis + 1 for axis in order]})
        if self._ours != wanted:
            if not self.layers and wanted in INPUT_SHAPES:
                self.input_shape = self._ours = wanted
            else:
                self._append(
                    {"kind": "flatten"} if len(wanted) == 1 else {"kind": "reshape", "target_shape": list(wanted)}
                )
        # From here on the file's values are ours, turned back.
        self._turns = [("transpose", tuple(int(place) for place in np.argsort(order)))]
        return wanted

    def rows(self) -> NDArray[np.int64]:
        """Let our values be one row, in whatever order; gives the place of each of the file's in it, (n,)."""
        places = self._places().reshape(-1)
        if len(self._ours) != 1:
            if not self.layers and (math.prod(self._ours),) == (400,):
                self.input_shape = self._ours = (400,)
            else:
                self._append({"kind": "flatten"})
        self._turns = []
        return places

    def add(self, config: Mapping[str, Any], weights: Sequence[FloatArray], order: Sequence[int]) -> None:
        """A layer on what was arranged, with its weights, arrays of any shape (…).

        `order` says how the file sees its outputs: its axes in terms of ours.

        Raises:
            ModelFileError: the layer is not possible, or the network becomes too large.
        """
        self._append(config, weights)
        self._turns = [("transpose", tuple(order))] if tuple(order) != tuple(range(len(order))) else []
        self.shape = tuple(self._ours[axis] for axis in order)

    def add_elementwise(self, config: Mapping[str, Any]) -> None:
        """A function of each value, at the end of the layer before where that has none yet."""
        last = self.layers[-1] if self.layers else None
        if isinstance(last, KernelLayer) and last.end is None:
            activation: Any = dict(config)
            if set(activation) == {"kind"}:
                activation = activation["kind"]
            self.change_last({"activation": activation}, self.weights[-1])
        else:
            self.add_anywhere(config)

    def add_anywhere(self, config: Mapping[str, Any]) -> None:
        """A layer without weights for which the order of the values does not matter."""
        self._append(config)

    def change_last(self, settings: Mapping[str, Any], weights: Sequence[FloatArray]) -> None:
        """Make the last layer anew with other settings and weights, arrays of any shape (…)."""
        last = self.layers.pop()
        del self.weights[-1]
        self._ours = last.input_shape
        self._append({"kind": last.kind, **last.config(), **settings}, weights)

    # Inside.

    def _places(self) -> NDArray[np.int64]:
        """The place in our values of each of the file's."""
        places = np.arange(math.prod(self._ours)).reshape(self._ours)
        for kind, turn in self._turns:
            places = places.reshape(turn) if kind == "reshape" else places.transpose(turn)
        return places

    def _lies(self, order: Sequence[int], wanted: Shape) -> bool:
        size = math.prod(wanted)
        return bool((self._places().transpose(order).reshape(-1) == np.arange(size)).all())

    def _append(self, config: Mapping[str, Any], weights: Sequence[FloatArray] = ()) -> None:
        if len(self.layers) >= _MOST_LAYERS:
            raise ModelFileError(f"has more than {_MOST_LAYERS} layers.")
        try:
            # Names are given anew by the network.
            layer = layer_from_config({key: value for key, value in config.items() if key != "name"})
            self._ours = layer.build(self._ours, None)
        except (EngineError, TypeError, ValueError, OverflowError) as error:
            raise ModelFileError(f"needs a layer that is not possible here: {str(error).rstrip('.')}.") from error
        for spec, array in zip(layer.specs, weights, strict=True):
            if array.shape != spec.shape:
                raise ModelFileError(
                    f"is damaged (its layer {len(self.layers) + 1}, {layer.kind}, needs a {spec.name} of shape "
                    f"{spec.shape}, the file holds {array.shape})."
                )
        self._charge(weights)
        self.layers.append(layer)
        self.weights.append(list(weights))

    def _charge(self, weights: Sequence[FloatArray]) -> None:
        values = math.prod(self._ours)
        kernel = weights[0].size if weights else 0
        positions = math.prod(self._ours[:-1])
        self._products += kernel * positions
        self._parameters += sum(array.size for array in weights)
        if values > _MOST_VALUES or self._products > _MOST_PRODUCTS or self._parameters > MOST_PARAMETERS:
            raise ModelFileError("is far larger than a network of 20×20 digits can be.")
