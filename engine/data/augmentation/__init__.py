"""Varied copies of training examples: moved and bent images, redrawn strokes, turned digits."""
