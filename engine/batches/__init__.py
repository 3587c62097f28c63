"""Which examples form a batch: checked arrays, their order, and the batches gathered from them."""
