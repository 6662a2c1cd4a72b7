"""Real networks and images, which are not part of the library: where POLYTROPIC_DATA says."""

import os
from pathlib import Path

__all__ = ["data_folder", "real_file"]


def data_folder() -> Path | None:
    """The folder that POLYTROPIC_DATA names, or None."""
    name = os.environ.get("POLYTROPIC_DATA")
    return Path(name) if name and Path(name).is_dir() else None


def real_file(path: str) -> Path:
    """A file of the real data."""
    folder = data_folder()
    if folder is None:
        raise FileNotFoundError("set POLYTROPIC_DATA to the folder of the real data")
    return folder / path
