"""Keras' `preprocessing.image`: pictures from files, and batches of pictures that are changed by chance."""

import os
from collections.abc import Callable, Iterator, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.defaults import default_seed, next_draw
from engine.core.tensor import as_tensor
from engine.errors import ConfigurationError
from engine.keras.preprocessing.image_folder import class_files, labels_as
from engine.keras.preprocessing.picture_files import array_to_img, img_to_array, load_img, save_img
from engine.layer_support.picture_sampling import FILL_MODES, sampled
from engine.layers.augmentation import factor_range
from engine.sequential.streaming import PyDataset


class PictureBatches(PyDataset):
    """Batches (pictures, targets) that begin anew without end when they are asked for one by one.

    Attributes:
        n, samples: how many pictures there are.
        class_indices: name of a class → its number.
    """

    def __init__(
        self,
        count: int,
        batch: Callable[[NDArray[np.intp]], Any],
        batch_size: int,
        shuffle: bool,
        seed: int | None,
    ) -> None:
        super().__init__()
        self.n = self.samples = count
        self.batch_size, self.shuffle = int(batch_size), bool(shuffle)
        self.class_indices: dict[str, int] = {}
        self.filenames: list[str] = []
        self.classes: NDArray[Any] | None = None
        self._batch = batch
        self._rng = np.random.default_rng([default_seed(), next_draw()] if seed is None else seed)
        self._next = 0
        self.reset()

    def reset(self) -> None:
        """Begin a pass, in a new order where it is shuffled."""
        self._next = 0
        self.index_array = self._rng.permutation(self.n) if self.shuffle else np.arange(self.n)

    on_epoch_end = reset

    def __len__(self) -> int:
        """How many batches a pass has."""
        return -(-self.n // self.batch_size)

    def __getitem__(self, index: int) -> Any:  # noqa: ANN401 — a tuple of arrays
        """One batch of the pass."""
        return self._batch(self.index_array[index * self.batch_size : (index + 1) * self.batch_size])

    def __iter__(self) -> Iterator[Any]:
        """Itself: without end."""
        return self

    def __next__(self) -> Any:  # noqa: ANN401
        """The next batch."""
        if self._next >= len(self):
            self.reset()
        self._next += 1
        return self[self._next - 1]

    next = __next__


class ImageDataGenerator:
    """Pictures turned, moved, sheared, made larger, mirrored and normalized by chance.

    Args:
        featurewise_center, featurewise_std_normalization: by mean and deviation of what `fit` saw.
        samplewise_center, samplewise_std_normalization: by those of each picture.
        rotation_range: degrees.
        width_shift_range, height_shift_range: share of the side, or pixels from 1 on.
        brightness_range: the lower and upper factor.
        shear_range: degrees.
        zoom_range: share, or the lower and upper factor.
        channel_shift_range: largest number that is added to a channel.
        fill_mode, cval: what is outside of the picture.
        horizontal_flip, vertical_flip: whether half of the pictures are mirrored.
        rescale: factor of all numbers, after the changes.
        preprocessing_function: of each picture, before the factor.
        validation_split: share of the pictures that the subset "validation" is.

    Raises:
        ConfigurationError: a setting makes no sense, or is not there: whitening.
    """

    def __init__(
        self,
        featurewise_center: bool = False,
        samplewise_center: bool = False,
        featurewise_std_normalization: bool = False,
        samplewise_std_normalization: bool = False,
        zca_whitening: bool = False,
        zca_epsilon: float = 1e-6,
        rotation_range: float = 0,
        width_shift_range: float = 0.0,
        height_shift_range: float = 0.0,
        brightness_range: Sequence[float] | None = None,
        shear_range: float = 0.0,
        zoom_range: float | Sequence[float] = 0.0,
        channel_shift_range: float = 0.0,
        fill_mode: str = "nearest",
        cval: float = 0.0,
        horizontal_flip: bool = False,
        vertical_flip: bool = False,
        rescale: float | None = None,
        preprocessing_function: Callable[[Any], Any] | None = None,
        data_format: str | None = None,
        validation_split: float = 0.0,
        interpolation_order: int = 1,
        dtype: Any = None,  # noqa: ANN401
    ) -> None:
        if zca_whitening:
            raise ConfigurationError("Whitening is not there: leave zca_whitening False.", "zca_whitening")
        if fill_mode not in FILL_MODES:
            raise ConfigurationError(f"Outside of a picture there is one of {', '.join(FILL_MODES)}.", "fill_mode")
        self.centered, self.scaled = featurewise_center, featurewise_std_normalization
        self.centered_each, self.scaled_each = samplewise_center, samplewise_std_normalization
        self.rotation, self.shear = np.deg2rad(rotation_range), np.deg2rad(shear_range)
        self.shifts = float(height_shift_range), float(width_shift_range)
        self.brightness = brightness_range
        limits = factor_range(zoom_range) if isinstance(zoom_range, int | float) else [part - 1 for part in zoom_range]
        self.zoom = 1 + limits[0], 1 + limits[1]
        self.channel_shift, self.fill_mode, self.cval = float(channel_shift_range), fill_mode, float(cval)
        self.flips = bool(vertical_flip), bool(horizontal_flip)
        self.rescale, self.preprocessing_function = rescale, preprocessing_function
        self.validation_split = float(validation_split)
        self.mean: Any = None
        self.std: Any = None

    def fit(self, x: Any, augment: bool = False, rounds: int = 1, seed: int | None = None) -> None:  # noqa: ANN401
        """Remember mean and deviation of pictures (n, height, width, channels)."""
        pictures = np.asarray(x, np.float32)
        self.mean = pictures.mean(axis=(0, 1, 2))
        self.std = pictures.std(axis=(0, 1, 2))

    def standardize(self, x: Any) -> Any:  # noqa: ANN401 — (height, width, channels)
        """What happens to each picture after the changes."""
        if self.preprocessing_function is not None:
            x = np.asarray(self.preprocessing_function(x))
        x = x * self.rescale if self.rescale is not None else x
        if self.centered_each:
            x = x - x.mean()
        if self.scaled_each:
            x = x / (x.std() + 1e-6)
        if (self.centered or self.scaled) and self.mean is None:
            raise ConfigurationError("Mean and deviation are not known: call fit(x) before.", "featurewise_center")
        x = x - self.mean if self.centered else x
        return x / (self.std + 1e-6) if self.scaled else x

    def random_transform(self, x: Any, seed: int | None = None) -> Any:  # noqa: ANN401 — (height, width, channels)
        """A picture changed by chance, before it is normalized."""
        rng = np.random.default_rng([default_seed(), next_draw()] if seed is None else seed)
        return self._changed(np.asarray(x, np.float32)[np.newaxis], rng)[0]

    def _changed(self, pictures: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
        count, height, width = pictures.shape[:3]

        def draw(low: float, high: float) -> NDArray[Any]:
            return rng.uniform(low, high, (count, 1, 1))

        if self.rotation or self.shear or any(self.shifts) or self.zoom != (1.0, 1.0):
            rows, columns = np.meshgrid(np.arange(height), np.arange(width), indexing="ij")
            down, across = rows - (height - 1) / 2, columns - (width - 1) / 2
            zooms = draw(*self.zoom), draw(*self.zoom)
            down, across = down * zooms[0], across * zooms[1]
            slant = draw(-self.shear, self.shear)
            down, across = down * np.cos(slant), across - down * np.sin(slant)
            angle = draw(-self.rotation, self.rotation)
            down, across = (
                np.cos(angle) * down + np.sin(angle) * across,
                np.cos(angle) * across - np.sin(angle) * down,
            )
            for place, size in enumerate((height, width)):
                most = self.shifts[place] * (size if self.shifts[place] < 1 else 1)
                moved = draw(-most, most)
                down, across = (down + moved, across) if not place else (down, across + moved)
            places = down + (height - 1) / 2, across + (width - 1) / 2
            pictures = np.asarray(sampled(as_tensor(pictures), *places, self.fill_mode, "bilinear", self.cval))
        if self.channel_shift:
            shift = rng.uniform(-self.channel_shift, self.channel_shift, (count, 1, 1, pictures.shape[3]))
            pictures = np.clip(pictures + shift, pictures.min(), pictures.max())
        for axis, wanted in enumerate(self.flips, 1):
            if wanted:
                chosen = rng.random((count, 1, 1, 1)) < 0.5
                pictures = np.where(chosen, np.flip(pictures, axis), pictures)
        if self.brightness is not None:
            pictures = pictures * draw(*self.brightness)[..., np.newaxis]
        return pictures

    def _prepared(self, pictures: NDArray[Any], rng: np.random.Generator) -> NDArray[Any]:
        made = self._changed(pictures.astype(np.float32), rng)
        return np.stack([np.asarray(self.standardize(picture), np.float32) for picture in made])

    def flow(
        self,
        x: Any,  # noqa: ANN401 — arrays
        y: Any = None,  # noqa: ANN401
        batch_size: int = 32,
        shuffle: bool = True,
        sample_weight: Any = None,  # noqa: ANN401
        seed: int | None = None,
        save_to_dir: None = None,
        subset: str | None = None,
        **settings: Any,  # noqa: ANN401 — Keras' further ones
    ) -> PictureBatches:
        """Batches of pictures (n, height, width, channels) and their targets (n, …)."""
        arrays = [
            None if part is None else np.asarray(part)[self._part(len(x), subset)] for part in (x, y, sample_weight)
        ]
        rng = np.random.default_rng([default_seed(), next_draw()] if seed is None else seed)
        pictures = arrays[0]
        assert pictures is not None

        def batch(chosen: NDArray[np.intp]) -> Any:  # noqa: ANN401
            rest = [part[chosen] for part in arrays[1:] if part is not None]
            made = self._prepared(pictures[chosen], rng)
            return (made, *rest) if rest else made

        return PictureBatches(len(pictures), batch, batch_size, shuffle, seed)

    def _part(self, count: int, subset: str | None) -> slice:
        held = int(count * self.validation_split)
        if subset is None:
            return slice(None)
        return slice(0, held) if subset == "validation" else slice(held, None)

    def flow_from_directory(
        self,
        directory: str | os.PathLike[str],
        target_size: tuple[int, int] = (256, 256),
        color_mode: str = "rgb",
        classes: Sequence[str] | None = None,
        class_mode: str | None = "categorical",
        batch_size: int = 32,
        shuffle: bool = True,
        seed: int | None = None,
        subset: str | None = None,
        interpolation: str = "nearest",
        **settings: Any,  # noqa: ANN401 — Keras' further ones
    ) -> PictureBatches:
        """Batches of pictures in folders of their classes; raises as `class_files`."""
        files, numbers, names = class_files(directory, classes)
        kept = np.concatenate([
            np.flatnonzero(numbers == number)[self._part(int((numbers == number).sum()), subset)]
            for number in range(len(names))
        ])  # fmt: skip
        targets = labels_as(numbers, class_mode, len(names))
        rng = np.random.default_rng([default_seed(), next_draw()] if seed is None else seed)

        def batch(chosen: NDArray[np.intp]) -> Any:  # noqa: ANN401
            read = [
                img_to_array(load_img(files[place], color_mode, target_size, interpolation)) for place in kept[chosen]
            ]
            made = self._prepared(np.stack(read), rng)
            return made if targets is None else (made, targets[kept[chosen]])

        batches = PictureBatches(len(kept), batch, batch_size, shuffle, seed)
        batches.class_indices = {name: number for number, name in enumerate(names)}
        batches.classes, batches.filenames = numbers[kept], [str(files[place]) for place in kept]
        return batches


__all__ = ["ImageDataGenerator", "PictureBatches", "array_to_img", "img_to_array", "load_img", "save_img"]
