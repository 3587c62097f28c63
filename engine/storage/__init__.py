"""Models on disk: safetensors files that carry architecture, labels and preprocessing."""
