"""The tabs of the window, one folder each."""
