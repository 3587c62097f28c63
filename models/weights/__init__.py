"""Trained models that come with DigitLab; README.md says how each was made and how good it is."""
