"""Classes as numbers: Keras' layers that learn a vocabulary or bounds, as functions of arrays.

They stand before a network, in a data set's `map` or on arrays, and not within one.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import numpy as np

from engine.core.defaults import floatx
from engine.core.tensor import Tensor, as_tensor
from engine.errors import ConfigurationError, DataError
from engine.sequential.datasets import Dataset

_MODES = ("int", "one_hot", "multi_hot", "count", "tf_idf")


def text_of(value: Any) -> Any:
    """The text of bytes; anything else as it is."""
    return value.decode() if isinstance(value, bytes) else value


def elements_of(data: Any) -> Iterable[Any]:
    """Arrays of what `adapt` is given: an array, a list, or the batches of a data set."""
    return (np.asarray(part) for part in data) if isinstance(data, Dataset) else [np.asarray(data, object)]


class CategoryEncoding:
    """Class numbers (n,), (n, 1) or (n, k) as rows (n, num_tokens).

    Args:
        num_tokens: how many classes there are.
        output_mode: "one_hot" for a row each, "multi_hot" for one of all k, "count" for how often each is there.

    Raises:
        ConfigurationError: another mode.
        DataError: a number out of range.
    """

    def __init__(self, num_tokens: int, output_mode: str = "multi_hot", **settings: Any) -> None:
        if output_mode not in _MODES[1:]:
            raise ConfigurationError(f"The output mode is one of {', '.join(_MODES[1:])}, not {output_mode!r}.")
        self.num_tokens, self.output_mode = int(num_tokens), output_mode

    def __call__(self, inputs: Any, count_weights: Any = None) -> Tensor:
        """The rows."""
        numbers = np.asarray(inputs).astype(np.intp)
        if numbers.size and not 0 <= numbers.min() <= numbers.max() < self.num_tokens:
            raise DataError(f"Class numbers have to be from 0 to {self.num_tokens - 1}.")
        if self.output_mode == "one_hot":
            numbers = numbers[..., 0] if numbers.ndim > 1 and numbers.shape[-1] == 1 else numbers
            return as_tensor((numbers[..., np.newaxis] == np.arange(self.num_tokens)).astype(floatx()))
        rows = (numbers[..., np.newaxis] == np.arange(self.num_tokens)).astype(floatx())
        rows = rows if count_weights is None else rows * np.asarray(count_weights)[..., np.newaxis]
        return as_tensor(rows.sum(axis=-2) if self.output_mode == "count" else rows.max(axis=-2, initial=0))


class StringLookup:
    """Texts as their numbers in a vocabulary, or back.

    Args:
        max_tokens: how long the vocabulary may be, what stands for unknown texts included.
        num_oov_indices: how many numbers there are for unknown texts: 0 refuses them.
        mask_token: the text with number 0, or None.
        oov_token: what stands for unknown texts.
        vocabulary: the texts in their order, or the path of a file with one a line; None to `adapt`.
        invert: numbers to texts.
        output_mode: "int" for numbers, or as for `CategoryEncoding`, or "tf_idf".

    Raises:
        ConfigurationError: another mode.
    """

    _plain: Callable[[Any], Any] = staticmethod(lambda value: str(text_of(value)))

    def __init__(
        self,
        max_tokens: int | None = None,
        num_oov_indices: int = 1,
        mask_token: Any = None,
        oov_token: Any = "[UNK]",
        vocabulary: Any = None,
        idf_weights: Any = None,
        invert: bool = False,
        output_mode: str = "int",
        pad_to_max_tokens: bool = False,
        **settings: Any,
    ) -> None:
        if output_mode not in _MODES:
            raise ConfigurationError(f"The output mode is one of {', '.join(_MODES)}, not {output_mode!r}.")
        self.max_tokens, self.num_oov_indices, self.oov_token = max_tokens, num_oov_indices, oov_token
        # Rows have no place for what is masked.
        self.mask_token = mask_token if output_mode == "int" else None
        self.invert, self.output_mode, self.pad_to_max_tokens = invert, output_mode, pad_to_max_tokens
        self._tokens: list[Any] = []
        self._weights = np.zeros(0)
        if vocabulary is not None:
            self.set_vocabulary(vocabulary, idf_weights)

    def _special(self) -> list[Any]:
        masks = [] if self.mask_token is None else [self.mask_token]
        return masks + [self.oov_token] * self.num_oov_indices

    def set_vocabulary(self, vocabulary: Any, idf_weights: Any = None) -> None:
        """Take the texts in their order, or the lines of a file."""
        if isinstance(vocabulary, str):
            with open(vocabulary, encoding="utf-8") as lines:
                vocabulary = lines.read().splitlines()
        known = set(self._special())
        self._tokens = [token for one in vocabulary if (token := self._plain(one)) not in known]
        own = np.zeros(len(self._tokens)) if idf_weights is None else np.asarray(idf_weights, np.float64)
        self._weights = np.concatenate([np.full(self.num_oov_indices, own.mean() if len(own) else 0), own])

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Take the texts of arrays or of a data set, the frequent ones first."""
        self._learn([list(document) for part in elements_of(data) for document in part.reshape(len(part), -1)])

    def _learn(self, documents: Sequence[Sequence[Any]]) -> None:
        plain = [[self._plain(one) for one in document] for document in documents]
        counts = Counter(one for document in plain for one in document)
        documents_with = Counter(one for document in plain for one in set(document))
        ordered = sorted(counts, key=lambda one: (counts[one], one), reverse=True)
        ordered = [one for one in ordered if one not in self._special()]
        room = None if self.max_tokens is None else self.max_tokens - len(self._special())
        kept = ordered[:room]
        self.set_vocabulary(kept, [np.log(1 + len(plain) / (1 + documents_with[one])) for one in kept])

    def get_vocabulary(self, include_special_tokens: bool = True) -> list[Any]:
        """The texts in the order of their numbers."""
        return [*(self._special() if include_special_tokens else []), *self._tokens]

    def vocabulary_size(self) -> int:
        """How many there are, those for unknown texts included."""
        return len(self.get_vocabulary())

    vocab_size = vocabulary_size

    def _numbers(self, values: Any) -> Any:
        places = {token: number for number, token in enumerate(self.get_vocabulary())}
        unknown = len(self._special()) - 1

        def number(value: Any) -> int:
            found = places.get(self._plain(value))
            if found is None and not self.num_oov_indices:
                raise DataError(f"{value!r} is not in the vocabulary, which has no number for unknown ones.")
            return unknown if found is None else found

        given = np.asarray(values, object)
        return np.array([number(one) for one in given.reshape(-1)], np.int64).reshape(given.shape)

    def _rows(self, numbers: Any) -> Tensor:
        size = self.max_tokens if self.pad_to_max_tokens and self.max_tokens else self.vocabulary_size()
        mode = "count" if self.output_mode == "tf_idf" else self.output_mode
        rows = CategoryEncoding(size, mode)(numbers)
        return rows * self._weights.astype(floatx()) if self.output_mode == "tf_idf" else rows

    def __call__(self, inputs: Any) -> Tensor:
        """The numbers."""
        if self.invert:
            words = np.array(self.get_vocabulary(), object)
            return as_tensor(np.asarray(words[np.asarray(inputs).astype(np.intp)], object))
        numbers = self._numbers(inputs)
        return as_tensor(numbers) if self.output_mode == "int" else self._rows(numbers)


