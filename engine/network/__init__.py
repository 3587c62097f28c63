"""A network as one function: layers, loss, replicas, summary and gradient check."""
