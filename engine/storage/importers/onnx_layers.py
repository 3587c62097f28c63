"""The closed list of ONNX operators that are read: to add one, its function and its line here."""

from collections.abc import Callable

from engine.errors import ModelFileError
from engine.storage.importers import onnx_products, onnx_scales, onnx_shapes
from engine.storage.importers.layer_chain import LayerChain
from engine.storage.importers.onnx_operation import Operation
from engine.storage.importers.onnx_patterns import ChainStep, OnnxGraphView

OPERATORS: dict[str, Callable[[Operation], None]] = {
    "Gemm": onnx_products.dense,
    "MatMul": onnx_products.dense,
    "Conv": onnx_products.convolution,
    "MaxPool": onnx_products.pool,
    "AveragePool": onnx_products.pool,
    "GlobalAveragePool": onnx_products.reduce,
    "GlobalMaxPool": onnx_products.reduce,
    "ReduceMean": onnx_products.reduce,
    "ReduceMax": onnx_products.reduce,
    "BatchNormalization": onnx_scales.batch_normalization,
    "LayerNormalization": onnx_scales.layer_normalization,
    "Add": onnx_scales.affine,
    "Sub": onnx_scales.affine,
    "Mul": onnx_scales.affine,
    "Div": onnx_scales.affine,
    "Softmax": onnx_shapes.softmax,
    "Transpose": onnx_shapes.transpose,
    "Flatten": onnx_shapes.cut,
    "Reshape": onnx_shapes.cut,
    "Squeeze": onnx_shapes.cut,
    "Unsqueeze": onnx_shapes.cut,
    "Tile": onnx_shapes.tile,
    "Pad": onnx_shapes.pad,
    "Resize": onnx_shapes.resize,
    "Upsample": onnx_shapes.resize,
}


def add_layers(step: ChainStep, view: OnnxGraphView, chain: LayerChain) -> None:
    """Add the layers of one step to a chain.

    Raises:
        ModelFileError: the operator is not read, or not with these settings; the sentence names it.
    """
    if step.kind == "activation":
        chain.add_elementwise(step.activation)
    elif step.kind in OPERATORS:
        OPERATORS[step.kind](Operation(step.node, view, chain))
    else:
        raise ModelFileError(f"uses the operator {step.kind[:60]}, which no layer here stands for.")
