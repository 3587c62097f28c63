"""Texts as the numbers of their words: Keras' layer as a function of arrays, which stands before a network."""

import string
from typing import Any

import numpy as np

from engine.core.tensor import Tensor, as_tensor
from engine.keras.vocabularies import StringLookup, elements_of, text_of


class TextVectorization(StringLookup):
    """Texts (n,) or (n, 1) as rows of their words' numbers, (n, longest), or as rows of the vocabulary's length.

    Args:
        max_tokens, output_mode, pad_to_max_tokens, vocabulary, idf_weights: as for `StringLookup`.
        standardize: "lower_and_strip_punctuation", "lower", "strip_punctuation", None, or a function of texts.
        split: "whitespace", "character", None, or a function of texts.
        ngrams: the longest groups of words that count as words, or their lengths.
        output_sequence_length: numbers in a row; None for as many as the longest text has.
    """

    def __init__(
        self,
        max_tokens: int | None = None,
        standardize: Any = "lower_and_strip_punctuation",
        split: Any = "whitespace",
        ngrams: Any = None,
        output_mode: str = "int",
        output_sequence_length: int | None = None,
        pad_to_max_tokens: bool = False,
        vocabulary: Any = None,
        idf_weights: Any = None,
        **settings: Any,
    ) -> None:
        self.standardize, self.split, self.output_sequence_length = standardize, split, output_sequence_length
        self.ngrams = tuple(range(1, ngrams + 1)) if isinstance(ngrams, int) else ngrams
        super().__init__(
            max_tokens, 1, "", "[UNK]", vocabulary, idf_weights, False, output_mode, pad_to_max_tokens
        )  # fmt: skip

    def _words(self, texts: Any) -> list[list[str]]:
        given = np.asarray(texts, object).reshape(-1)
        if callable(self.standardize):
            given = np.asarray(self.standardize(as_tensor(given)), object).reshape(-1)
        words = []
        for one in given:
            text = str(text_of(one))
            if isinstance(self.standardize, str):
                text = text.lower() if "lower" in self.standardize else text
                if "strip" in self.standardize:
                    text = text.translate(str.maketrans("", "", string.punctuation))
            if callable(self.split):
                parts = [str(text_of(part)) for part in np.asarray(self.split(text), object).reshape(-1)]
            else:
                parts = list(text) if self.split == "character" else text.split() if self.split else [text]
            if self.ngrams:
                parts = [
                    " ".join(parts[start : start + size])
                    for size in self.ngrams
                    for start in range(len(parts) - size + 1)
                ]
            words.append(parts)
        return words

    def adapt(self, data: Any, batch_size: int | None = None, steps: int | None = None) -> None:
        """Take the words of texts (n,) or of a data set, the frequent ones first."""
        self._learn([words for part in elements_of(data) for words in self._words(part)])

    def __call__(self, inputs: Any) -> Tensor:
        """The numbers."""
        single = not np.ndim(np.asarray(inputs, object))
        rows = [self._numbers(words) for words in self._words(inputs)]
        if self.output_mode != "int":
            made = as_tensor(np.stack([np.asarray(self._rows(row)) for row in rows]))
        else:
            longest = self.output_sequence_length or max(map(len, rows), default=0)
            table = np.zeros((len(rows), longest), np.int64)
            for line, row in zip(table, rows, strict=True):
                line[: len(row)] = row[:longest]
            made = as_tensor(table)
        return made[0] if single else made
