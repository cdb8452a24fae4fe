"""The engine: workflows, their validation, planning, caching and execution. Knows no tensors."""
