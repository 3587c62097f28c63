"""Sequences of numbers: brought to one length, and parts of long ones."""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.core.defaults import default_seed, next_draw
from engine.errors import ConfigurationError
from engine.sequential.datasets import Dataset
from engine.sequential.streaming import PyDataset


def pad_sequences(
    sequences: Sequence[Sequence[Any]],
    maxlen: int | None = None,
    dtype: Any = "int32",  # noqa: ANN401 — a NumPy type
    padding: str = "pre",
    truncating: str = "pre",
    value: float = 0.0,
) -> NDArray[Any]:
    """The sequences as rows (n, length), filled up or cut at the beginning ("pre") or at the end ("post").

    Raises:
        ConfigurationError: another place than "pre" and "post".
    """
    if padding not in ("pre", "post") or truncating not in ("pre", "post"):
        raise ConfigurationError('Sequences are filled up and cut "pre" or "post".', "padding")
    length = max((len(one) for one in sequences), default=0) if maxlen is None else maxlen
    rows = np.full((len(sequences), length, *np.shape(sequences[0])[1:]), value, dtype)
    for row, one in zip(rows, sequences, strict=True):
        kept = one[-length:] if truncating == "pre" else one[:length]
        if len(kept):
            place = slice(length - len(kept), None) if padding == "pre" else slice(len(kept))
            row[place] = kept
    return rows


class TimeseriesGenerator(PyDataset):
    """Batches of parts of a series, (n, length / sampling_rate, …), each with the target that comes after it.

    Args:
        data: (steps, …).
        targets: (steps, …), a step each.
        length: steps that a part spans.
        sampling_rate: every so-many-th step of them is taken.
        stride: steps from one part to the next.
        start_index, end_index: the steps that are used.
        shuffle: whether parts are drawn by chance.
        reverse: whether each part runs backwards.
        batch_size: parts in a batch.

    Raises:
        ConfigurationError: there is no part so long.
    """

    def __init__(
        self,
        data: Any,  # noqa: ANN401 — an array
        targets: Any,  # noqa: ANN401
        length: int,
        sampling_rate: int = 1,
        stride: int = 1,
        start_index: int = 0,
        end_index: int | None = None,
        shuffle: bool = False,
        reverse: bool = False,
        batch_size: int = 128,
    ) -> None:
        super().__init__()
        self.data, self.targets = np.asarray(data), np.asarray(targets)
        self.length, self.sampling_rate, self.batch_size = int(length), int(sampling_rate), int(batch_size)
        self.shuffle, self.reverse = shuffle, reverse
        last = len(self.data) - 1 if end_index is None else end_index
        self._ends = np.arange(start_index + self.length, last + 1, stride)
        if not len(self._ends):
            raise ConfigurationError(f"The series has no part of {length} steps with a target after it.", "length")

    def __len__(self) -> int:
        """How many batches there are."""
        return -(-len(self._ends) // self.batch_size)

    def __getitem__(self, index: int) -> tuple[NDArray[Any], NDArray[Any]]:
        """One batch."""
        ends = self._ends[index * self.batch_size : (index + 1) * self.batch_size]
        if self.shuffle:
            ends = np.random.default_rng([default_seed(), next_draw()]).choice(self._ends, len(ends))
        parts = np.stack([self.data[end - self.length : end : self.sampling_rate] for end in ends])
        return (parts[:, ::-1] if self.reverse else parts), self.targets[ends]


def timeseries_dataset_from_array(
    data: Any,  # noqa: ANN401 — an array
    targets: Any,  # noqa: ANN401 — an array, or None
    sequence_length: int,
    sequence_stride: int = 1,
    sampling_rate: int = 1,
    batch_size: int | None = 128,
    shuffle: bool = False,
    seed: int | None = None,
    start_index: int | None = None,
    end_index: int | None = None,
) -> Dataset:
    """Parts of a series (steps, …) as a data set of batches (n, sequence_length, …), with targets where there are some.

    The target at the place of a part's first step is the part's.
    """
    series = np.asarray(data)[start_index:end_index]
    most = len(series) - (sequence_length - 1) * sampling_rate
    starts = np.arange(0, most if targets is None else min(most, len(targets)), sequence_stride)
    parts = series[starts[:, np.newaxis] + np.arange(sequence_length) * sampling_rate]
    made = Dataset.from_tensor_slices(parts if targets is None else (parts, np.asarray(targets)[start_index:][starts]))
    made = made.shuffle(len(parts), seed) if shuffle else made
    return made if batch_size is None else made.batch(batch_size)


__all__ = ["TimeseriesGenerator", "pad_sequences", "timeseries_dataset_from_array"]
