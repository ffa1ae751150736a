"""Settings that hold for every test."""

from __future__ import annotations

import os

from hypothesis import settings

# The references are compared in 64 bits; JAX reads both when it is first imported.
os.environ["JAX_ENABLE_X64"] = "1"
os.environ["JAX_PLATFORMS"] = "cpu"

# A deadline would judge the computer. Continuous integration tries the same cases each time.
settings.register_profile("locum", deadline=None, derandomize=os.environ.get("CI") == "true")
settings.load_profile("locum")
