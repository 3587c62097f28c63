"""A sweep from the window whose trials are trained by a cluster; without the extra, one sentence names it."""

from importlib.util import find_spec

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit
from sweep_helpers import column, press, vary
from sweep_workers import few_digits

from engine.storage.runs.run_store import RunStore
from gui.lab.training_session import TrainingSession
from gui.workspaces.runs.workspace import RunsWorkspace


@pytest.fixture
def lab(make_lab, monkeypatch):
    lab = make_lab(session=TrainingSession(load_data=few_digits))
    monkeypatch.setattr(lab.datasets, "split_source", lambda: few_digits)
    yield lab
    lab.sweeps.shut_down()


@pytest.fixture
def page(qtbot, lab, themes):
    workspace = RunsWorkspace(lab, themes)
    qtbot.addWidget(workspace)
    workspace.resize(900, 900)
    workspace.show()
    press(workspace, "sweepButton")
    yield workspace.sweep_page
    workspace.shut_down()


@pytest.fixture(scope="module")
def cluster():
    """A scheduler with one worker, in threads of this process, which distributed keeps for the next one."""
    distributed = pytest.importorskip("distributed")
    options = {"processes": False, "dashboard_address": None, "protocol": "tcp://"}
    with distributed.LocalCluster(1, threads_per_worker=1, **options) as cluster:
        with distributed.Client(cluster, set_as_default=False) as client:
            # So that its threads are there before a test counts them.
            client.get_executor(pure=False).submit(len, client.scatter(few_digits(), broadcast=True)).result()
        yield cluster


def test_the_trials_go_to_a_cluster_and_their_epochs_come_as_they_end(qtbot, page, cluster):
    lab = page.lab
    QTest.keyClicks(page.findChild(QLineEdit, "sweepScheduler"), cluster.scheduler_address)
    assert page.form.count_label.text().endswith("on the cluster.")
    assert not page.form.workers_box.isEnabled()
    vary(page, page.form.rows[0], "epochs", "99999, 2, 3")
    press(page, "startSweepButton")
    qtbot.waitUntil(lambda: bool(lab.sweeps.states and lab.sweeps.states[0].epochs), timeout=20_000)
    assert column(page, "State") == ["running", "waiting", "waiting"]
    assert column(page, "Now %")[0]
    page.table.selectRow(0)
    press(page, "stopTrialButton")
    qtbot.waitUntil(lambda: not lab.sweeps.active, timeout=20_000)
    assert column(page, "State") == ["stopped", "completed", "completed"]
    assert [len(state.epochs) for state in lab.sweeps.states[1:]] == [2, 3]
    assert {folder.run_id for folder, _ in RunStore().list()[0]} == {s.trial.run_id for s in lab.sweeps.states}


def test_an_address_where_nobody_answers_is_told(qtbot, page):
    # Without the extra, the sentence names that instead.
    told_of = "nowhere at all" if find_spec("distributed") else "digitlab[cluster]"
    QTest.keyClicks(page.form.scheduler_edit, "nowhere at all")
    with qtbot.waitSignal(page.lab.messages.message, timeout=20_000) as told:
        press(page, "startSweepButton")
    assert told_of in told.args[0]
    qtbot.waitUntil(lambda: not page.lab.sweeps.active)
