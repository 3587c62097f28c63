"""TensorFlow's names for Keras' functions of arrays, and for their arguments: one table."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from engine.keras import ops
from engine.layers.activation_choice import SAME_ACTIVATIONS

# Names of the first arguments → functions, each as TensorFlow's name, or as "TensorFlow's:Keras'".
_TABLE = {
    "x": "abs exp expm1 log log1p sqrt square sign round floor ceil sin cos tan asin:arcsin acos:arccos atan:arctan "
    "sinh cosh tanh asinh:arcsinh acosh:arccosh atanh:arctanh sigmoid negative reciprocal is_nan:isnan is_inf:isinf "
    "is_finite:isfinite logical_not erf rint:round log_sigmoid",
    "features": "relu relu6 elu selu softplus softsign silu swish",
    "features alpha": "leaky_relu",
    "logits axis": "softmax log_softmax",
    "x y": "add subtract multiply divide truediv:divide realdiv:divide pow:power maximum minimum equal not_equal "
    "greater greater_equal less less_equal logical_and logical_or logical_xor mod floormod:mod floordiv:floor_divide "
    "multiply_no_nan:multiply",
    "y x": "atan2:arctan2",
    "input_tensor axis keepdims": "reduce_mean:mean reduce_sum:sum reduce_max:max reduce_min:min reduce_prod:prod "
    "reduce_any:any reduce_all:all reduce_std:std reduce_variance:var reduce_logsumexp:logsumexp "
    "reduce_euclidean_norm:norm",
    "input axis": "expand_dims squeeze count_nonzero",
    "input =dtype": "zeros_like ones_like",
    "input repeats axis": "repeat",
    "input shift axis": "roll",
    "input shape": "broadcast_to",
    "input multiples": "tile",
    "tensor axis": "reverse:flip",
    "values axis": "concat:concatenate stack",
    "value num axis": "unstack",
    "value =dtype": "convert_to_tensor identity:convert_to_tensor",
    "tensor shape": "reshape",
    "tensor ord axis keepdims": "norm",
    "x dtype": "cast",
    "shape =dtype": "zeros ones",
    "start stop num": "linspace",
    "a perm": "transpose",
    "a b axes": "tensordot",
    "a b": "cross",
    "equation": "einsum",
    "arr weights minlength": "bincount",
    "t clip_value_min clip_value_max": "clip_by_value:clip",
    "input": "inv det trace stop_gradient diag_part:diagonal",
    "matrix rhs": "solve",
    "diagonal": "diag",
}


def spelled(function: Callable[..., Any], names: str) -> Callable[..., Any]:
    """A function whose first arguments also have these names, and which takes a `name` and forgets it.

    What begins with "=" is an argument by name alone for the function.
    """
    expected = [part.removeprefix("=") for part in names.split()]
    count = sum("=" not in part for part in names.split())

    @wraps(function)
    def answer(*args: Any, name: str | None = None, **kwargs: Any) -> Any:
        given = list(args[:count])
        kwargs.update(zip(expected[count:], args[count:], strict=False))
        for one in expected[len(given) : count]:
            if one not in kwargs:
                break
            given.append(kwargs.pop(one))
        return function(*given, *args[len(expected) :], **kwargs)

    return answer


FUNCTIONS = {
    spelling.split(":")[0]: spelled(getattr(ops, spelling.split(":")[-1]), names)
    for names, functions in _TABLE.items()
    for spelling in functions.split()
}

SAME_ACTIVATIONS.update({
    function: SAME_ACTIVATIONS[function.__wrapped__]  # type: ignore[attr-defined]
    for function in FUNCTIONS.values()
    if function.__wrapped__ in SAME_ACTIVATIONS  # type: ignore[attr-defined]
})  # fmt: skip


def functions_of(names: str) -> dict[str, Callable[..., Any]]:
    """Those of the names."""
    return {name: FUNCTIONS[name] for name in names.split()}
