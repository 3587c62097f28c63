"""`Dataset`: examples one after the other, made anew in each pass, as TensorFlow has them."""

from collections.abc import Callable, Iterator
from functools import reduce as reduce_left
from itertools import chain, count, islice
from typing import Any, Self

import numpy as np

from engine.core.defaults import default_seed
from engine.core.tensor import as_tensor
from engine.layers.structures import flatten


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
        leaves, again = flatten(tensors)
        arrays = [np.asarray(leaf) for leaf in leaves]
        return cls(
            lambda: (again([array[row, ...] for array in arrays]) for row in range(len(arrays[0]))), len(arrays[0])
        )

    @classmethod
    def from_generator(cls, generator: Callable[[], Iterator[Any]], *args: Any, **kwargs: Any) -> Self:  # noqa: ANN401
        """What a generator function gives."""
        return cls(lambda: iter(generator()))

    @classmethod
    def range(cls, *given: int) -> Self:
        """Whole numbers."""
        return cls(lambda: iter(np.arange(*given)), len(np.arange(*given)))

    @classmethod
    def from_tensors(cls, tensors: Any) -> Self:  # noqa: ANN401 — arrays in a structure
        """The one element that this is."""
        return cls(lambda: iter([tensors]), 1)

    @classmethod
    def zip(cls, datasets: Any) -> Self:  # noqa: ANN401 — a tuple of data sets
        """Elements of several side by side."""
        return cls(lambda: zip(*datasets, strict=False), min((len(one) for one in datasets), default=None))

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
            elements, length = list(self.passes()), (size - 1) * stride + 1
            for start in range(0, len(elements), shift or size):
                part = elements[start : start + length : stride]
                if len(part) == size or not drop_remainder:
                    yield Dataset(lambda part=part: iter(part), len(part))  # type: ignore[misc]

        return Dataset(windows)

    def flat_map(self, map_func: Callable[..., "Dataset"]) -> "Dataset":
        """The elements of the data sets that a function gives for each element, one after the other."""
        return Dataset(lambda: (one for element in self.passes() for one in map_func(element).passes()))

    interleave = flat_map

    def batch(self, batch_size: int, drop_remainder: bool = False, **settings: Any) -> "Dataset":  # noqa: ANN401
        """So many elements together."""

        def batches() -> Iterator[Any]:
            elements = self.passes()
            while part := list(islice(elements, batch_size)):
                if len(part) == batch_size or not drop_remainder:
                    columns = zip(*(flatten(element)[0] for element in part), strict=True)
                    yield flatten(part[0])[1]([np.stack(column) for column in columns])

        known = self._length
        number = None if known is None else known // batch_size if drop_remainder else -(-known // batch_size)
        return Dataset(batches, number)

    def shuffle(self, buffer_size: Any, seed: int | None = None, reshuffle_each_iteration: bool = True) -> "Dataset":  # noqa: ANN401
        """The elements in a new order in each pass, all of them mixed."""
        passes = count()

        def mixed() -> Iterator[Any]:
            elements = list(self.passes())
            rng = np.random.default_rng([default_seed() if seed is None else seed, next(passes)])
            return (elements[place] for place in rng.permutation(len(elements)))

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

    def apply(self, transformation_func: Callable[["Dataset"], "Dataset"]) -> "Dataset":
        """What a function makes of the data set."""
        return transformation_func(self)

    def with_options(self, options: Any) -> "Dataset":  # noqa: ANN401
        """Itself."""
        return self

    @property
    def element_spec(self) -> Any:  # noqa: ANN401 — in the structure of an element
        """Shape and type of what an element holds, by a look at the first one."""
        leaves, again = flatten(next(iter(self.passes())))
        return again([TensorSpec(np.shape(leaf), np.asarray(leaf).dtype) for leaf in leaves])

    def map(self, map_func: Callable[..., Any], **settings: Any) -> "Dataset":  # noqa: ANN401
        """A function of each element."""

        def mapped() -> Iterator[Any]:
            for element in self:
                yield map_func(*element) if isinstance(element, tuple) else map_func(element)

        return Dataset(mapped, self._length)

    def filter(self, predicate: Callable[..., Any]) -> "Dataset":
        """The elements that a function says yes to."""
        return Dataset(lambda: (one for one in self if (predicate(*one) if isinstance(one, tuple) else predicate(one))))

    def take(self, count: int) -> "Dataset":
        """The first elements."""
        return Dataset(lambda: islice(self.passes(), count), None if self._length is None else min(count, self._length))

    def skip(self, count: int) -> "Dataset":
        """All but the first elements."""
        known = None if self._length is None else max(0, self._length - count)
        return Dataset(lambda: islice(self.passes(), count, None), known)

    def repeat(self, times: int | None = None) -> "Dataset":
        """Pass after pass."""
        known = None if self._length is None or times is None else self._length * times
        passes = range(times) if times is not None else count()
        return Dataset(lambda: chain.from_iterable(self.passes() for _ in passes), known)

    def cache(self, *given: Any) -> "Dataset":  # noqa: ANN401
        """Itself: what is cheap is made anew."""
        return self

    def prefetch(self, *given: Any, **settings: Any) -> "Dataset":  # noqa: ANN401
        """Itself."""
        return self

    def as_numpy_iterator(self) -> Iterator[Any]:
        """One pass, as plain arrays."""
        for element in self.passes():
            leaves, again = flatten(element)
            yield again([np.asarray(leaf) for leaf in leaves])
