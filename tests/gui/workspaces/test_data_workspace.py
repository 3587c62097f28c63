"""The Data tab through real events: choosing, bringing, reading as it was meant."""

import numpy as np
import pytest
from data_helpers import bring, click, drop
from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFileDialog, QWidget

from engine.ink.drawing import Drawing, Stroke
from gui.lab.dataset_library import BUNDLED_KEY
from gui.lab.my_digits import MY_DIGITS_KEY
from gui.services.settings import Settings

# Choosing and bringing.


def test_it_begins_with_the_bundled_digits(data):
    assert data.choice.selector.currentText() == "Bundled MNIST digits"
    assert data.split.label.text() == "8,500 training digits · 1,500 validation digits"
    assert "first 10,000 training digits" in data.choice.told_label.text()
    assert data.digits.grid.count == 10_000
    assert not data.digits.original_button.isVisible()
    for name in ("datasetSelector", "importButton", "classFilter"):
        assert data.findChild(QWidget, name).accessibleName()


def test_a_file_of_the_dialog_is_trained_on(data, qtbot, lab, write, monkeypatch):
    path = write()
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (str(path), ""))
    data.checks = None
    click(qtbot, data.choice.import_button)
    qtbot.waitUntil(lambda: data.checks is not None, timeout=20_000)
    assert lab.datasets.current.path == path
    assert lab.settings.last_folder == str(path.parent)
    assert data.choice.selector.currentText() == "mine.npz"
    training, validation = lab.datasets.split_source()()
    assert (len(training), len(validation)) == (340, 60)
    data.choice.selector.setFocus()
    qtbot.keyClick(data.choice.selector, Qt.Key.Key_Up)
    assert lab.datasets.current.key == BUNDLED_KEY


def test_files_are_dropped_and_pasted(data, qtbot, lab, write):
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(write("dropped.npz")))])
    drop(data, mime)
    qtbot.waitUntil(lambda: lab.datasets.current.title == "dropped.npz", timeout=10_000)
    pasted = QMimeData()
    pasted.setUrls([QUrl.fromLocalFile(str(write("pasted.npz")))])
    QGuiApplication.clipboard().setMimeData(pasted)
    data.digits.grid.setFocus()
    qtbot.keyClick(data.digits.grid, Qt.Key.Key_V, Qt.KeyboardModifier.ControlModifier)
    qtbot.waitUntil(lambda: lab.datasets.current.title == "pasted.npz", timeout=10_000)


def test_a_table_is_pasted_and_kept(data, qtbot, lab, digits):
    rows = np.column_stack([digits.labels[:30], np.rint(255 * digits.images[:30]).reshape(30, -1)]).astype(int)
    mime = QMimeData()
    mime.setText("\n".join("\t".join(map(str, row)) for row in rows))
    drop(data, mime)
    qtbot.waitUntil(lambda: lab.datasets.current.key != BUNDLED_KEY, timeout=10_000)
    assert lab.datasets.current.path.exists()
    assert np.array_equal(lab.datasets.current.load().labels, digits.labels[:30])


def test_an_address_is_offered_for_download(data, lab):
    mime = QMimeData()
    mime.setText("https://example.org/digits.npz")
    drop(data, mime)
    sheet = data.choice.download_sheet
    assert sheet.isVisible()
    assert sheet.address_edit.text() == "https://example.org/digits.npz"
    assert lab.datasets.current.key == BUNDLED_KEY


def test_what_is_no_data_is_said(data, lab):
    told = []
    lab.messages.message.connect(told.append)
    for number, text in enumerate((" ", "hello"), 1):
        mime = QMimeData()
        mime.setText(text)
        drop(data, mime)
        assert told == number * ["There is no file, address or table to import."], text
    QGuiApplication.clipboard().clear()
    data.bringing.paste()
    assert told == 3 * ["There is no file, address or table to import."]


def test_a_file_that_is_gone_is_told_and_another_can_be_chosen(show_data, make_lab, tmp_path, qtbot):
    gone = {"current": str(tmp_path / "gone.npz"), "files": [{"path": str(tmp_path / "gone.npz")}]}
    lab = make_lab(Settings(datasets=gone))
    workspace = show_data(lab, complete=False)
    qtbot.waitUntil(lambda: "no such" in workspace.choice.told_label.text().lower(), timeout=10_000)
    assert workspace.digits.grid.count == 0
    # Nothing was looked at, so nothing is called right.
    assert (workspace.warnings.list.count(), workspace.warnings.subtitle) == (0, "")
    click(qtbot, workspace.choice.remove_button)
    qtbot.waitUntil(lambda: workspace.found is not None, timeout=10_000)
    assert lab.datasets.current.key == BUNDLED_KEY


