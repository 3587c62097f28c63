"""What a TensorFlow program sets for itself: here mostly without effect."""

import logging
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from types import SimpleNamespace
from typing import Any

import numpy as np

from engine.core.tape import GradientTape
from engine.core.tensor import Tensor
from engine.core.tensor import TensorShape as TensorShape
from engine.keras import ops
from engine.keras.initializers import KERAS_INITIALIZERS
from engine.layer_support.by_call_weights import held
from engine.layer_support.variables import Variable as _Variable

(
    constant_initializer, random_normal_initializer, random_uniform_initializer, truncated_normal_initializer,
    ones_initializer, zeros_initializer,
) = (
    KERAS_INITIALIZERS[name]
    for name in ("Constant", "RandomNormal", "RandomUniform", "TruncatedNormal", "Ones", "Zeros")
)  # fmt: skip
custom_gradient = ops.custom_gradient
UnconnectedGradients = SimpleNamespace(NONE="none", ZERO="zero")


class Module:
    """Holds variables, modules and layers as attributes, and knows them all."""

    def __init__(self, name: str | None = None) -> None:
        self.name = name or type(self).__name__.lower()

    @property
    def variables(self) -> tuple[Any, ...]:
        """All variables within, in the order of the attributes."""
        found: dict[int, Any] = {}
        for _, value in sorted(vars(self).items()):
            found |= {id(one): one for one in variables_of(value)}
        return tuple(found.values())

    @property
    def trainable_variables(self) -> tuple[Any, ...]:
        """Those that are trained."""
        return tuple(one for one in self.variables if one.trainable)

    @property
    def submodules(self) -> tuple[Any, ...]:
        """The modules among the attributes."""
        return tuple(value for value in vars(self).values() if isinstance(value, Module))


def variables_of(value: Any) -> list[Any]:
    """The variables of a variable, a module, a network or a layer, or of several in a structure."""
    if isinstance(value, _Variable):
        return [value]
    if isinstance(value, Module):
        return list(value.variables)
    if isinstance(value, list | tuple | dict):
        parts = value.values() if isinstance(value, dict) else value
        return [one for part in parts for one in variables_of(part)]
    return [weight for layer in held(value) for weight in layer.weights]


def device(name: str) -> AbstractContextManager[None]:
    """A block without effect: everything runs on the processor."""
    return nullcontext()


name_scope = control_dependencies = device


def init_scope() -> AbstractContextManager[None]:
    """A block without effect: nothing is compiled."""
    return nullcontext()


def executing_eagerly() -> bool:
    """Always: nothing is compiled."""
    return True


def is_gpu_available(*given: Any, **settings: Any) -> bool:
    """Never: everything runs on the processor."""
    return False


def _as_expected(condition: Any, message: str | None, told: str) -> None:
    if not np.all(condition):
        raise AssertionError(message or told)


def _finite(tensor: Any, message: str | None = None, name: str | None = None) -> Any:
    _as_expected(np.isfinite(tensor), message, f"{tensor} holds numbers that are not finite.")
    return tensor


debugging = SimpleNamespace(
    assert_equal=lambda x, y, message=None: _as_expected(np.equal(x, y), message, f"{x} is not {y}."),
    assert_near=lambda x, y, message=None, rtol=1e-5, atol=1e-5: _as_expected(
        np.isclose(x, y, rtol, atol), message, f"{x} is not near {y}."
    ),
    assert_greater=lambda x, y, message=None: _as_expected(np.greater(x, y), message, f"{x} is not above {y}."),
    assert_less=lambda x, y, message=None: _as_expected(np.less(x, y), message, f"{x} is not below {y}."),
    assert_greater_equal=lambda x, y, message=None: _as_expected(np.greater_equal(x, y), message, f"{x} is below {y}."),
    assert_less_equal=lambda x, y, message=None: _as_expected(np.less_equal(x, y), message, f"{x} is above {y}."),
    assert_positive=lambda x, message=None: _as_expected(np.greater(x, 0), message, f"{x} is not above 0."),
    assert_non_negative=lambda x, message=None: _as_expected(np.greater_equal(x, 0), message, f"{x} is below 0."),
    assert_rank=lambda x, rank, message=None: _as_expected(np.ndim(x) == rank, message, f"{x} has not {rank} axes."),
    check_numerics=_finite,
    assert_shapes=lambda *given, **settings: None,
    set_log_device_placement=lambda enabled: None,
)


def function(func: Callable[..., Any] | None = None, **settings: Any) -> Any:
    """The function itself: nothing is compiled."""
    return func if func is not None else (lambda own: own)


def get_logger() -> logging.Logger:
    """The logger that notebooks silence."""
    return logging.getLogger("tensorflow")


