"""Reading a drawing of several digits as a number."""
