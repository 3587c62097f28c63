"""Faster stages that stand for several layers and give the same result; `plan` chooses them."""
