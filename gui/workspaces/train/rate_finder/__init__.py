"""The finder of learning rates: curves, a band worth trying, and a line that can be dragged."""
