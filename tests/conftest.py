"""Shared by all tests."""

from __future__ import annotations

import os

# Results of earlier runs of the tests would be found, and nothing would be tested. Tests of the
# cache on the disk ask for one in a folder of their own.
os.environ["SAFELIGHT_CACHE_DISK"] = "0"
