"""The version, for `--version`, `doctor` and what saved files say made them."""

VERSION = "0.1.0"
