"""A set of labelled digits as features, and how it is split."""

import hashlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import FloatArray, IntArray
from engine.errors import ConfigurationError, DataError


@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Dataset:
    """Digits with their labels; sizes, types and ranges are checked when it is made.

    Attributes:
        images: (count, 20, 20) float32 in [0, 1], 0 is background and 1 is ink.
        labels: (count,) int64, 0–9.
        name: what to call it in the window and in reports.
        writers: (count,) int64, who wrote each digit, or None where that is unknown.
        originals: (count, 28, 28) uint8, the images as they came where they came like MNIST's, 0 is background; None
            for others.
        guesses: how the digits were read, a few words for each guess; empty where nothing had to be guessed.

    Raises:
        DataError: an array has the wrong shape or holds a value out of range; the text starts with the name.
    """

    images: FloatArray
    labels: NDArray[np.int64]
    name: str = ""
    writers: NDArray[np.int64] | None = None
    originals: NDArray[np.uint8] | None = None
    guesses: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        name = self.name or "The data set"
        images = np.ascontiguousarray(self.images, np.float32)
        if images.ndim != 3 or images.shape[1:] != (20, 20):
            raise DataError(f"{name}: the images have the shape {images.shape}; (count, 20, 20) is needed.")
        object.__setattr__(self, "images", images)
        object.__setattr__(self, "labels", _whole_numbers(self.labels, len(images), name, "labels"))
        if len(images) and not (float(images.min()) >= 0.0 and float(images.max()) <= 1.0):
            raise DataError(f"{name}: pixel values have to be numbers from 0 to 1.")
        if len(images) and not (self.labels.min() >= 0 and self.labels.max() <= 9):
            wrong = int(np.flatnonzero((self.labels < 0) | (self.labels > 9))[0])
            raise DataError(f"{name}: label {self.labels[wrong]} of image {wrong + 1} is not a digit from 0 to 9.")
        if self.writers is not None:
            object.__setattr__(self, "writers", _whole_numbers(self.writers, len(images), name, "writers"))
        if self.originals is not None and (
            self.originals.shape != (len(images), 28, 28) or self.originals.dtype != np.uint8
        ):
            raise DataError(
                f"{name}: the original images are {self.originals.dtype} of the shape {self.originals.shape}; "
                "uint8 of (count, 28, 28) is needed."
            )

    def __len__(self) -> int:
        return len(self.images)

    @property
    def fingerprint(self) -> str:
        """Equal for equal images with equal labels in the same order: 32 hexadecimal digits."""
        digest = hashlib.blake2b(self.images.data, digest_size=16)
        digest.update(self.labels.data)
        return digest.hexdigest()

    def subset(self, indices: IntArray | NDArray[np.bool_], name: str | None = None) -> "Dataset":
        """A copy of the chosen examples, in the order of `indices` (whole numbers or a mask)."""
        writers = None if self.writers is None else self.writers[indices]
        originals = None if self.originals is None else self.originals[indices]
        name = self.name if name is None else name
        return Dataset(self.images[indices], self.labels[indices], name, writers, originals, self.guesses)


def _whole_numbers(values: NDArray[np.int64], count: int, name: str, what: str) -> NDArray[np.int64]:
    array = np.asarray(values)
    if array.shape != (count,):
        raise DataError(f"{name}: there are {count} images but {what} of the shape {array.shape}.")
    if array.dtype.kind not in "iu":
        raise DataError(f"{name}: the {what} have to be whole numbers, not {array.dtype}.")
    return np.ascontiguousarray(array, np.int64)


def split_stratified(dataset: Dataset, validation: int | float, seed: int = 0) -> tuple[Dataset, Dataset]:
    """Cut a data set in two so that both parts hold the digits in equal shares, each part shuffled.

    Args:
        dataset: what to cut.
        validation: size of the second part: a count, or a fraction in (0, 1).
        seed: of the shuffling; equal seeds give equal parts.

    Returns:
        (training, validation).

    Raises:
        ConfigurationError: the second part would be empty, or the first.
    """
    training, held_out = split_places(dataset.labels, validation, seed)
    return dataset.subset(training), dataset.subset(held_out)


def split_places(
    labels: NDArray[np.int64], validation: int | float, seed: int = 0
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The places that `split_stratified` puts into its two parts, for labels (n,).

    Raises:
        ConfigurationError: the second part would be empty, or the first.
    """
    count = len(labels)
    wanted = held_out_count(count, validation) if 0 < validation < 1 else int(validation)
    if not 0 < wanted < count:
        raise ConfigurationError(
            f"The validation part has to hold from 1 to {count - 1} of the {count} digits, not {wanted}."
            if count > 1
            else "One digit cannot be split into training and validation digits: add another one.",
            "validation",
        )
    rng = np.random.default_rng(seed)
    shuffled = rng.permutation(count)
    taken = np.zeros(count, bool)
    for digit, share in zip(*_shares(labels, wanted), strict=True):
        taken[shuffled[labels[shuffled] == digit][:share]] = True
    mask = taken[shuffled]
    return shuffled[~mask], shuffled[mask]


def held_out_count(count: int, share: float) -> int:
    """How many of `count` digits a share of them is: one at least, and one at least stays on the other side."""
    return min(max(round(share * count), 1), count - 1)


def _shares(labels: NDArray[np.int64], wanted: int) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """How many of each digit make up `wanted`: proportional, the largest remainders rounded up."""
    digits, counts = np.unique(labels, return_counts=True)
    exact = counts * (wanted / counts.sum())
    shares = np.floor(exact).astype(np.int64)
    largest_remainders = np.argsort(shares - exact, kind="stable")[: wanted - int(shares.sum())]
    shares[largest_remainders] += 1
    return digits, shares
