"""The thumbnail of a run's curve: its watched loss over the epochs as a small SVG picture."""

import math
from collections.abc import Sequence

from engine.training.callbacks import watched_loss
from engine.training.messages import EpochEnded

_WIDTH, _HEIGHT = 88, 36


def curve_svg(events: Sequence[EpochEnded]) -> str:
    """The picture; a run without a finite loss gives an empty one."""
    losses = [loss for event in events if math.isfinite(loss := watched_loss(event))]
    # More points than pixels say nothing more.
    losses = losses[:: max(1, len(losses) // _WIDTH)]
    low, spread = min(losses, default=0.0), max(losses, default=0.0) - min(losses, default=0.0)
    points = " ".join(
        f"{_WIDTH * place / max(1, len(losses) - 1):.1f},{_HEIGHT * (1 - (loss - low) / spread if spread else 0.5):.1f}"
        for place, loss in enumerate(losses)
    )
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="-3 -3 {_WIDTH + 6} {_HEIGHT + 6}">'
        f'<polyline points="{points}" fill="none" stroke="#0b6bcb" stroke-width="2"/></svg>\n'
    )
