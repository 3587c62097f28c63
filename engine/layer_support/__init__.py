"""What stands behind every layer and no textbook tells: calls, weights by name, placeholders, penalties, geometry.

`engine.layers.base` puts these parts together. Nothing here knows a layer.
"""
