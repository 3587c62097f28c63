"""How good predictions are: metrics and calibrated probabilities."""
