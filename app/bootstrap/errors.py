"""What can keep the first run from finishing, each as a sentence that says what to do."""

from __future__ import annotations


class BootstrapError(Exception):
    """The environment could not be made ready. The text is for the person at the terminal."""