# As it was read.


def test_guesses_are_told_and_overridden_in_the_sheet(data, qtbot, lab, write, digits):
    told = []
    lab.messages.message.connect(told.append)
    bring(qtbot, data, write(labels=digits.labels + 1))
    assert "Labels look shifted by one" in told[-1]
    assert "10 read as 0" in data.choice.told_label.text()
    assert data.choice.doubt_label.isVisible()
    click(qtbot, data.choice.differently_button)
    box = data.choice.reading_sheet.boxes["label_shift"]
    box.setCurrentText("are the digit + 1")
    data.checks = None
    click(qtbot, data.choice.reading_sheet.read_button)
    qtbot.waitUntil(lambda: data.checks is not None, timeout=20_000)
    assert "labels -1" in data.choice.told_label.text()
    assert np.array_equal(lab.datasets.current.load().labels, digits.labels)
    assert not data.choice.doubt_label.isVisible()
    assert lab.datasets.current.options == {"label_shift": -1}
    assert data.choice.reading_sheet.options() == {"label_shift": -1}


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda x: x[:, :, ::-1], "mirrored"),
        (lambda x: x[:, ::-1], "stood on their head"),
        # A quarter turn is a mirror image after what is done to digits that lie on their side.
        (lambda x: np.rot90(x, 1, (1, 2)), "mirrored"),
        (lambda x: x[:, ::-1, ::-1], "rotated by 180"),
    ],
)
def test_what_looks_wrong_is_put_right_by_one_click(data, qtbot, lab, write, digits, change, words):
    bring(qtbot, data, write(change=change))
    assert words in data.choice.doubt_label.text()
    data.checks = None
    click(qtbot, data.choice.mend_button)
    qtbot.waitUntil(lambda: data.checks is not None, timeout=20_000)
    assert not data.choice.doubt_label.isVisible()
    np.testing.assert_array_equal(lab.datasets.current.load().originals[:, 4:24, 4:24], np.rint(255 * digits.images))


def test_the_test_part_is_a_data_set_of_its_own(data, qtbot, lab, digits, tmp_path):
    path = tmp_path / "both.npz"
    images, labels = digits.images, digits.labels
    np.savez(path, x_train=images[:300], y_train=labels[:300], x_test=images[300:], y_test=labels[300:])
    bring(qtbot, data, path)
    assert "part: train (test left out)" in data.choice.told_label.text()
    click(qtbot, data.choice.differently_button)
    data.choice.reading_sheet.boxes["part"].setCurrentText("test part")
    click(qtbot, data.choice.reading_sheet.read_button)
    qtbot.waitUntil(lambda: lab.datasets.current.title == "both.npz (test part)", timeout=10_000)
    assert [len(entry.load()) for entry in lab.datasets.entries[1:]] == [300, 100]


def test_data_sets_are_mixed(data, qtbot, lab, write):
    bring(qtbot, data, write())
    click(qtbot, data.choice.mixture_button)
    sheet = data.choice.mixture_sheet
    click(qtbot, sheet.mix_button)
    assert lab.datasets.current.title == "mine.npz"
    for switch in sheet.switches.values():
        switch.setChecked(True)
    sheet.most_spin.setValue(200)
    data.checks = None
    click(qtbot, sheet.mix_button)
    qtbot.waitUntil(lambda: data.checks is not None, timeout=20_000)
    assert data.digits.grid.count == 400
    assert "200 of Bundled MNIST digits · 200 of mine.npz" in data.choice.told_label.text()


@pytest.mark.parametrize(("count", "told"), [(1, "One digit cannot be split"), (2, "1 training digits · 1 validation")])
def test_the_first_digits_of_ones_own_are_shown(data, qtbot, lab, digits, count, told):
    line = Drawing((Stroke(np.array([[0.2, 0.2], [0.7, 0.8]])),), 3)
    lab.my_digits.add([(line, digits.images[place]) for place in range(count)])
    qtbot.waitUntil(lambda: lab.datasets.choose(MY_DIGITS_KEY))
    qtbot.waitUntil(lambda: data.digits.grid.count == count, timeout=10_000)
    assert told in data.split.label.text()
