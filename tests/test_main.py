"""The first file that Python reads."""

from __future__ import annotations

import ast

from app.bootstrap.start import ROOT


def test_an_old_python_can_read_the_first_file() -> None:
    source = (ROOT / "main.py").read_bytes()
    source.decode("ascii")
    tree = ast.parse(source, feature_version=(3, 4))
    too_new = (ast.JoinedStr, ast.AnnAssign, ast.FunctionDef, ast.NamedExpr)
    assert not [node for node in ast.walk(tree) if isinstance(node, too_new)]


def test_the_version_is_asked_before_anything_newer_is_imported() -> None:
    tree = ast.parse((ROOT / "main.py").read_bytes())
    kinds = [type(node).__name__ for node in tree.body[1:4]]
    assert kinds == ["Import", "If", "Try"]
