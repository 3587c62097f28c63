"""Steps that refer to what they change may be collected with it."""

import gc

from engine.ink.drawing import Drawing
from gui.lab.drawing_document import DrawingDocument


def test_a_document_is_collected_with_its_steps(qapp):
    document = DrawingDocument()
    for x in (0.2, 0.5, 0.8):
        document.set_drawing(Drawing.from_points([[(x, 0.1), (x, 0.9)]]))
    document.undo_stack.undo()
    assert document.undo_stack.count() > 1
    del document
    # Without care the process ends here.
    gc.collect()
