"""From pointer to ink: the drawing surface, its pens and its undo commands."""
