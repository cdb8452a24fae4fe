"""The composition root: everything that knows both the engine and the numerics lives here."""
