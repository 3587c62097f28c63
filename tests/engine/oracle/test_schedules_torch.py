"""The schedules beside PyTorch's, step by step."""

import pytest

from engine.optimizers.schedules import CosineDecay, OneCycle, StepDecay

torch = pytest.importorskip("torch")
STEPS, RATE = 60, 0.3

PAIRS = {
    "step": (
        StepDecay(factor=0.5, epochs=2),
        lambda o: torch.optim.lr_scheduler.StepLR(o, step_size=20, gamma=0.5),
    ),
    "cosine": (
        CosineDecay(final_fraction=0.1),
        lambda o: torch.optim.lr_scheduler.CosineAnnealingLR(o, T_max=STEPS, eta_min=0.1 * RATE),
    ),
    "one_cycle": (
        OneCycle(),
        lambda o: torch.optim.lr_scheduler.OneCycleLR(o, max_lr=RATE, total_steps=STEPS, cycle_momentum=False),
    ),
}


@pytest.mark.parametrize("name", PAIRS)
def test_rate_of_every_step(name):
    schedule, make_peer = PAIRS[name]
    schedule.begin(RATE, STEPS, 10)
    optimizer = torch.optim.SGD([torch.zeros(1, requires_grad=True)], lr=RATE)
    peer = make_peer(optimizer)
    for step in range(STEPS):
        assert schedule.rate(step) == pytest.approx(optimizer.param_groups[0]["lr"], rel=1e-9)
        optimizer.step()
        if step < STEPS - 1:
            peer.step()
