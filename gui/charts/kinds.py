"""The kinds of chart that there are."""

from gui.charts.bar_chart import BarChart
from gui.charts.chart import Chart
from gui.charts.heat_map import HeatMap
from gui.charts.image_chart import ImageChart
from gui.charts.line_chart import LineChart
from gui.charts.matrix_chart import MatrixChart
from gui.charts.parallel_chart import ParallelChart
from gui.charts.scatter_chart import ScatterChart

# To add a kind: its file, and its line here. tests/gui/charts/test_kinds.py then asks for data to show.
KINDS: dict[str, type[Chart]] = {
    "lines": LineChart,
    "bars": BarChart,
    "scatter": ScatterChart,
    "matrix": MatrixChart,
    "heat map": HeatMap,
    "image": ImageChart,
    "parallel": ParallelChart,
}
