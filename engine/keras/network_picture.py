"""`plot_model`: a network's layers as a picture of boxes, one below the other."""

import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from PIL.Image import Image

_ROW, _GAP, _WIDTH, _MARGIN = 44, 26, 420, 20


def plot_model(
    model: Any,  # noqa: ANN401 — a network
    to_file: str | os.PathLike[str] = "model.png",
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    **settings: Any,  # noqa: ANN401 — Keras' further ones, without effect
) -> "Image":
    """Draw a box a layer, write the picture, and return it for the notebook to show.

    Args:
        model: built or not.
        to_file: an image file.
        show_shapes: whether shapes are told.
        show_dtype: whether the float type is told.
        show_layer_names: whether names stand beside kinds.
        settings: without effect.
    """
    from PIL import Image, ImageDraw

    lines = []
    for layer in model.layers:
        words = [f"{layer.name} ({type(layer).__name__})" if show_layer_names else type(layer).__name__]
        if show_shapes and layer.output_shape:
            words.append(f"{(None, *layer.input_shape)} → {(None, *layer.output_shape)}".replace("→", "->"))
        if show_dtype:
            words.append(model.dtype.name)
        lines.append("   ".join(words))
    height = 2 * _MARGIN + max(1, len(lines)) * (_ROW + _GAP) - _GAP
    width = max([_WIDTH, *(2 * _MARGIN + 20 + 7 * len(line) for line in lines)])
    picture = Image.new("RGB", (width, height), "white")
    draw = ImageDraw.Draw(picture)
    for number, line in enumerate(lines):
        top = _MARGIN + number * (_ROW + _GAP)
        draw.rectangle((_MARGIN, top, width - _MARGIN, top + _ROW), outline="black")
        draw.text((width / 2, top + _ROW / 2), line, fill="black", anchor="mm")
        if number:
            draw.line((width / 2, top - _GAP, width / 2, top), fill="black")
    if to_file is not None:
        picture.save(to_file)
    return picture
