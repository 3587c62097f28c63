"""Any order of clicks and keys on the Train tab: buttons, form, knobs, charts and hints stay in step with the run."""

from collections import Counter
from typing import ClassVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule, run_state_machine_as_test
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from session_machine import IDLE, PAUSED, RUNNING, STOPPING, SessionMachine, pass_time, tiny

from engine.training.knobs import KNOBS
from gui.workspaces.train.charts.registry import CHARTS
from gui.workspaces.train.workspace import TrainWorkspace
from models import PRESETS


def click(button):
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)


class TabMachine(SessionMachine):
    """Does with the mouse what the other one does with calls."""

    themes = None

    def look(self):
        presets = {"softmax": PRESETS["softmax"], "tiny": tiny(0, 3)}
        self.tab = TrainWorkspace(self.lab, self.themes, presets=presets)
        self.tab.panel.form.offer(tiny(0, 3))
        self.tab.resize(900, 720)
        self.tab.show()
        self.panel = self.tab.panel

    @rule(epochs=st.integers(1, 6), hold=st.sampled_from([None, "batch", "epoch"]))
    def start(self, epochs, hold):
        field = self.panel.form.fields["epochs"]
        if field.isEnabled():
            field.editor.selectAll()
            QTest.keyClicks(field.editor, str(epochs))
        button = {None: self.panel.train_button, "batch": self.panel.step_button, "epoch": self.panel.epoch_button}[
            hold
        ]
        enabled, was = button.isEnabled(), self.session.state
        assert enabled == (was is IDLE or (was is PAUSED and hold is not None))
        click(button)
        assert self.session.active or was is STOPPING
        if hold is not None and was is IDLE:
            self.wait_until_it_has_begun()

    @rule()
    def train_further(self):
        click(self.panel.continue_button)

    @rule()
    def pause(self):
        if self.session.state is RUNNING:
            click(self.panel.pause_button)
            assert self.session.state is PAUSED

    @rule()
    def resume(self):
        if self.session.state is PAUSED:
            click(self.panel.pause_button)
            assert self.session.state is RUNNING

    @rule()
    def stop(self):
        before = self.session.state
        click(self.panel.stop_button)
        assert self.session.state is (STOPPING if before is not IDLE else IDLE)

    @rule(number=st.integers(0, 4), key=st.sampled_from([Qt.Key.Key_Right, Qt.Key.Key_PageDown, Qt.Key.Key_Home]))
    def turn_knobs(self, number, key):
        card = self.tab.knobs
        if card.button.isEnabled() and not card.button.isChecked():
            click(card.button)
        if card.isVisible():
            knobs = list(card.knobs.values())
            QTest.keyClick(knobs[number % len(knobs)].slider, key)
            pass_time(1)
            self.resume()

    @rule(hidden=st.sampled_from([0, 2, 5]))
    def edit_the_network(self, hidden):
        # As the editor of networks does: other layers under the same name.
        if self.session.state is IDLE:
            self.panel.form.offer(tiny(hidden, 3))

    @rule(key=st.sampled_from(list(CHARTS)))
    def switch_a_chart(self, key):
        next(one for one in self.tab.chart_grid.menu.actions() if one.objectName() == f"show_{key}").trigger()

    @rule(button=st.sampled_from(["apply_button", "why_button", "shade_button", "dismiss_button"]))
    def press_a_button_of_a_hint(self, button):
        rows = list(self.tab.hints.list.rows.values())
        if rows:
            click(getattr(rows[0], button))

    @rule()
    def hide_or_show_the_tab(self):
        self.tab.setVisible(not self.tab.isVisible())
        self.tab.show()

    @invariant()
    def nothing_out_of_step(self):
        state, panel = self.session.state, self.panel
        assert panel.pause_button.isEnabled() == (state in (RUNNING, PAUSED))
        assert panel.stop_button.isEnabled() == (state in (RUNNING, PAUSED))
        assert panel.form.selector.isEnabled() == (state is IDLE)
        assert not (self.tab.knobs.isVisible() and state in (IDLE, STOPPING))
        assert not self.session.active or not panel.train_button.isEnabled()

    def close(self):
        self.tab.shut_down()
        super().close()
        assert not self.tab.chart_grid.scheduler.findChild(QTimer).isActive()
        self.tab.close()
        self.tab.deleteLater()


def test_any_order_of_clicks(qapp, themes, monkeypatch):
    # What the session says comes at once, and so does what a slider says, so that more happens.
    monkeypatch.setattr("gui.lab.training_session.PULL_INTERVAL_MS", 2)
    monkeypatch.setattr("gui.workspaces.train.knobs.knob.SETTLE_MS", 0)

    class Machine(TabMachine):
        steps: ClassVar[int] = 0
        seen: ClassVar[Counter[str]] = Counter()

    Machine.themes = themes
    run_state_machine_as_test(
        Machine,
        settings=settings(max_examples=6, stateful_step_count=200, suppress_health_check=list(HealthCheck)),
    )
    assert Machine.steps >= 1000
    # How often depends on the machine's speed; that all of it happens does not.
    assert Machine.seen["running"] > 5
    assert Machine.seen["completed"] + Machine.seen["stopped"] > 2
    assert sum(Machine.seen[knob] for knob in KNOBS) > 0
