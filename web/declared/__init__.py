"""Routes declared once, in their handlers' signatures: input checked, OpenAPI written."""
