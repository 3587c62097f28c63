"""A batch shared out in shards over threads or worker processes, and gradients summed again."""
