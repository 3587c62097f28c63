"""Keras' `preprocessing.text`: words as numbers."""

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engine.errors import ConfigurationError

FILTERS = '!"#$%&()*+,-./:;<=>?@[\\]^_`{|}~\t\n'


def text_to_word_sequence(input_text: str, filters: str = FILTERS, lower: bool = True, split: str = " ") -> list[str]:
    """The words of a text, without the letters in `filters`."""
    text = input_text.lower() if lower else input_text
    cleaned = re.sub(f"[{re.escape(filters)}]", split, text) if filters else text
    return [word for word in cleaned.split(split) if word]


class Tokenizer:
    """Gives each word a number, the most frequent one 1.

    Args:
        num_words: only so many numbers are given, or None for all.
        filters, lower, split: as for `text_to_word_sequence`.
        char_level: letters in place of words.
        oov_token: stands for words that are not known; it has the number 1 then.
    """

    def __init__(
        self,
        num_words: int | None = None,
        filters: str = FILTERS,
        lower: bool = True,
        split: str = " ",
        char_level: bool = False,
        oov_token: str | None = None,
        **settings: Any,  # noqa: ANN401 — Keras' further ones
    ) -> None:
        self.num_words, self.filters, self.lower, self.split = num_words, filters, lower, split
        self.char_level, self.oov_token = char_level, oov_token
        self.word_counts: Counter[str] = Counter()
        self.word_index: dict[str, int] = {}
        self.index_word: dict[int, str] = {}
        self.document_count = 0

    def _words(self, text: Any) -> list[str]:  # noqa: ANN401 — a text or a list of words
        if not isinstance(text, str):
            return list(text)
        if self.char_level:
            return list(text.lower() if self.lower else text)
        return text_to_word_sequence(text, self.filters, self.lower, self.split)

    def fit_on_texts(self, texts: Iterable[Any]) -> None:
        """Count words; further texts add to what is known."""
        for text in texts:
            self.document_count += 1
            self.word_counts.update(self._words(text))
        words = [word for word, _ in self.word_counts.most_common()]
        words = words if self.oov_token is None else [self.oov_token, *words]
        self.word_index = {word: number for number, word in enumerate(words, 1)}
        self.index_word = {number: word for word, number in self.word_index.items()}

    def texts_to_sequences(self, texts: Iterable[Any]) -> list[list[int]]:
        """The numbers of the words of each text."""
        unknown = self.word_index.get(self.oov_token or "")
        found = []
        for text in texts:
            numbers = [self.word_index.get(word) for word in self._words(text)]
            known = [
                unknown if number is None or (self.num_words and number >= self.num_words) else number
                for number in numbers
            ]
            found.append([number for number in known if number is not None])
        return found

    def sequences_to_texts(self, sequences: Iterable[Sequence[int]]) -> list[str]:
        """The words of numbers."""
        return [
            " ".join(self.index_word.get(int(number), self.oov_token or "") for number in sequence).strip()
            for sequence in sequences
        ]

    def sequences_to_matrix(self, sequences: Sequence[Sequence[int]], mode: str = "binary") -> NDArray[Any]:
        """A row a text, (n, numbers): whether a word is there ("binary"), how often ("count"), or its share ("freq").

        Raises:
            ConfigurationError: there is no such mode.
        """
        if mode not in ("binary", "count", "freq"):
            raise ConfigurationError(f"Words are counted as binary, count or freq, not {mode!r}.", "mode")
        rows = np.zeros((len(sequences), self.num_words or len(self.word_index) + 1))
        for row, sequence in zip(rows, sequences, strict=True):
            np.add.at(row, np.asarray(sequence, int), 1)
            if mode == "binary":
                row[row > 0] = 1
            elif mode == "freq" and len(sequence):
                row /= len(sequence)
        return rows

    def texts_to_matrix(self, texts: Iterable[Any], mode: str = "binary") -> NDArray[Any]:
        """The same of texts: (n, numbers)."""
        return self.sequences_to_matrix(self.texts_to_sequences(texts), mode)


def one_hot(input_text: str, n: int, filters: str = FILTERS, lower: bool = True, split: str = " ") -> list[int]:
    """A number below n for each word, the same for the same word; different words may share one."""
    words = text_to_word_sequence(input_text, filters, lower, split)
    return [sum(ord(letter) * 31**place for place, letter in enumerate(word)) % (n - 1) + 1 for word in words]


__all__ = ["Tokenizer", "one_hot", "text_to_word_sequence"]
