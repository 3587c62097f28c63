"""A network as people build it: rows that can be edited, right or wrong, and an output row that fits the question."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Self

from engine.core.parameters import Shape
from engine.errors import ConfigurationError
from engine.layers import Dense, Layer, layer_from_config
from engine.network.row_kinds import ROW_KINDS

MOST_ROWS = 100
# The settings of the output row, beside the number of its units.
OUTPUT_DEFAULTS: Mapping[str, Any] = {
    "use_bias": True,
    "kernel_initializer": "zeros",
    "bias_initializer": "zeros",
    "kernel_regularizer": None,
    "bias_regularizer": None,
}


@dataclass(frozen=True, slots=True)
class LayerRow:
    """A hidden layer: its kind, a key of `ROW_KINDS`, and its settings as plain JSON values."""

    kind: str
    settings: Mapping[str, Any] = field(default_factory=dict)

    def layer(self) -> Layer:
        """A new layer.

        Raises:
            ConfigurationError: a setting makes no sense.
        """
        return layer_from_config({"kind": self.kind, **self.settings})

    def with_setting(self, name: str, value: object) -> Self:
        """The row with one setting changed."""
        return replace(self, settings={**self.settings, name: value})


def new_row(kind: str) -> LayerRow:
    """A row of this kind with its first settings; an unknown kind raises `ConfigurationError`."""
    if kind not in ROW_KINDS:
        raise ConfigurationError(f"A network has no rows of kind {kind!r}; there are {', '.join(ROW_KINDS)}.", "kind")
    return LayerRow(kind, dict(ROW_KINDS[kind].defaults))


@dataclass(frozen=True, slots=True)
class NetworkDraft:
    """A network that is being built: hidden rows, none or more, then a dense layer with one unit an output.

    Images that reach the output row are flattened there, so that zero hidden layers are a network too.

    Attributes:
        rows: the hidden layers, in order.
        outputs: how many numbers the network gives.
        output: settings of the output row, see `OUTPUT_DEFAULTS`.
        output_activation: what the outputs go through, for losses that take no logits; "" for nothing.
        input_shape: of one input.
    """

    rows: tuple[LayerRow, ...]
    outputs: int
    output: Mapping[str, Any] = field(default_factory=lambda: dict(OUTPUT_DEFAULTS))
    output_activation: str = ""
    input_shape: Shape = (20, 20, 1)

    @classmethod
    def of_layers(cls, layers: Sequence[Layer], input_shape: Shape = (20, 20, 1)) -> Self:
        """The draft of a chain that ends with a dense layer, such as a preset's.

        Raises:
            ConfigurationError: the chain ends with something else, or holds a layer that rows cannot say.
        """
        hidden, last = layers[:-1], layers[-1] if layers else None
        if type(last) is not Dense or last.end is not None:
            raise ConfigurationError("Only a network whose last layer is dense, without an activation, can be edited.")
        rows = []
        for layer in hidden:
            if layer.kind not in ROW_KINDS:
                raise ConfigurationError(f"A layer of kind {layer.kind!r} cannot be edited.")
            given = layer.config()
            known = ROW_KINDS[layer.kind].defaults
            rows.append(LayerRow(layer.kind, {name: given.get(name, first) for name, first in known.items()}))
        given = last.config()
        output = {name: given.get(name, first) for name, first in OUTPUT_DEFAULTS.items()}
        return cls(tuple(rows), last.units, output, "", input_shape)

    # Edits; each gives another draft.

    def inserted(self, index: int, row: LayerRow) -> Self:
        """With a row in front of the one at `index`."""
        return replace(self, rows=(*self.rows[:index], row, *self.rows[index:]))

    def without(self, index: int) -> Self:
        """Without a row."""
        return replace(self, rows=(*self.rows[:index], *self.rows[index + 1 :]))

    def replaced(self, index: int, row: LayerRow) -> Self:
        """With another row in place of one."""
        return replace(self, rows=(*self.rows[:index], row, *self.rows[index + 1 :]))

    def moved(self, index: int, place: int) -> Self:
        """With a row at another place, counted in the list as it is then."""
        return self.without(index).inserted(place, self.rows[index])

    def with_output(self, name: str, value: object) -> Self:
        """With one setting of the output row changed."""
        return replace(self, output={**self.output, name: value})

    # The network.

    def last_layers(self, shape: Shape) -> list[Layer]:
        """What turns numbers of this shape into the outputs.

        Raises:
            ConfigurationError: a setting of the output row makes no sense.
        """
        flatten = [] if len(shape) == 1 else [layer_from_config({"kind": "flatten"})]
        activation = self.output_activation or None
        dense = {"kind": "dense", **self.output, "units": self.outputs, "activation": activation}
        return [*flatten, layer_from_config(dense)]

    def layers(self) -> list[Layer]:
        """New layers of the whole network, in order.

        Raises:
            ConfigurationError, ShapeError: a row is wrong.
        """
        shape = self.input_shape
        for row in self.rows:
            shape = row.layer().build(shape, None)
        return [*(row.layer() for row in self.rows), *self.last_layers(shape)]

    def to_dict(self) -> dict[str, Any]:
        """Rows and output settings as plain JSON values."""
        return {"rows": [{"kind": row.kind, **row.settings} for row in self.rows], "output": dict(self.output)}

    @classmethod
    def from_dict(cls, value: Mapping[str, Any], outputs: int, output_activation: str = "") -> Self:
        """The draft that `to_dict` gave; rows may be wrong in their settings, not in their kind.

        Raises:
            ConfigurationError: this is none.
        """
        rows, output = value.get("rows"), value.get("output")
        if not isinstance(rows, list) or len(rows) > MOST_ROWS or not isinstance(output, Mapping):
            raise ConfigurationError(f"A network is a list of at most {MOST_ROWS} rows, and an output row.")
        made = []
        for number, row in enumerate(rows, start=1):
            kind = row.get("kind") if isinstance(row, Mapping) else None
            if not isinstance(kind, str) or kind not in ROW_KINDS:
                raise ConfigurationError(f"Row {number} is of no kind that is known, but {kind!r}.")
            known = ROW_KINDS[kind].defaults
            if unknown := sorted(set(row) - {"kind", *known}):
                raise ConfigurationError(f"Row {number}, {kind}, has no setting {unknown[0]!r}.")
            made.append(LayerRow(kind, {name: row.get(name, first) for name, first in known.items()}))
        if unknown := sorted(set(output) - set(OUTPUT_DEFAULTS)):
            raise ConfigurationError(f"The output row has no setting {unknown[0]!r}.")
        return cls(tuple(made), outputs, {**OUTPUT_DEFAULTS, **output}, output_activation)
