"""A network as a table of text: layer, output shape, number of parameters."""

from engine.layer_support.shapes import with_batch
from engine.network.layer_stack import LayerStack

_HEADINGS = ("Layer (kind)", "Output shape", "Parameters")


def summary_text(network: LayerStack) -> str:
    """One line a layer and the totals below, as Keras' `summary` prints them; question marks before it is built."""
    rows = [
        (
            f"{layer.name} ({layer.kind})",
            with_batch(layer.output_shape) if layer.output_shape else "?",
            f"{layer.count_params():,}" if layer.output_shape else "not built: 0",
        )
        for layer in network.layers
    ]
    widths = [max(len(row[column]) for row in (*rows, _HEADINGS)) for column in range(3)]

    def line(row: tuple[str, str, str]) -> str:
        return f" {row[0]:<{widths[0]}}  {row[1]:<{widths[1]}}  {row[2]:>{widths[2]}}"

    rule = "─" * (sum(widths) + 6)
    trainable, untrained = network.store.values.size, network.store.state.size
    taken = with_batch(network.example_shape) if network.built else "not known yet"
    return "\n".join(
        [
            f"Network: {network.name!r}, inputs {taken}, {network.dtype}",
            rule,
            line(_HEADINGS),
            rule,
            *map(line, rows),
            rule,
            f" Parameters: {trainable + untrained:,} (trainable: {trainable:,}, not trained: {untrained:,})",
        ]
    )
