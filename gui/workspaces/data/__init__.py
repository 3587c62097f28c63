"""The tab Data: which digits models learn from, how they were read, and what is in them."""
