"""Everything that `diffusion` raises on purpose descends from `DiffusionError`.

An error is one clear sentence: what was expected, what came, where, and what to do about it.
"""


class DiffusionError(ValueError):
    """Base of all errors of the numerics: the call or the file is wrong, not the code."""
