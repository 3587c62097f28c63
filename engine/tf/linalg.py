"""TensorFlow's `linalg`: products and lengths of matrices and vectors of any shape."""

from typing import Any

import numpy as np

from engine.core.tensor import as_tensor
from engine.keras import ops
from engine.keras.lifting import each
from engine.tf.arrays import eye as eye
from engine.tf.arrays import global_norm as global_norm
from engine.tf.arrays import matmul as matmul
from engine.tf.nn import l2_normalize as l2_normalize
from engine.tf.spelling import functions_of

globals().update(functions_of("norm inv det solve diag trace diag_part einsum tensordot cross transpose"))
cholesky, qr, eigh, eig, eigvals, eigvalsh, pinv, slogdet, matrix_rank = each(
    np.linalg.cholesky, np.linalg.qr, np.linalg.eigh, np.linalg.eig, np.linalg.eigvals, np.linalg.eigvalsh,
    np.linalg.pinv, np.linalg.slogdet, np.linalg.matrix_rank,
)  # fmt: skip
tensor_diag, tensor_diag_part = ops.diag, ops.diagonal


def matrix_transpose(a: Any) -> Any:
    """The last two axes exchanged."""
    return ops.swapaxes(a, -1, -2)


adjoint = matrix_transpose


def svd(tensor: Any, full_matrices: bool = False, compute_uv: bool = True) -> Any:
    """Singular values, largest first, and the matrices u and v of u·diag(s)·vᵀ."""
    if not compute_uv:
        return as_tensor(np.linalg.svd(np.asarray(tensor), compute_uv=False))
    u, s, vt = np.linalg.svd(np.asarray(tensor), full_matrices)
    return as_tensor(s), as_tensor(u), as_tensor(np.swapaxes(vt, -1, -2))


def lstsq(matrix: Any, rhs: Any, l2_regularizer: float = 0.0, fast: bool = True) -> Any:
    """The x of the smallest |matrix·x − rhs|² + l2_regularizer·|x|²."""
    turned = matrix_transpose(matrix)
    size = np.shape(matrix)[-1]
    return ops.solve(
        ops.matmul(turned, matrix) + l2_regularizer * np.eye(size, dtype=turned.dtype), ops.matmul(turned, rhs)
    )


def logdet(matrix: Any) -> Any:
    """The logarithm of the determinant."""
    return ops.log(ops.det(matrix))


def normalize(tensor: Any, ord: Any = "euclidean", axis: Any = None) -> Any:
    """An array divided by its length, and the length."""
    length = ops.norm(tensor, ord, axis, keepdims=True)
    return tensor / length, length


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
    name for name in dir() if name[0] != "_" and name not in ("Any", "as_tensor", "each", "functions_of", "np", "ops")
]
