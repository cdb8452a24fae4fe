"""The built-in nodes, by topic: thin functions over `diffusion`. Importing them loads no torch."""
