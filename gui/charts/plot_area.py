"""Data with an axis at their left and one below them.

pyqtgraph's own `PlotItem` makes a menu of thirty controls and two axes more for each plot, which no chart here shows
and which take nine tenths of its time.
"""

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGraphicsGridLayout, QSizePolicy

from gui.charts.axis import PaintedAxis

_ALL_THE_REST = 100


class PlotArea(pg.GraphicsWidget):
    """The box of the data, and its axes.

    Attributes:
        box: what holds the items, which are in axis units.
        grid: the layout of the three.
    """

    def __init__(self, left: PaintedAxis, bottom: PaintedAxis) -> None:
        super().__init__()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.box = pg.ViewBox(parent=self, enableMenu=False)
        self.grid = QGraphicsGridLayout()
        self.grid.setContentsMargins(1, 1, 1, 1)
        self.grid.setSpacing(0)
        self.setLayout(self.grid)
        self.grid.addItem(self.box, 0, 1)
        for axis, row, column in ((left, 0, 0), (bottom, 1, 1)):
            axis.linkToView(self.box)
            self.grid.addItem(axis, row, column)
            # The view paints it below everything else: hairlines run behind the curves.
            axis.setFlag(axis.GraphicsItemFlag.ItemHasNoContents)
        self.grid.setRowStretchFactor(0, _ALL_THE_REST)
        self.grid.setColumnStretchFactor(1, _ALL_THE_REST)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
