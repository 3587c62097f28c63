"""How good models are on labelled digits: metrics, one model's answers digit by digit, and two models side by side."""

from models.scoring.answers import Answers, answer_dataset, read_anew
from models.scoring.metrics import evaluate
from models.scoring.side_by_side import common_digits, compare_answers, same_question

__all__ = ["Answers", "answer_dataset", "common_digits", "compare_answers", "evaluate", "read_anew", "same_question"]
