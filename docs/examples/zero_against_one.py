"""Is it a 0 or a 1?  Logistic regression on 20×20 pixels, and a look at what it has learnt.

The model is one weight a pixel and one for the constant:  p = σ(θ₀ + θ₁x₁ + … + θ₄₀₀x₄₀₀). It starts at θ = 0, where
every answer is ½ and the loss is ln 2, and L-BFGS ("unconstrained optimization") finds the minimum.

    python docs/examples/zero_against_one.py [theta.png]
"""

import sys

import numpy as np
from PIL import Image

from engine import LBFGS, BinaryCrossentropy, Dense, Sequential, load_bundled


def digits():
    """Flattened images of zeros and ones, and their labels."""
    data = load_bundled()
    chosen = data.labels < 2
    return data.images[chosen].reshape(-1, 400), data.labels[chosen]


def train(x, y):
    network = Sequential([Dense(1, kernel_initializer="zeros")])
    network.compile(loss=BinaryCrossentropy(from_logits=True), optimizer=LBFGS(), metrics=["accuracy"])
    history = network.fit(x, y, epochs=200, verbose=0)
    return network, history


def theta_of(network):
    """The course's column of 401 numbers: the constant first, then a weight a pixel."""
    kernel, bias = network.get_weights()
    return np.concatenate([bias[:, np.newaxis], kernel])


def picture(theta, pixel_size=16):
    """θ as an image: red pixels speak for a 1, blue ones for a 0, white ones do not matter."""
    weights = theta[1:].reshape(20, 20) / np.abs(theta[1:]).max()
    fade = (255 * (1 - np.abs(weights))).astype(np.uint8)
    full = np.full_like(fade, 255)
    red, blue = np.where(weights >= 0, full, fade), np.where(weights < 0, full, fade)
    image = Image.fromarray(np.stack([red, fade, blue], axis=-1))
    return image.resize((20 * pixel_size, 20 * pixel_size), Image.Resampling.NEAREST)


def main(path="theta.png"):
    x, y = digits()
    network, history = train(x, y)
    losses = history.history["loss"]
    loss, accuracy = network.evaluate(x, y, verbose=0)
    print(f"{len(x)} images; loss {losses[0]:.4f} after 1 iteration, {loss:.2g} after {len(losses)}")
    print(f"accuracy on the training set: {accuracy:.2%}")
    picture(theta_of(network)).save(path)
    print(f"θ is drawn in {path}")


if __name__ == "__main__":
    main(*sys.argv[1:])
