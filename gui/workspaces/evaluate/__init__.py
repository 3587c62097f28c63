"""The Evaluate tab: which digits a model fails on, how sure it is, and which of two models is better where."""
