"""Grammars of prompts beyond plain weights; no file here imports torch."""
