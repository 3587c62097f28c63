"""What the Evaluate tab writes into files, and what is said of it."""

import csv

import numpy as np
from evaluate_helpers import click_cell
from PySide6.QtCore import Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QFileDialog


def rows_of(path):
    lines = [line for line in path.read_text(encoding="utf-8").splitlines() if not line.startswith("#")]
    return list(csv.DictReader(lines))


def test_listed_digits_are_saved_as_table_and_pictures(evaluate, qtbot, lab, tmp_path, monkeypatch):
    heard = []
    lab.messages.message.connect(heard.append)
    card, found = evaluate.examples, evaluate.found
    click_cell(qtbot, evaluate, *found.pairs[0][:2])
    assert card.export.isEnabled()
    for ending in ("csv", "png", "svg"):
        path = tmp_path / f"digits.{ending}"
        monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_args, path=path: (str(path), ""))
        action = next(action for action in card.export.export_menu.actions() if ending.upper() in action.text())
        action.trigger()
        qtbot.waitUntil(lambda path=path: heard[-1:] == [f"Saved {path}."])
    rows = rows_of(tmp_path / "digits.csv")
    assert [int(row["digit"]) for row in rows] == found.ids[card.places].tolist()
    labels = np.asarray(found.answers.labels)
    assert [row["truth"] for row in rows] == labels[found.answers.targets[card.places]].tolist()
    assert np.allclose([float(row["loss"]) for row in rows], found.answers.errors[card.places], rtol=1e-5)
    assert QImage(str(tmp_path / "digits.png")).width() > 600
    assert b"<svg" in (tmp_path / "digits.svg").read_bytes()
    # The next start suggests the same folder.
    assert lab.settings.last_folder == str(tmp_path)


def test_a_file_that_cannot_be_written_is_told(evaluate, qtbot, lab, tmp_path):
    errors = []
    lab.messages.error.connect(errors.append)
    nowhere = tmp_path / "missing" / "chart.png"
    evaluate.worst.export.export_menu.export(evaluate.worst.export, nowhere)
    evaluate.classes.card.menu.export(evaluate.classes.chart, nowhere)
    qtbot.waitUntil(lambda: len(errors) == 2)
    assert all("could not be saved" in str(error) for error in errors)


def test_nothing_shown_is_nothing_to_save(evaluate, qtbot):
    assert evaluate.examples.places.size == 0
    assert not evaluate.examples.export.isEnabled()
    qtbot.mouseClick(evaluate.examples.export, Qt.MouseButton.LeftButton)
    assert not evaluate.examples.export.export_menu.isVisible()
