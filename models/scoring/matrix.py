"""Tables whose cells are digits: who was taken for what, two models against each other, right against refused."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engine.core.parameters import IntArray
from models.scoring.answers import Answers
from models.scoring.side_by_side import common_digits

AXES = ("truth × answer", "model A × model B", "right × refused")
MEASURES = ("digits", "share of row", "share of column", "sum of probabilities")


@dataclass(frozen=True, eq=False)
class DigitMatrix:
    """Digits in the cells of a table.

    Attributes:
        rows, columns: names.
        row_word, column_word: what they are.
        places: (n,) the digits in the answers of the first model.
        row_of: (n,) the row of each.
        column_of: (n,), or (n, rows) where every digit stands in each row once, as with labels that are true or not.
        good: (rows, columns) truth values: cells that are no mistakes.
        sums: (rows, columns) of the probabilities, where they say more than the counts.
    """

    rows: tuple[str, ...]
    columns: tuple[str, ...]
    row_word: str
    column_word: str
    places: IntArray
    row_of: IntArray
    column_of: IntArray
    good: NDArray[np.bool_]
    sums: NDArray[np.float64] | None = None

    def measure_words(self) -> tuple[str, ...]:
        """What each of `MEASURES` is in this table, such as "share of truth"."""
        shares = (f"share of {self.row_word}", f"share of {self.column_word}")
        return (MEASURES[0], *shares, MEASURES[3])

    def counts(self) -> NDArray[np.float64]:
        """(rows, columns) digits in each cell."""
        height, width = len(self.rows), len(self.columns)
        if self.column_of.ndim == 2:
            return np.stack([np.bincount(column, minlength=width) for column in self.column_of.T]).astype(float)
        flat = np.bincount(self.row_of * width + self.column_of, minlength=height * width)
        return flat.reshape(height, width).astype(np.float64)

    def table(self, measure: str) -> NDArray[np.float64]:
        """(rows + 1, columns + 1) one of `MEASURES` with sums at the end; shares have their shares of all digits."""
        counts = self.sums if measure == MEASURES[3] and self.sums is not None else self.counts()
        down, across, total = counts.sum(axis=0), counts.sum(axis=1), max(counts.sum(), 1.0)
        cells = counts
        if measure in ("share of row", "share of column"):
            sums = across[:, None] if measure == "share of row" else down[None, :]
            cells = np.divide(counts, sums, out=np.zeros_like(counts), where=sums > 0)
            down, across, total = down / total, across / total, 1.0
            return np.block([[cells, across[:, None]], [down[None, :], np.ones((1, 1))]])
        return np.block([[cells, across[:, None]], [down[None, :], np.full((1, 1), counts.sum())]])

    def members(self, row: int, column: int) -> IntArray:
        """The digits of a cell as places in the answers; beyond the last row or column, or −1: of all of them."""
        every_row, every_column = not 0 <= row < len(self.rows), not 0 <= column < len(self.columns)
        if self.column_of.ndim == 2:
            in_cells = self.column_of == column if not every_column else np.ones_like(self.column_of, bool)
            chosen = in_cells.any(axis=1) if every_row else in_cells[:, row]
        else:
            chosen = np.ones(len(self.places), bool)
            chosen &= every_row | (self.row_of == row)
            chosen &= every_column | (self.column_of == column)
        return self.places[chosen]


def digit_matrix(first: Answers, second: Answers | None, axes: str) -> DigitMatrix:
    """The table for one of `AXES`; labels that are true or not have one of their own, whatever the axes."""
    every = np.arange(len(first))
    if axes == "right × refused" and first.task != "regression":
        return DigitMatrix(
            ("right", "wrong"), ("answered", "refused"), "outcome", "rule", every, (~first.right).astype(np.intp),
            first.refused.astype(np.intp), np.array([[True, False], [False, True]]),
        )  # fmt: skip
    if axes == "model A × model B" and second is not None:
        in_first, in_second = common_digits(first, second)
        if first.has_classes and second.has_classes and first.labels == second.labels:
            return DigitMatrix(
                first.labels, second.labels, "A", "B", in_first, first.classes[in_first], second.classes[in_second],
                np.eye(len(first.labels), dtype=bool),
            )  # fmt: skip
        return DigitMatrix(
            ("right", "wrong"), ("right", "wrong"), "A", "B", in_first, (~first.right[in_first]).astype(np.intp),
            (~second.right[in_second]).astype(np.intp), np.array([[True, False], [False, False]]),
        )  # fmt: skip
    if first.has_classes:
        return DigitMatrix(
            first.labels, first.labels, "truth", "answer", every, np.asarray(first.targets, np.intp), first.classes,
            np.eye(len(first.labels), dtype=bool), first.probability_sums,
        )  # fmt: skip
    if first.task == "multilabel":
        said = first.predictions >= 0.5
        codes = np.where(first.targets, np.where(said, 0, 2), np.where(said, 3, 1))
        columns = ("TP", "TN", "FN", "FP")
        good = np.tile(np.array([True, True, False, False]), (len(first.labels), 1))
        return DigitMatrix(first.labels, columns, "label", "answer", every, np.zeros(len(first), np.intp), codes, good)
    off = np.digitize(first.errors, (2, 5, 10, 20))
    turned = np.digitize(np.asarray(first.targets, np.float64), (-30, -10, 10, 30))
    return DigitMatrix(
        ("< −30°", "−30 to −10°", "−10 to 10°", "10 to 30°", "> 30°"), ("< 2°", "2–5°", "5–10°", "10–20°", "> 20°"),
        "angle", "error", every, turned, off, np.tile(np.arange(5) < 3, (5, 1)),
    )  # fmt: skip
