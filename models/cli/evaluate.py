"""`evaluate`: how good a model is on labelled digits."""

import argparse
from typing import Any

from engine.core.wording import counted
from engine.evaluation.wording import percent
from models.cli.data_options import add_reading, read_options
from models.cli.output import write_json, write_line
from models.cli.parsing import Parser, Subparsers, add_json, add_model


def add_parser(subparsers: Subparsers) -> None:
    """Add `evaluate` with its options."""
    parser: Parser = subparsers.add_parser(
        "evaluate",
        help="judge a model on labelled digits",
        description="Judge a model on labelled digits. Digits that the model does not know are left out and counted.",
    )
    parser.add_argument(
        "data",
        nargs="?",
        metavar="DATA",
        help="drawing file, IDX images, .npz, .npy, .mat, table, folder of MNIST's files or of images by class "
        "(default: the 1,500 bundled digits that the models that come with DigitLab were not trained on)",
    )
    add_model(parser)
    parser.add_argument(
        "--against", metavar="NAME|FILE", help="a second model on the same digits: which of the two is right where"
    )
    add_reading(parser)
    add_json(parser)
    parser.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Print the metrics; 0."""
    from engine.data import bundled_split, read_digits
    from engine.evaluation.comparison import wilson_interval
    from models.data_check import doubts_about
    from models.presets.pretrained import load
    from models.scoring import answer_dataset, compare_answers
    from models.scoring.metrics import metrics_of

    model = load(arguments.model)
    second = load(arguments.against) if arguments.against is not None else None
    read: dict[str, Any] = {"read_as": [], "doubts": []}
    if arguments.data is None:
        dataset = bundled_split()[1]
    else:
        options = read_options(arguments, "test")
        reading = read_digits(arguments.data, options)
        dataset = reading.dataset()
        read = {"read_as": list(reading.guesses), "doubts": list(doubts_about(reading, options=options))}
    metrics = {"model": model.name, "data": arguments.data or "the bundled validation digits", "task": model.task}
    answers = answer_dataset(model, dataset)
    metrics |= metrics_of(answers, can_reject=model.calibration.threshold is not None) | read
    metrics["low_95"], metrics["high_95"] = wilson_interval(int(answers.right.sum()), len(answers))
    if second is not None:
        compared = compare_answers(answers, answer_dataset(second, dataset))
        metrics |= {"against": second.name, "compared": compared.count} | {
            name: getattr(compared, name)
            for name in (
                "both_right",
                "only_first_right",
                "only_second_right",
                "both_wrong",
                "difference",
                "low",
                "high",
            )
        }
        metrics["mcnemar_p"] = compared.p
    if arguments.json:
        write_json(metrics)
    else:
        _write_text(model.title, metrics)
        if second is not None:
            _write_comparison(model.title, second.title, metrics)
    return 0


def _write_text(title: str, metrics: dict[str, Any]) -> None:
    others = "1 other" if metrics["left_out"] == 1 else f"{metrics['left_out']:,} others"
    left_out = f" ({others} left out)" if metrics["left_out"] else ""
    digits = counted(metrics["count"], "digit")
    write_line(f"{title} on {digits} of {metrics['data']}{left_out}")
    if metrics["read_as"]:
        write_line(f"Read as: {' · '.join(metrics['read_as'])}.")
    for doubt in metrics["doubts"]:
        write_line(f"Doubtful: {doubt}.")
    if metrics["task"] == "regression":
        write_line(f"Error (RMSE) {metrics['rmse']:.2f} degrees, mean error {metrics['mae']:.2f} degrees.")
        write_line(f"Within 10 degrees: {percent(metrics['accuracy'], 2)}{_interval(metrics)}.")
    elif metrics["task"] == "multilabel":
        write_line(
            f"All labels right: {percent(metrics['accuracy'], 2)}{_interval(metrics)}; single labels: "
            f"{percent(metrics['label_accuracy'], 2)}."
        )
        for label, f1, matrix in zip(metrics["labels"], metrics["f1"], metrics["confusion"], strict=True):
            (right_no, wrong_yes), (wrong_no, right_yes) = matrix
            write_line(f"  {label}: F1 {percent(f1, 2)}, wrongly yes {wrong_yes}, wrongly no {wrong_no}, "
                       f"right {right_no + right_yes}")  # fmt: skip
    else:
        write_line(f"Accuracy: {percent(metrics['accuracy'], 2)}{_interval(metrics)}.")
        write_line(f"Mean loss {metrics['mean_loss']:.4f}; macro F1 {metrics['macro_f1']:.4f}.")
        if "refused" in metrics:
            refused, right = metrics["refused"], metrics["right_and_answered"]
            rest = f"; accuracy of the rest: {percent(right / (1 - refused), 2)}" if refused < 1 else ""
            write_line(f"Refused: {percent(refused, 2)}; answered and right: {percent(right, 2)}{rest}.")
        _write_confusion(metrics["labels"], metrics["confusion"])


def _interval(metrics: dict[str, Any]) -> str:
    return f" (95 % interval {percent(metrics['low_95'], 2)} to {percent(metrics['high_95'], 2)})"


def _write_comparison(first: str, second: str, metrics: dict[str, Any]) -> None:
    low, high = 100 * metrics["low"], 100 * metrics["high"]
    write_line(
        f"Against {second} on {metrics['compared']:,} digits: {100 * metrics['difference']:+.2f} points "
        f"(95 % interval {low:+.2f} to {high:+.2f}, McNemar's p {metrics['mcnemar_p']:.3g})."
    )
    write_line(f"Only {first} right: {metrics['only_first_right']:,}; only {second} right: "
               f"{metrics['only_second_right']:,}.")  # fmt: skip


def _write_confusion(labels: list[str], confusion: list[list[int]]) -> None:
    cells = [["", *labels], *([label, *map(str, row)] for label, row in zip(labels, confusion, strict=True))]
    width = 2 + max(len(cell) for row in cells for cell in row)
    write_line("True digit in rows, answer in columns:")
    for row in cells:
        write_line("".join(cell.rjust(width) for cell in row))
