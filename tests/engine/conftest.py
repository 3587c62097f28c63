import numpy as np
import pytest
from reader_cases import COUNT

from engine.data import load_bundled


@pytest.fixture(scope="module")
def digits() -> tuple[np.ndarray, np.ndarray]:
    """MNIST-like (30, 28, 28) uint8 and labels, from the bundled tiles."""
    bundled = load_bundled()
    frames = np.zeros((COUNT, 28, 28), np.uint8)
    frames[:, 3:23, 5:25] = np.rint(bundled.images[:COUNT] * 255)
    return frames, bundled.labels[:COUNT].astype(np.uint8)
