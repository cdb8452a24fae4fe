"""Samplers: one family of generators a file."""
