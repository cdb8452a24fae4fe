"""The first run: makes `.venv` beside the project, installs into it and starts again from there.

Only the standard library is used here, because nothing else is installed yet. `start.ensure` is
what the command line calls; `python -m app.bootstrap` is what `scripts/test` calls.
"""
