"""What a draft costs and where it is wrong, row by row; no weight is drawn for it."""

import math
from dataclasses import dataclass

from engine.core.parameters import Shape
from engine.errors import ConfigurationError, EngineError, ShapeError
from engine.layers import BatchNormalization, Layer, LayerNormalization, Rescaling
from engine.layers.kernel_layer import KernelLayer
from engine.network.draft import NetworkDraft

# More than this is a typing error rather than a network for 20×20 pixels.
MOST_PARAMETERS = 20_000_000
MOST_VALUES = 4_000_000


@dataclass(frozen=True, slots=True)
class RowAnalysis:
    """What is known of a row.

    Attributes:
        input_shape: of one example; behind a wrong row, what that row got.
        output_shape: the same of what it gives.
        parameters: numbers that it holds, trained or not.
        multiply_adds: products with weights for one example, forward.
        error: why the row is wrong, one sentence, or "".
    """

    input_shape: Shape
    output_shape: Shape
    parameters: int = 0
    multiply_adds: int = 0
    error: str = ""


@dataclass(frozen=True, slots=True)
class DraftAnalysis:
    """All rows, the output row last.

    Attributes:
        rows: one entry a row.
        layers: of how many layers each row consists.
    """

    rows: tuple[RowAnalysis, ...]
    layers: tuple[int, ...]

    @property
    def parameters(self) -> int:
        """Of all rows that are right."""
        return sum(row.parameters for row in self.rows)

    @property
    def multiply_adds(self) -> int:
        """Of all rows that are right."""
        return sum(row.multiply_adds for row in self.rows)

    @property
    def errors(self) -> tuple[tuple[int, str], ...]:
        """Place and sentence of every wrong row."""
        return tuple((place, row.error) for place, row in enumerate(self.rows) if row.error)


def analyze(draft: NetworkDraft) -> DraftAnalysis:
    """Shapes, costs and faults. A wrong row is passed over, so that what follows it is computed all the same."""
    found, counts, shape = [], [], draft.input_shape
    for row in draft.rows:
        try:
            layer = row.layer()
            found.append(_built([layer], shape))
        except (ConfigurationError, ShapeError) as error:
            found.append(RowAnalysis(shape, shape, error=str(error)))
        counts.append(1)
        shape = found[-1].output_shape
    try:
        layers = draft.last_layers(shape)
        found.append(_built(layers, shape))
        counts.append(len(layers))
    except (ConfigurationError, ShapeError) as error:
        found.append(RowAnalysis(shape, (draft.outputs,), error=str(error)))
        counts.append(1)
    return DraftAnalysis(tuple(found), tuple(counts))


def _built(layers: list[Layer], shape: Shape) -> RowAnalysis:
    first, parameters, products = shape, 0, 0
    for layer in layers:
        try:
            shape = tuple(layer.build(shape, None))
        except EngineError:
            raise
        except (TypeError, ValueError, OverflowError, MemoryError) as error:
            raise ConfigurationError(f"The settings of this row do not fit inputs of shape {shape}.") from error
        if not all(side > 0 for side in shape):
            raise ShapeError(f"Nothing is left of inputs of shape {first}: the windows are larger than they are.")
        parameters += sum(math.prod(spec.shape) for spec in layer.specs)
        if parameters > MOST_PARAMETERS:
            raise ConfigurationError(
                f"This row would have {parameters:,} parameters; more than {MOST_PARAMETERS:,} are not trained here."
            )
        if math.prod(shape) > MOST_VALUES:
            raise ConfigurationError(
                f"This row would give {math.prod(shape):,} numbers for each digit; {MOST_VALUES:,} are the most."
            )
        products += multiply_adds(layer)
    return RowAnalysis(first, shape, parameters, products)


def multiply_adds(layer: Layer) -> int:
    """Products with weights that a built layer computes for one example, forward: each with one sum.

    Every number of a kernel is used once a place of the output; additions alone, comparisons and functions are not
    counted.
    """
    places = math.prod(layer.output_shape[:-1])
    if isinstance(layer, KernelLayer):
        kernel = layer.specs[0].shape
        return places * math.prod(kernel)
    if isinstance(layer, BatchNormalization | LayerNormalization | Rescaling):
        return math.prod(layer.output_shape)
    return 0
