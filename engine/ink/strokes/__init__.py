"""From pen strokes to 20×20 features: the centre line is fitted and repainted with one pen."""
