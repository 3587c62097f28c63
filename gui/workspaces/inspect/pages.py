"""The pages of the tab in their order. To add one: a file beside this one, and its line here."""

from typing import Final

from gui.workspaces.inspect.landscape_page import LandscapePage
from gui.workspaces.inspect.layers_page import LayersPage
from gui.workspaces.inspect.nearest_page import NearestPage
from gui.workspaces.inspect.page import Page
from gui.workspaces.inspect.pixels_page import PixelsPage
from gui.workspaces.inspect.step_page import StepPage
from gui.workspaces.inspect.weights_page import WeightsPage

PAGES: Final[tuple[type[Page], ...]] = (WeightsPage, LayersPage, PixelsPage, NearestPage, StepPage, LandscapePage)