def py_function(func: Callable[..., Any], inp: Any, Tout: Any = None, name: str | None = None) -> Any:
    """What a function of Python makes of tensors."""
    made = func(*inp)
    return (
        [ops.convert_to_tensor(one) for one in made] if isinstance(made, list | tuple) else ops.convert_to_tensor(made)
    )


numpy_function = py_function


def group(*inputs: Any, **settings: Any) -> None:
    """Here for TensorFlow's sake: everything has been done."""


no_op = group


def _without_effect(*given: Any, **settings: Any) -> None:
    """Here for TensorFlow's sake."""


autograph = SimpleNamespace(set_verbosity=_without_effect)
config = SimpleNamespace(
    list_physical_devices=lambda kind=None: [],
    list_logical_devices=lambda kind=None: [],
    get_visible_devices=lambda kind=None: [],
    set_visible_devices=_without_effect,
    set_soft_device_placement=_without_effect,
    experimental_run_functions_eagerly=_without_effect,
    functions_run_eagerly=executing_eagerly,
    experimental_connect_to_cluster=_without_effect,
    run_functions_eagerly=_without_effect,
    threading=SimpleNamespace(
        set_inter_op_parallelism_threads=_without_effect, set_intra_op_parallelism_threads=_without_effect
    ),
    optimizer=SimpleNamespace(set_jit=_without_effect),
    experimental=SimpleNamespace(
        set_memory_growth=_without_effect,
        enable_op_determinism=_without_effect,
        list_physical_devices=lambda kind=None: [],
    ),
)
_logging = SimpleNamespace(
    set_verbosity=_without_effect, DEBUG=10, INFO=20, WARN=30, WARNING=30, ERROR=40, FATAL=50
)  # fmt: skip
assert_equal, assert_greater, assert_less = debugging.assert_equal, debugging.assert_greater, debugging.assert_less
_strategy = SimpleNamespace(
    num_replicas_in_sync=1, scope=nullcontext, run=lambda fn, args=(), kwargs=None: fn(*args, **(kwargs or {})),
    experimental_distribute_dataset=lambda dataset: dataset, reduce=lambda op, value, axis=None: value,
)  # fmt: skip


def _no_such_machine(*given: Any, **settings: Any) -> None:
    raise ValueError("There is no such machine here: everything runs on the processor.")


distribute = SimpleNamespace(
    get_strategy=lambda: _strategy,
    MirroredStrategy=lambda *given, **settings: _strategy,
    OneDeviceStrategy=lambda *given, **settings: _strategy,
    ReduceOp=SimpleNamespace(SUM="sum", MEAN="mean"),
    cluster_resolver=SimpleNamespace(TPUClusterResolver=_no_such_machine),
    TPUStrategy=_no_such_machine,
)
dtypes = SimpleNamespace(
    as_dtype=np.dtype, cast=ops.cast, DType=np.dtype, bool=np.dtype("bool"), string=np.dtype("O"),
    **{name: np.dtype(name) for name in ("float16", "float32", "float64", "uint8", "int8", "int16", "int32", "int64")},
)  # fmt: skip
as_dtype, DType = np.dtype, np.dtype
sysconfig = SimpleNamespace(get_build_info=dict)
compat = SimpleNamespace(
    v1=SimpleNamespace(logging=_logging, set_random_seed=_without_effect, disable_eager_execution=_without_effect)
)
test = SimpleNamespace(
    is_gpu_available=is_gpu_available, is_built_with_cuda=is_gpu_available, gpu_device_name=lambda: ""
)
version = SimpleNamespace(VERSION="2")
errors = SimpleNamespace(
    InvalidArgumentError=ValueError,
    OutOfRangeError=StopIteration,
    NotFoundError=OSError,
    ResourceExhaustedError=MemoryError,
)
autodiff = SimpleNamespace(GradientTape=GradientTape)

__all__ = [
    "DType",
    "GradientTape",
    "Module",
    "Tensor",
    "TensorShape",
    "UnconnectedGradients",
    "as_dtype",
    "assert_equal",
    "assert_greater",
    "assert_less",
    "autodiff",
    "autograph",
    "compat",
    "config",
    "constant_initializer",
    "control_dependencies",
    "custom_gradient",
    "debugging",
    "device",
    "distribute",
    "dtypes",
    "errors",
    "executing_eagerly",
    "function",
    "get_logger",
    "group",
    "init_scope",
    "name_scope",
    "no_op",
    "numpy_function",
    "ones_initializer",
    "py_function",
    "random_normal_initializer",
    "random_uniform_initializer",
    "sysconfig",
    "test",
    "truncated_normal_initializer",
    "version",
    "zeros_initializer",
]  # fmt: skip
