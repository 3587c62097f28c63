"""Data files on the command line: guesses are told, options overrule them, doubts are named."""

import json

import numpy as np
import pytest
from PIL import Image

import main
from engine.data import bundled_split


@pytest.fixture
def run(capsys):
    def run_command(*arguments):
        code = main.main([str(argument) for argument in arguments])
        captured = capsys.readouterr()
        return code, captured.out.splitlines(), captured.err.splitlines()

    return run_command


@pytest.fixture(scope="module")
def digits():
    """(40, 28, 28) uint8 and labels."""
    part = bundled_split()[1].subset(np.arange(40))
    frames = np.zeros((40, 28, 28), np.uint8)
    frames[:, 4:24, 4:24] = np.rint(part.images * 255)
    return frames, part.labels


def figures_of(result):
    code, out, err = result
    assert (code, err, len(out)) == (0, [], 1)
    return json.loads(out[0])


def test_evaluate_takes_the_test_part_and_says_so(run, digits, tmp_path):
    frames, labels = digits
    path = tmp_path / "mnist.npz"
    np.savez(path, x_train=frames[:30], y_train=labels[:30], x_test=frames[30:], y_test=labels[30:])
    metrics = figures_of(run("evaluate", path, "--model", "cnn", "--json"))
    assert metrics["count"] == 10
    assert metrics["read_as"] == ["part: test (train left out)"]
    assert figures_of(run("evaluate", path, "--model", "cnn", "--part", "train", "--json"))["count"] == 30
    assert "Read as: part: test (train left out)." in run("evaluate", path, "--model", "cnn")[1]


def test_labels_that_are_shifted_are_named_and_can_be_put_right(run, digits, tmp_path):
    frames, labels = digits
    path = tmp_path / "shifted.npz"
    np.savez(path, images=frames, labels=labels + 1)
    wrong = figures_of(run("evaluate", path, "--model", "cnn", "--json"))
    assert wrong["accuracy"] < 0.2
    assert "labels look shifted by one" in wrong["doubts"][0]
    assert wrong["read_as"] == ["10 read as 0"]
    right = figures_of(run("evaluate", path, "--model", "cnn", "--shift-labels", -1, "--json"))
    assert right["accuracy"] > 0.9
    assert right["doubts"] == []


def test_digits_on_their_side(run, digits, tmp_path):
    frames, labels = digits
    path = tmp_path / "side.npz"
    np.savez(path, images=frames.transpose(0, 2, 1), labels=labels)
    turned = figures_of(run("evaluate", path, "--model", "cnn", "--json"))
    assert turned["accuracy"] > 0.9
    as_it_is = figures_of(run("evaluate", path, "--model", "cnn", "--no-transpose", "--json"))
    assert as_it_is["accuracy"] < 0.5
    assert "transposed" in as_it_is["doubts"][0]


def test_a_table_without_labels_is_classified_but_not_evaluated(run, digits, tmp_path):
    frames, labels = digits
    rows = [",".join(f"pixel{number}" for number in range(784)), *(",".join(map(str, f.ravel())) for f in frames)]
    path = tmp_path / "test.csv"
    path.write_text("\n".join(rows))
    code, out, err = run("evaluate", path)
    assert (code, out) == (2, [])
    assert "test.csv: there are pixels but no labels" in err[0]
    code, out, err = run("classify", path, "--model", "cnn", "--json")
    assert code == 0
    answers = [json.loads(line)["label"] for line in out]
    assert np.mean(np.array(answers) == labels) > 0.9
    assert err == ["test.csv is read as: no label column."]


def test_train_tells_how_a_table_is_read(run, digits, tmp_path):
    frames, labels = digits
    path = tmp_path / "last.csv"
    path.write_text("".join(",".join(map(str, [*f.ravel(), n])) + "\n" for f, n in zip(frames, labels, strict=True)))
    code, out, err = run("train", "--preset", "softmax", "--data", path, "--epochs", 1)
    assert code == 0
    assert out[0].endswith("on 34 images, 6 more for validation.")
    assert err == ["last.csv is read as: label column: last."]
    code, out, err = run("train", "--preset", "softmax", "--data", path, "--epochs", 1, "--labels-column", "first")
    assert code == 2


def test_a_folder_of_pictures_without_labels_is_classified_and_no_more(run, digits, tmp_path):
    for name, frame in zip("ba", digits[0], strict=False):
        Image.fromarray(255 - np.kron(frame, np.ones((5, 5), np.uint8))).save(tmp_path / f"IMG {name}.png")
    code, out, err = run("classify", tmp_path, "--model", "cnn", "--json")
    assert (code, err) == (0, [])
    answers = [json.loads(line) for line in out]
    assert [answer["file"] for answer in answers] == [str(tmp_path / f"IMG {name}.png") for name in "ab"]
    assert [answer["label"] for answer in answers] == digits[1][[1, 0]].tolist()
    assert run("evaluate", tmp_path, "--model", "mlp")[0] == 2
