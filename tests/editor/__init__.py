"""Tests of the editor. A package, so that its browser ends with the last of them."""
