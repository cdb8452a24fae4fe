"""The numerics: tensors in, tensors out. Nothing here hears of a graph."""
