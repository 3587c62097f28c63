"""What every layer rests on: parameters in one flat vector, initializers, activations, random streams, safe files."""
