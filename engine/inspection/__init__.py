"""What a trained network does with one example, in numbers: for whoever wants to see the formulas at work."""
