import pytest
from fake_training import few_digits, make_fake
from PySide6.QtCore import QPoint, QRect, Qt, QTimer
from PySide6.QtWidgets import QLabel, QScrollArea, QWidget

from engine.ink.drawing import Drawing
from gui.lab.dataset_library import DatasetEntry
from gui.lab.session_state import SessionState
from gui.lab.training_session import TrainingSession
from gui.workspaces.train.workspace import TrainWorkspace


@pytest.fixture
def make(qtbot, themes, make_lab):
    kept = []

    def make_workspace(trainer=None):
        session = TrainingSession(load_data=few_digits, make_trainer=trainer)
        workspace = TrainWorkspace(make_lab(session=session), themes)
        kept.append(workspace)
        qtbot.addWidget(workspace)
        workspace.resize(900, 720)
        workspace.show()
        return workspace

    yield make_workspace
    for workspace in kept:
        workspace.shut_down()


def choose(workspace, preset, **texts):
    form = workspace.panel.form
    form.selector.setCurrentIndex(form.selector.findData(preset))
    for key, text in texts.items():
        form.fields[key].set_text(text)


def click(qtbot, button):
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def line(chart, name):
    return next(line for line in chart.lines if line.name == name)


def test_train_and_watch_the_loss_fall(qtbot, make):
    workspace = make()
    choose(workspace, "softmax", epochs="4", batch_size="50", threads="1", learning_rate="0.01", l2="0.001")
    models = []
    workspace.session.finished.connect(lambda finished, model: models.append(model))
    with qtbot.waitSignal(workspace.session.finished, timeout=10_000):
        click(qtbot, workspace.panel.train_button)
    loss, accuracy = workspace.charts["loss"], workspace.charts["accuracy"]
    smooth = line(loss, "training_smoothed").series
    assert len(smooth) == 32
    assert smooth.y[-1] < 0.7 * smooth.y[0]
    assert len(line(loss, "validation").series) == 4
    # The weights are 0 before the first step: its batch has no penalty.
    assert len(line(loss, "penalty").series) == 31
    assert line(accuracy, "validation").series.y[-1] > 0.5
    assert workspace.panel.subtitle == "400 training · 100 validation digits"
    assert workspace.panel.controls.text.startswith("Finished 4 epochs")
    qtbot.waitUntil(lambda: not loss.dirty, timeout=10_000)
    assert "falling" in loss.accessibleDescription()
    assert models[0].title == "Softmax regression" or models[0].name == "softmax"


def test_one_step_then_one_epoch_then_stop_then_continue(qtbot, make):
    workspace = make(make_fake())
    choose(workspace, "softmax", epochs="30")
    panel, session = workspace.panel, workspace.session
    raw = line(workspace.charts["loss"], "training_batch").series

    def held(steps):
        return session.state is SessionState.PAUSED and len(raw) == steps

    click(qtbot, panel.step_button)
    qtbot.waitUntil(lambda: held(1), timeout=5000)
    assert panel.controls.text.startswith("Paused in epoch 1 of 30")
    click(qtbot, panel.step_button)
    qtbot.waitUntil(lambda: held(2), timeout=5000)
    click(qtbot, panel.epoch_button)
    qtbot.waitUntil(lambda: held(10), timeout=5000)
    click(qtbot, panel.pause_button)
    assert session.state is SessionState.RUNNING
    with qtbot.waitSignal(session.finished, timeout=5000):
        click(qtbot, panel.stop_button)
    count = len(raw)
    with qtbot.waitSignal(session.started, timeout=5000):
        click(qtbot, panel.continue_button)
    qtbot.waitUntil(lambda: bool(raw.last()[0] > 0), timeout=5000)
    session.stop()
    qtbot.waitUntil(lambda: not session.active, timeout=5000)
    assert len(raw) >= 1
    with qtbot.waitSignal(session.finished, timeout=5000):
        click(qtbot, panel.train_button)
        session.stop()
    assert len(raw) <= count + 1


def test_a_failure_is_shown_in_the_panel(qtbot, make, caplog):
    workspace = make(make_fake(error=RuntimeError("the cable is loose")))
    choose(workspace, "softmax")
    with qtbot.waitSignal(workspace.session.failed, timeout=5000):
        click(qtbot, workspace.panel.train_button)
    assert "the cable is loose" in workspace.panel.controls.text
    assert workspace.panel.controls.text.startswith("⚠")
    assert workspace.panel.train_button.isEnabled()


def test_a_diverged_run_is_explained(qtbot, make):
    workspace = make(make_fake(reason="diverged"))
    choose(workspace, "softmax", epochs="2")
    with qtbot.waitSignal(workspace.session.finished, timeout=5000):
        click(qtbot, workspace.panel.train_button)
    assert "lower the learning rate" in workspace.panel.controls.text
    assert workspace.cards["loss"].subtitle == "diverged"


def test_the_followed_drawing_starts_afresh_with_a_fresh_run_only(qtbot, make):
    workspace = make(make_fake(batch_seconds=0))
    choose(workspace, "softmax", epochs="1")
    workspace.lab.drawing.set_drawing(Drawing.from_points([[(0.2, 0.2), (0.8, 0.2), (0.5, 0.9)]]))
    counts = []
    for button in (workspace.panel.train_button, workspace.panel.continue_button, workspace.panel.train_button):
        with qtbot.waitSignal(workspace.session.finished, timeout=5000):
            click(qtbot, button)
        counts.append(len(workspace.lab.followed.history))
        assert len(workspace.followed_chart.lines[0].series) == counts[-1]
    assert counts[1] > counts[0]
    assert counts[2] < counts[1]