class IntegerLookup(StringLookup):
    """The same for whole numbers.

    Args:
        settings: those of `StringLookup`.
    """

    _plain = staticmethod(int)

    def __init__(
        self, max_tokens: int | None = None, num_oov_indices: int = 1, mask_token: Any = None, oov_token: Any = -1,
        **settings: Any,
    ) -> None:  # fmt: skip
        super().__init__(max_tokens, num_oov_indices, mask_token, oov_token, **settings)


class Discretization:
    """Numbers as those of the ranges in which they lie, the lower bound included.

    Args:
        bin_boundaries: where one range ends and the next begins; None to `adapt`.
        num_bins: how many ranges `adapt` makes, about as many examples in each.
        output_mode: "int", or as for `CategoryEncoding`.

    Raises:
        ConfigurationError: both bounds and a number of ranges, or neither.
    """

    def __init__(
        self,
        bin_boundaries: Sequence[float] | None = None,
        num_bins: int | None = None,
        epsilon: float = 0.01,
        output_mode: str = "int",
        **settings: Any,
    ) -> None:
        if (bin_boundaries is None) == (num_bins is None):
            raise ConfigurationError("Discretization takes bin_boundaries, or num_bins and adapt.", "num_bins")
        self.bin_boundaries = None if bin_boundaries is None else list(bin_boundaries)
        self.num_bins, self.output_mode = num_bins, output_mode

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Choose the bounds so that about as many numbers lie in each range."""
        values = np.concatenate([np.asarray(part, np.float64).reshape(-1) for part in elements_of(data)])
        shares = np.arange(1, self.num_bins or 1) / (self.num_bins or 1)
        self.bin_boundaries = np.quantile(values, shares).tolist()

    def __call__(self, inputs: Any) -> Tensor:
        """The numbers."""
        if self.bin_boundaries is None:
            raise ConfigurationError("The bounds are not known: call adapt(data) before.", "bin_boundaries")
        numbers = np.digitize(np.asarray(inputs), self.bin_boundaries)
        if self.output_mode == "int":
            return as_tensor(numbers)
        return CategoryEncoding(len(self.bin_boundaries) + 1, self.output_mode)(numbers)


__all__ = ["CategoryEncoding", "Discretization", "IntegerLookup", "StringLookup"]
