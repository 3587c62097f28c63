"""The Inspect tab: the model opened, with the drawing in it."""
