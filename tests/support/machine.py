"""The machine that figures come from."""

import os
import platform


def machine() -> str:
    """Its size: cores, memory, and the Python that ran."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return f"{os.cpu_count()} shared {platform.machine()} cores, {memory:.0f} GiB, Python {platform.python_version()}"
