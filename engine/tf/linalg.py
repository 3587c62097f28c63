"""TensorFlow's `linalg`: products and lengths of matrices and vectors of any shape."""

from typing import Any

import numpy as np

from engine.keras import ops
from engine.tf.arrays import transpose
from engine.tf.nn import l2_normalize

matmul, norm, inv, det, solve, eye, diag, trace = (
    ops.matmul, ops.norm, ops.inv, ops.det, ops.solve, ops.eye, ops.diag, ops.trace,
)  # fmt: skip

diag_part, matrix_transpose, einsum, tensordot = (
    ops.diagonal, lambda a: ops.swapaxes(a, -1, -2), ops.einsum, ops.tensordot,
)  # fmt: skip


def matvec(a: Any, b: Any) -> Any:
    """The product of a matrix (…, n, m) and a vector (…, m)."""
    return ops.squeeze(ops.matmul(a, ops.expand_dims(b, -1)), -1)


def band_part(input: Any, num_lower: int, num_upper: int) -> Any:
    """A matrix with so many diagonals below and above its own, all where negative, and zeros elsewhere."""
    rows, columns = np.shape(input)[-2:]
    offset = np.arange(columns) - np.arange(rows)[:, np.newaxis]
    kept = (num_lower < 0) | (-offset <= num_lower)
    kept &= (num_upper < 0) | (offset <= num_upper)
    return ops.where(kept, input, 0)


__all__ = [
    "band_part", "det", "diag", "diag_part", "einsum", "eye", "inv",
    "l2_normalize", "matmul", "matrix_transpose", "matvec", "norm", "solve",
    "tensordot", "trace", "transpose",
]  # fmt: skip
