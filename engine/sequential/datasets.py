"""`Dataset`: examples one after the other, made anew in each pass, as TensorFlow has them."""

from collections import deque
from collections.abc import Callable, Iterator
from functools import reduce as reduce_left
from glob import glob
from itertools import chain, count, islice, repeat, takewhile
from typing import Any, Self

import numpy as np

from engine.core.defaults import default_seed
from engine.core.tensor import as_tensor
from engine.layer_support.structures import flatten


class TensorSpec:
    """Shape and type of an array that is not there.

    Args:
        shape: of any length.
        dtype: NumPy's.
    """

    def __init__(self, shape: Any = (), dtype: Any = "float32", name: str | None = None) -> None:  # noqa: ANN401
        self.shape, self.dtype, self.name = tuple(shape), np.dtype(dtype), name

    def __repr__(self) -> str:
        return f"TensorSpec(shape={self.shape}, dtype={self.dtype})"


class Dataset:
    """What a function makes in each pass.

    Args:
        passes: gives a new iterator over the elements: arrays, or tuples and mappings of them.
        length: how many elements there are; None where nobody knows.
    """

    def __init__(self, passes: Callable[[], Iterator[Any]], length: int | None = None) -> None:
        self.passes, self._length = passes, length

    @classmethod
    def from_tensor_slices(cls, tensors: Any) -> Self:  # noqa: ANN401 — arrays (n, …) in a structure
        """The examples of arrays (n, …), one after the other."""
        arrays, again = flatten(_as_arrays(tensors))
        return cls(
            lambda: (again([array[row, ...] for array in arrays]) for row in range(len(arrays[0]))), len(arrays[0])
        )

    @classmethod
    def from_generator(cls, generator: Callable[[], Iterator[Any]], *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401
        """What a generator function gives."""
        return cls(lambda: iter(generator(*kwargs.get("args", ()))))

    @classmethod
    def range(cls, *given: int, **settings: Any) -> Self:  # noqa: ANN401
        """Whole numbers."""
        return cls(lambda: iter(np.arange(*given)), len(np.arange(*given)))

    @classmethod
    def from_tensors(cls, tensors: Any) -> Self:  # noqa: ANN401 — arrays in a structure
        """The one element that this is."""
        return cls(lambda: iter([_as_arrays(tensors)]), 1)

    @classmethod
    def zip(cls, *given: Any, datasets: Any = None) -> Self:  # noqa: ANN401 — data sets, one by one or in a tuple
        """Elements of several side by side."""
        several = datasets or (given[0] if len(given) == 1 else given)
        lengths = [one._length for one in several if one._length is not None]
        return cls(lambda: zip(*several, strict=False), min(lengths, default=None))

    @classmethod
    def list_files(cls, file_pattern: Any, shuffle: bool | None = None, seed: int | None = None) -> "Dataset":  # noqa: ANN401
        """The paths that a pattern, or one of several, fits; mixed unless `shuffle` is False."""
        patterns = np.atleast_1d(np.asarray(file_pattern, object))
        paths = sorted(path for pattern in patterns for path in glob(str(pattern)))
        found = cls(lambda: iter(np.array(paths, object)), len(paths))
        return found if shuffle is False else found.shuffle(len(paths), seed)

    def __iter__(self) -> Iterator[Any]:
        """One pass."""
        for element in self.passes():
            leaves, again = flatten(element)
            yield again([leaf if isinstance(leaf, Dataset) else as_tensor(leaf) for leaf in leaves])

    def __len__(self) -> int:
        """How many elements; `TypeError` where nobody knows."""
        if self._length is None:
            raise TypeError("The number of elements is not known.")
        return self._length

    def cardinality(self) -> Any:  # noqa: ANN401 — one whole number
        """How many elements, or −2 where nobody knows."""
        return as_tensor(np.array(-2 if self._length is None else self._length))

    def reduce(self, initial_state: Any, reduce_func: Callable[..., Any]) -> Any:  # noqa: ANN401 — tensors
        """What a function makes of a state and each element in turn."""
        leaves, again = flatten(reduce_left(reduce_func, self, initial_state))
        return again([as_tensor(leaf) for leaf in leaves])

    def window(self, size: int, shift: int | None = None, stride: int = 1, drop_remainder: bool = False) -> "Dataset":
        """Data sets of so many elements each, `shift` apart."""

        def windows() -> Iterator[Any]:
            elements, length, step = self.passes(), (size - 1) * stride + 1, shift or size
            held: list[Any] = []
            while True:
                held += islice(elements, length - len(held))
                part = held[::stride]
                if len(part) < (size if drop_remainder else 1):
                    return
                yield Dataset(lambda part=part: iter(part), len(part))  # type: ignore[misc]
                deque(islice(elements, max(0, step - len(held))), 0)
                held = held[step:]

        return Dataset(windows)

    def flat_map(self, map_func: Callable[..., "Dataset"], *given: Any, **settings: Any) -> "Dataset":  # noqa: ANN401
        """The elements of the data sets that a function gives for each element, one after the other."""
        return Dataset(lambda: (one for made in self.map(map_func).passes() for one in made.passes()))

    interleave = flat_map

    def batch(
        self,
        batch_size: Any,  # noqa: ANN401 — a whole number, also in a tensor
        drop_remainder: bool = False,
        *,
        joined: Callable[[Any], Any] = np.stack,
        **settings: Any,  # noqa: ANN401
    ) -> "Dataset":
        """So many elements together."""
        batch_size = int(batch_size)

        def batches() -> Iterator[Any]:
            elements = self.passes()
            while part := list(islice(elements, batch_size)):
                if len(part) == batch_size or not drop_remainder:
                    columns = zip(*(flatten(element)[0] for element in part), strict=True)
                    yield flatten(part[0])[1]([joined(column) for column in columns])

        known = self._length
        number = None if known is None else known // batch_size if drop_remainder else -(-known // batch_size)
        return Dataset(batches, number)

    def padded_batch(
        self,
        batch_size: Any,  # noqa: ANN401
        padded_shapes: Any = None,  # noqa: ANN401
        padding_values: Any = 0,  # noqa: ANN401
        drop_remainder: bool = False,
    ) -> "Dataset":
        """So many elements together, each filled up at its ends to the size of the largest."""

        def joined(column: Any) -> Any:  # noqa: ANN401
            shape = np.max([np.shape(one) for one in column], axis=0)
            widths = ([(0, most - size) for most, size in zip(shape, np.shape(one), strict=True)] for one in column)
            return np.stack([np.pad(one, width) if width else one for one, width in zip(column, widths, strict=True)])

        return self.batch(batch_size, drop_remainder, joined=joined)

    def shuffle(self, buffer_size: Any, seed: int | None = None, reshuffle_each_iteration: bool = True) -> "Dataset":  # noqa: ANN401
        """The elements in a new order in each pass: each is drawn from so many that wait."""
        passes = count()

        def mixed() -> Iterator[Any]:
            rng = np.random.default_rng([default_seed() if seed is None else seed, next(passes)])
            elements = self.passes()
            waiting = list(islice(elements, int(buffer_size)))
            for element in elements:
                place = rng.integers(len(waiting))
                yield waiting[place]
                waiting[place] = element
            yield from (waiting[place] for place in rng.permutation(len(waiting)))

        return Dataset(mixed, self._length)

    def concatenate(self, dataset: "Dataset") -> "Dataset":
        """The elements of this one, then those of another."""
        known = None if self._length is None or dataset._length is None else self._length + dataset._length
        return Dataset(lambda: chain(self.passes(), dataset.passes()), known)

    def enumerate(self, start: int = 0) -> "Dataset":
        """Each element with its number before it."""
        return Dataset(
            lambda: ((np.asarray(place), one) for place, one in zip(count(start), self.passes())), self._length
        )

    def unbatch(self) -> "Dataset":
        """The examples of batches, one after the other."""

        def examples() -> Iterator[Any]:
            for element in self.passes():
                leaves, again = flatten(element)
                for row in range(len(leaves[0])):
                    yield again([np.asarray(leaf)[row, ...] for leaf in leaves])

        return Dataset(examples)

    def shard(self, num_shards: int, index: int) -> "Dataset":
        """Each so-many-th element, from this one on."""
        return Dataset(lambda: islice(self.passes(), index, None, num_shards))

    def take_while(self, predicate: Callable[..., Any]) -> "Dataset":
        """The elements before the first one that a function says no to."""
        return Dataset(lambda: takewhile(lambda one: _called(predicate, one), iter(self)))

    def get_single_element(self) -> Any:  # noqa: ANN401
        """The one element."""
        return next(iter(self))

    def apply(self, transformation_func: Callable[["Dataset"], "Dataset"]) -> "Dataset":
        """What a function makes of the data set."""
        return transformation_func(self)

    def with_options(self, options: Any) -> "Dataset":  # noqa: ANN401
        """The data set itself: there is nothing to choose."""
        return self

    @property
    def element_spec(self) -> Any:  # noqa: ANN401 — in the structure of an element
        """Shape and type of what an element holds, by a look at the first one."""
        leaves, again = flatten(next(iter(self.passes())))
        return again([TensorSpec(np.shape(leaf), np.asarray(leaf).dtype) for leaf in leaves])

    def map(self, map_func: Callable[..., Any], *given: Any, **settings: Any) -> "Dataset":  # noqa: ANN401
        """A function of each element."""
        return Dataset(lambda: (_called(map_func, element) for element in self), self._length)

    def filter(self, predicate: Callable[..., Any]) -> "Dataset":
        """The elements that a function says yes to."""
        return Dataset(lambda: (one for one in self if _called(predicate, one)))

    def take(self, count: int) -> "Dataset":
        """The first elements; all for −1."""
        if count < 0:
            return self
        return Dataset(lambda: islice(self.passes(), count), None if self._length is None else min(count, self._length))

    def skip(self, count: int) -> "Dataset":
        """All but the first elements."""
        known = None if self._length is None else max(0, self._length - count)
        return Dataset(lambda: islice(self.passes(), count, None), known)

    def repeat(self, count: int | None = None) -> "Dataset":
        """Pass after pass, without end for None and −1."""
        times = None if count is None or count < 0 else int(count)
        known = None if self._length is None or times is None else self._length * times
        passes = (self.passes,) if times is None else (self.passes, times)
        return Dataset(lambda: chain.from_iterable(begin() for begin in repeat(*passes)), known)

    def cache(self, *given: Any) -> "Dataset":  # noqa: ANN401
        """Itself: what is cheap is made anew."""
        return self

    def prefetch(self, *given: Any, **settings: Any) -> "Dataset":  # noqa: ANN401
        """The data set itself: batches are made when they are asked for."""
        return self

    def as_numpy_iterator(self) -> Iterator[Any]:
        """One pass, as plain arrays."""
        for element in self.passes():
            leaves, again = flatten(element)
            yield again([np.asarray(leaf) for leaf in leaves])


def _called(function: Callable[..., Any], element: Any) -> Any:  # noqa: ANN401 — a tensor, or several
    """What a function makes of an element, whose parts are its arguments where they come in a tuple."""
    return function(*element) if isinstance(element, tuple) else function(element)


def _as_arrays(structure: Any) -> Any:  # noqa: ANN401 — arrays and lists in tuples and mappings
    """Arrays in the same structure; a list is an array, of 32 bits where it holds numbers."""
    if isinstance(structure, dict):
        return {name: _as_arrays(part) for name, part in structure.items()}
    if isinstance(structure, tuple):
        return tuple(_as_arrays(part) for part in structure)
    array = np.asarray(structure)
    usual = {"f": np.float32, "i": np.int32, "U": object}.get(array.dtype.kind)
    return array if isinstance(structure, np.ndarray) or usual is None else array.astype(usual)
