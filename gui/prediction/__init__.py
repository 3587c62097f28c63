"""What the chosen model says about the drawing: headline, chips, bars, dial and the 20×20 preview."""
