"""Convolution, ReLU and max-pooling as one layer: the same function as the three layers, in fewer passes over memory.

What makes it fast, in plain NumPy: every array and view is made once for a batch size; windows are copied into the
matrix of a product in runs of kernel width × channels numbers; the rows of that matrix are sorted by pooling element
(`fused_pooling`); products are cut into groups (`products`); and a batch goes through in blocks of images whose
intermediate results stay in the processor's cache.
"""

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.lib.stride_tricks import as_strided

from engine.core.parameters import FloatArray
from engine.errors import EngineError
from engine.fused.block_pooling import BoolArray, pool_blocks
from engine.layers.base import Layer
from engine.layers.convolution import Conv2D
from engine.layers.pooling import MaxPool2D

# Bytes of the largest temporary of a block of images: about a core's second-level cache.
_CACHE_BYTES = 1 << 20
# Workspaces kept: full batches and the last, smaller one, each for training and for inference.
_WORKSPACES = 4

# What a fused layer keeps for one batch size.
WorkspaceT = TypeVar("WorkspaceT")


@dataclass(frozen=True, slots=True)
class Geometry:
    """Sizes of a convolution with stride 1, followed by pooling whose stride is its window.

    Attributes:
        height, width, channels: of the inputs.
        kernel_height, kernel_width, filters: of the convolution.
        top, left: zeros before the first row and column.
        padded_height, padded_width: with the zeros.
        pool_height, pool_width: of the pooling window, 1 without pooling.
        pooled_rows, pooled_columns: of the outputs; positions beyond the last whole window are not computed.
    """

    height: int
    width: int
    channels: int
    kernel_height: int
    kernel_width: int
    filters: int
    top: int
    left: int
    padded_height: int
    padded_width: int
    pool_height: int
    pool_width: int
    pooled_rows: int
    pooled_columns: int

    @classmethod
    def of(cls, convolution: Conv2D, pooling: MaxPool2D | None) -> "Geometry":
        """The sizes of built layers."""
        rows, columns = convolution.axes
        height, width, channels = convolution.input_shape
        pool_height, pool_width = pooling.pool_size if pooling is not None else (1, 1)
        return cls(
            height=height,
            width=width,
            channels=channels,
            kernel_height=rows.window,
            kernel_width=columns.window,
            filters=convolution.filters,
            top=rows.before,
            left=columns.before,
            padded_height=rows.padded,
            padded_width=columns.padded,
            pool_height=pool_height,
            pool_width=pool_width,
            pooled_rows=rows.positions // pool_height,
            pooled_columns=columns.positions // pool_width,
        )

    @property
    def elements(self) -> int:
        """Positions in a pooling window."""
        return self.pool_height * self.pool_width

    @property
    def windows(self) -> int:
        """Pooling windows in an image."""
        return self.pooled_rows * self.pooled_columns

    def images_in_block(self, batch: int, numbers: int, itemsize: int) -> int:
        """How many images to take at once when each needs `numbers` numbers: `batch` cut into even blocks."""
        most = max(1, _CACHE_BYTES // (numbers * itemsize))
        blocks = -(-batch // most)
        return -(-batch // blocks)


class FusedConvolution(Layer, Generic[WorkspaceT]):
    """What the fused convolution stages share: pooling, bias and ReLU of a block, and the parameters.

    Attributes:
        convolution: the layer whose parameters are used.
        rectified: whether ReLU follows.
        geometry: the sizes.
    """

    def __init__(self, convolution: Conv2D, rectified: bool, pooling: MaxPool2D | None) -> None:
        super().__init__("+".join([convolution.name, *([pooling.name] if pooling is not None else [])]))
        self.convolution = convolution
        self.rectified = rectified
        self.geometry = Geometry.of(convolution, pooling)
        self.input_shape = convolution.input_shape
        self.output_shape = pooling.output_shape if pooling is not None else convolution.output_shape
        self.dtype = convolution.dtype
        self.needs_input_gradient = convolution.needs_input_gradient
        windows, filters = self.geometry.windows, self.geometry.filters
        # One image's biases and zeros: operands as long as the data they meet keep NumPy's inner loops long.
        self._bias_by_window = np.zeros((windows, filters), self.dtype)
        self._bias = self._bias_by_window.reshape(1, -1)
        self._zeros = np.zeros_like(self._bias)
        self._workspaces: dict[tuple[int, bool], WorkspaceT] = {}
        self._last: WorkspaceT | None = None

    @property
    def kernel_values(self) -> FloatArray:
        """(kernel height, kernel width, channels, filters)."""
        return self.convolution.parameters[0].value

    def workspace(self, batch: int, training: bool) -> WorkspaceT:
        """The arrays for this batch size, made on first use."""
        kept = self._workspaces.get((batch, training))
        if kept is None:
            while len(self._workspaces) >= _WORKSPACES:
                del self._workspaces[next(iter(self._workspaces))]
            kept = self._workspaces[batch, training] = self.make_workspace(batch, training)
        self._last = kept if training else None
        return kept

    def last_workspace(self) -> WorkspaceT:
        """The workspace of the last `forward(…, training=True)`; raises `EngineError` without one."""
        if self._last is None:
            raise EngineError(f"Layer {self.name!r} has to run forward with training=True before it runs backward.")
        return self._last

    def make_workspace(self, batch: int, training: bool) -> WorkspaceT:
        """All arrays and views for a batch size."""
        raise NotImplementedError

    def prepare_bias(self) -> None:
        """Spread the present biases over the places of an image."""
        if self.convolution.use_bias:
            np.copyto(self._bias_by_window, self.convolution.parameters[1].value)

    def finish_block(self, block: "PooledBlock") -> None:
        """Pooling, bias and ReLU, from the block's elements to its outputs."""
        if len(block.elements) > 1:
            pool_blocks(block.elements, block.pooled, block.winners, block.active)
        if self.convolution.use_bias:
            np.add(block.outputs, self._bias, out=block.outputs)
        if self.rectified:
            np.maximum(block.outputs, self._zeros, out=block.outputs)
            if block.active is not None:
                np.greater(block.pooled, 0, out=block.active)

    def spread_gradient(self, block: "PooledBlock", gradient: FloatArray) -> None:
        """From the gradient at the block's outputs, (windows, filters), to the one at its elements."""
        assert block.active is not None
        if self.rectified:
            np.multiply(gradient, block.active, out=gradient)
        if block.winners is not None:
            np.multiply(gradient, block.winners, out=block.elements)
        else:
            np.copyto(block.elements[0], gradient)

    def sum_bias_gradient(self, gradient: FloatArray, ones: FloatArray) -> None:
        """∂L/∂bias: the sum over windows of the gradient (windows, filters) that `spread_gradient` has masked."""
        if self.convolution.use_bias:
            # As a product with ones it runs in BLAS; NumPy's own sum over the first axis has short inner loops.
            np.dot(ones, gradient, out=self.convolution.parameters[1].gradient)

    def release_buffers(self) -> None:
        """Forget every array."""
        super().release_buffers()
        self._workspaces.clear()
        self._last = None


@dataclass(slots=True)
class PooledBlock:
    """The arrays of a block of images from the convolution's result to the layer's outputs.

    Attributes:
        images: which images of the batch.
        elements: (elements, windows, filters); the convolution's result forwards, its gradient backwards.
        pooled: (windows, filters), the block's part of the outputs.
        outputs: the same memory as (images, windows of an image · filters).
        winners: who won the pooling, as in `pool_blocks`; None in inference and without pooling.
        active: (windows, filters), where ReLU let pass; None in inference.
    """

    images: slice
    elements: FloatArray
    pooled: FloatArray
    outputs: FloatArray
    winners: BoolArray | None
    active: BoolArray | None


def make_pooled_blocks(
    geometry: Geometry, batch: int, images_in_block: int, outputs: FloatArray, training: bool
) -> list[PooledBlock]:
    """The blocks of a batch, whose outputs are (batch, height, width, filters).

    They share one array of window elements, since a block is finished before the next begins.
    """
    filters, elements, windows = geometry.filters, geometry.elements, geometry.windows
    shared = np.empty(elements * images_in_block * windows * filters if elements > 1 else 0, outputs.dtype)
    blocks = []
    for first in range(0, batch, images_in_block):
        images = slice(first, min(first + images_in_block, batch))
        count = (images.stop - first) * windows
        pooled = outputs[images].reshape(count, filters)
        blocks.append(
            PooledBlock(
                images,
                # Without pooling the convolution writes straight into the outputs.
                shared[: elements * count * filters].reshape(elements, count, filters)
                if elements > 1
                else pooled[np.newaxis],
                pooled,
                outputs[images].reshape(images.stop - first, -1),
                np.empty((elements, count, filters), np.bool_) if training and elements > 1 else None,
                np.empty((count, filters), np.bool_) if training else None,
            )
        )
    return blocks


def windows_of(padded: FloatArray, geometry: Geometry) -> FloatArray:
    """Every kernel window, as a view (pool height, pool width, images, rows, columns, kernel height, run).

    A run is a window's row, kernel width · channels numbers that lie side by side in memory.
    """
    image, row, column, number = padded.strides
    g = geometry
    return as_strided(
        padded,
        (
            g.pool_height,
            g.pool_width,
            len(padded),
            g.pooled_rows,
            g.pooled_columns,
            g.kernel_height,
            g.kernel_width * g.channels,
        ),
        (row, column, image, g.pool_height * row, g.pool_width * column, row, number),
        writeable=False,
    )
