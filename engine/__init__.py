"""The numerical engine of DigitLab: layers, losses, optimizers, training and the path from ink to features."""
