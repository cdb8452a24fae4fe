"""What training raises when it cannot go on."""


class TrainingError(ValueError):
    """One clear sentence: what was expected, what came and what to do."""