def test_values_are_kept(qtbot, make):
    first, second = make(), make()
    choose(first, "mlp", epochs="5")
    first.cards["loss"].log_button.setChecked(False)
    second.set_values(first.values())
    assert second.values() == first.values()
    assert not second.charts["loss"].view.logarithmic
    second.set_values({"logarithmic": {"loss": "yes", "gone": True}, "fields": 3})
    assert not second.charts["loss"].view.logarithmic


def test_everything_fits_into_the_width_and_has_its_name(qtbot, make):
    workspace = make()
    choose(workspace, "logistic")
    workspace.panel.form.advanced_button.setChecked(True)
    scroll = workspace.findChild(QScrollArea)
    page = scroll.widget()
    for size in ((652, 540), (900, 720), (3000, 1800)):
        workspace.resize(*size)
        qtbot.wait(20)
        assert (workspace.width(), workspace.height()) == size
        assert page.width() <= scroll.viewport().width(), size
        for card in (workspace.panel, *workspace.cards.values()):
            assert QRect(QPoint(), page.size()).contains(card.geometry()), (size, card.title)
        for label in workspace.panel.findChildren(QLabel):
            if label.isVisible() and label.text() and not label.wordWrap():
                assert label.width() >= min(label.sizeHint().width(), 90) - 1, (size, label.text())
    for name in ("lossChart", "accuracyChart", "trainingProgress", "trainButton", "pauseButton", "stopButton"):
        assert workspace.findChild(QWidget, name).accessibleName()
    assert workspace.findChild(QWidget, "presetSelector").accessibleName()


def test_shutdown_while_training(qtbot, make):
    workspace = make()
    choose(workspace, "cnn", epochs="200")
    click(qtbot, workspace.panel.train_button)
    qtbot.waitUntil(lambda: not workspace.charts["loss"].empty, timeout=10_000)
    assert workspace.lab.close(2.0)
    workspace.shut_down()
    assert not workspace.chart_grid.scheduler.findChild(QTimer).isActive()


def test_a_tab_that_is_built_in_the_middle_of_a_run_catches_up(qtbot, make, make_lab, themes):
    workspace = make(make_fake())
    choose(workspace, "softmax", epochs="3")
    workspace.lab.drawing.set_drawing(Drawing.from_points([[(0.2, 0.2), (0.8, 0.2), (0.5, 0.9)]]))
    with qtbot.waitSignal(workspace.session.finished, timeout=5000):
        click(qtbot, workspace.panel.train_button)
    later = TrainWorkspace(workspace.lab, themes)
    qtbot.addWidget(later)
    assert line(later.charts["loss"], "validation").series.x.tolist() == [1.0, 2.0, 3.0]
    assert len(later.followed_chart.lines[0].series) == len(workspace.lab.followed.history)
    assert later.panel.controls.text == workspace.panel.controls.text
    assert later.panel.subtitle == workspace.panel.subtitle
    later.shut_down()


@pytest.mark.parametrize(("button", "paused"), [("step_button", "step 1"), ("epoch_button", "after epoch 1 of 2")])
def test_a_single_step_after_a_finished_run_says_that_it_starts_over(qtbot, make, button, paused):
    workspace = make()
    panel, session = workspace.panel, workspace.session
    single = getattr(panel, button)
    choose(workspace, "softmax", epochs="2", batch_size="50", threads="1")
    assert "fresh model" not in single.toolTip()
    with qtbot.waitSignal(session.finished, timeout=10_000):
        click(qtbot, panel.train_button)
    assert "This begins with a fresh model; Continue goes on with the trained one" in single.toolTip()
    click(qtbot, single)
    qtbot.waitUntil(lambda: paused in panel.controls.text, timeout=10_000)
    assert panel.controls.text.startswith("A fresh model · Paused ")
    # Under way, the next step is one of the same run.
    assert "fresh model" not in single.toolTip()
    # Another preset has no model that could be continued.
    with qtbot.waitSignal(session.finished, timeout=10_000):
        click(qtbot, panel.stop_button)
    choose(workspace, "logistic")
    assert "fresh model" not in single.toolTip()


def test_what_is_chosen_is_told_before_and_in_the_titles_of_charts(qtbot, make):
    workspace = make()
    digits, _ = few_digits()
    qtbot.waitUntil(lambda: "8,500 training" in workspace.panel.subtitle)
    assert workspace.panel.subtitle == "Bundled MNIST digits: 8,500 training · 1,500 validation digits"
    datasets = workspace.lab.datasets
    datasets.add(DatasetEntry("few", "few digits", lambda: digits))
    datasets.choose("few")
    qtbot.waitUntil(lambda: workspace.panel.subtitle == "few digits")
    datasets.set_count("few", 60_000)
    qtbot.waitUntil(lambda: "51,000 training" in workspace.panel.subtitle)
    choose(workspace, "softmax", epochs="1", batch_size="50", threads="1")
    with qtbot.waitSignal(workspace.session.finished, timeout=10_000):
        click(qtbot, workspace.panel.train_button)
    for key in ("loss", "accuracy"):
        assert workspace.charts[key].heading.endswith(" · 340 training digits")
        assert workspace.cards[key].accessibleName() == workspace.charts[key].heading
