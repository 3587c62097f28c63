"""A convolution layer is a few nested loops.

python docs/examples/convolution_by_hand.py
"""

import numpy as np

from engine import Conv2D, Sequential


def written_out(images, kernel, bias):
    """Every output pixel: the sum of the window under the kernel, over all channels, plus the bias ("valid")."""
    count, height, width, channels = images.shape
    kernel_height, kernel_width, _, filters = kernel.shape
    result = np.zeros((count, height - kernel_height + 1, width - kernel_width + 1, filters))
    for n in range(count):
        for row in range(result.shape[1]):
            for column in range(result.shape[2]):
                for f in range(filters):
                    total = bias[f]
                    for i in range(kernel_height):
                        for j in range(kernel_width):
                            for c in range(channels):
                                total += images[n, row + i, column + j, c] * kernel[i, j, c, f]
                    result[n, row, column, f] = total
    return result


def compare():
    """The same by loops and by the engine."""
    rng = np.random.default_rng(0)
    images = rng.normal(size=(2, 7, 6, 3))
    network = Sequential([Conv2D(4, 3, padding="valid")], dtype=np.float64)
    network.build(images.shape[1:])
    kernel, bias = rng.normal(size=(3, 3, 3, 4)), rng.normal(size=4)
    network.set_weights([kernel, bias])
    return written_out(images, kernel, bias), network.predict(images)


def main():
    loops, layer = compare()
    print(f"output {layer.shape}, largest difference {np.abs(loops - layer).max():.1e}")


if __name__ == "__main__":
    main()
