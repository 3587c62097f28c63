"""The Preprocessing tab: each step from drawing to pixels, and the answer without it."""
