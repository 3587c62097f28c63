"""The loss around the present weights, through real events."""

from dataclasses import replace

import numpy as np
import pytest
from fake_training import short
from PySide6.QtCore import QPoint, Qt

from engine.errors import DataError
from gui.lab.dataset_library import DatasetEntry
from gui.workspaces.inspect import landscape_page
from models import PRESETS


def test_the_landscape_of_the_logistic_model(show, few_lab, qtbot):
    page = show("logistic", "landscape")
    assert page.formula.text().startswith("J(θ)")
    qtbot.waitUntil(lambda: page.slice is not None, timeout=20_000)
    plane, loss = page.found.plane, page.found.loss
    middle = len(plane.places) // 2
    assert plane.losses[middle, middle] == pytest.approx(loss.at(loss.present))
    chart = page.chart
    table = chart.table()
    rows = np.stack(table.parts[0], axis=1)
    assert table.columns == ("gradient", "random", "loss")
    assert rows[17].tolist() == [plane.places[2], plane.places[1], plane.losses[1, 2]]
    assert f"loss {plane.losses[middle, middle]:.3g} at the present weights" in chart.accessibleDescription()
    assert page.slice.slope == pytest.approx(page.found.slopes[page.weight_index])
    # However close up, each place is told apart from the one beside it.
    chart.show_landscape(replace(plane, places=np.linspace(-0.02, 0.02, len(plane.places))))
    told = {chart.reading_at(x, y).heading for x in range(15) for y in range(15)}
    assert len(told) == 225
    assert "gradient −0.017, random +0.0086" in told
    page.parameter_box.setCurrentIndex(0)
    page.place_box.setValue(211)
    qtbot.waitUntil(lambda: page.slice.weight == loss.present[210], timeout=10_000)
    assert page.slice.slope == pytest.approx(page.found.slopes[210])


def test_the_way_of_a_run_is_shown_and_another_direction_makes_another_picture(show, few_lab, qtbot):
    few_lab.models.choose("logistic")
    with qtbot.waitSignal(few_lab.session.finished, timeout=10_000):
        few_lab.session.start(PRESETS["logistic"], short(PRESETS["logistic"], epochs=3))
    page = show(few_lab.models.current.key, "landscape")
    qtbot.waitUntil(lambda: page.found is not None, timeout=20_000)
    assert page.found.plane.path.shape == (3, 2)
    first = page.found.plane.losses
    qtbot.mouseClick(page.direction_button, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: page.found.plane.losses is not first, timeout=20_000)
    assert not np.allclose(page.found.plane.losses, first)
    # Close up the path takes a good part of the picture; else it reaches as far as the weights are long.
    plane = page.found.plane
    assert 0.3 < np.abs(plane.path).max() / plane.places[-1] <= 1
    qtbot.mouseClick(page.close_box, Qt.MouseButton.LeftButton, pos=QPoint(8, page.close_box.height() // 2))
    qtbot.waitUntil(lambda: page.found.plane is not plane, timeout=20_000)
    assert page.found.plane.places[-1] == 1
    assert "±1 " in page.progress_label.text()


@pytest.mark.parametrize("few_lab", [0.002], indirect=True)
def test_a_small_models_surroundings_are_measured_while_it_learns(show, few_lab, qtbot, monkeypatch):
    # Small also on a machine that has much else to do.
    monkeypatch.setattr(landscape_page, "MOST_SECONDS", 30.0)
    few_lab.session.start(PRESETS["logistic"], short(PRESETS["logistic"], epochs=2000))
    qtbot.waitUntil(lambda: bool(few_lab.epoch.stored), timeout=10_000)
    page = show(few_lab.models.current.key, "landscape")
    qtbot.waitUntil(lambda: page.found is not None, timeout=10_000)
    first = page.found
    qtbot.waitUntil(
        lambda: page.found is not first and len(page.found.plane.path) > len(first.plane.path), timeout=10_000
    )
    assert few_lab.session.active
    few_lab.session.stop()


def test_what_other_digits_said_is_told_to_be_of_others(show, few_lab, qtbot):
    """Where the new ones cannot be read, this is all that is left to see."""
    page = show("mlp", "landscape")
    qtbot.waitUntil(lambda: page.found is not None and not page.tasks.busy, timeout=20_000)
    workspace = page.window()
    workspace.open_page("weights")
    card = workspace.pages["weights"].unit_card
    qtbot.waitUntil(lambda: card.exciting.count == 9, timeout=20_000)
    assert "digits, those" in card.asked_label.text()

    def nothing():
        raise DataError("There is nothing in it.")

    few_lab.datasets.add(DatasetEntry("none", "none", nothing))
    few_lab.datasets.choose("none")
    qtbot.waitUntil(lambda: card.subtitle == "There is nothing in it.", timeout=10_000)
    assert card.exciting.count == 0
    assert card.asked_label.text() == "the nine digits that excite it most"
    workspace.open_page("landscape")
    assert page.card.subtitle == "Neural network, before the digits became others"
    few_lab.datasets.choose("few")
    workspace.open_page("weights")
    qtbot.waitUntil(lambda: card.exciting.count == 9, timeout=20_000)
    assert card.subtitle == ""
