"""What the curves of runs over each other are called."""

from gui.workspaces.runs.overlay_chart import short_names


def test_trials_of_a_sweep_have_names_of_their_own_at_their_curves():
    title = "Softmax regression, learning_rate {}, examples 200, epochs 2, seed {}"
    names = [title.format(0.001, 0), title.format(0.01, 0), title.format(0.01, 1), "Neural network 11-29 00:07:43"]
    assert short_names(names) == [
        "learning_rate 0.001, seed 0", "learning_rate 0.01, seed 0", "learning_rate 0.01, seed 1",
        "Neural ne…k 11-29 00:07:43",
    ]  # fmt: skip
    assert short_names([name.replace("seed", "batch_size 64, seed") + "0" for name in names[:2]]) == [
        "learning_rate 0.001", "learning_rate 0.01",
    ]  # fmt: skip
    assert short_names([title.format(0.0001, 0), title.format(0.01, 0).replace("200", "1000")]) == [
        "0.0001, 200", "0.01, 1000",
    ]  # fmt: skip
    assert short_names(["mlp, seed 1"]) == short_names(["mlp, seed 1"] * 2)[:1] == ["mlp, seed 1"]
