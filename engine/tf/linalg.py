"""TensorFlow's `linalg`: products and lengths of matrices and vectors of any shape."""

from engine.keras import ops
from engine.tf.arrays import transpose
from engine.tf.nn import l2_normalize

matmul, norm, inv, det, solve, eye, diag, trace = (
    ops.matmul, ops.norm, ops.inv, ops.det, ops.solve, ops.eye, ops.diag, ops.trace,
)  # fmt: skip

__all__ = ["det", "diag", "eye", "inv", "l2_normalize", "matmul", "norm", "solve", "trace", "transpose"]
