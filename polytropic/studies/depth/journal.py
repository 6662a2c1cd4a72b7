"""The file of a study: a JSON line for every network, written as it finishes."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import BinaryIO

from polytropic.errors import FormatError, InputError
from polytropic.studies.depth.cases import DepthCase
from polytropic.studies.depth.rows import DepthRow, environment

__all__ = ["Journal", "read_rows"]


class Journal:
    """A file of rows that grows by one line for every network, and survives being interrupted.

    Every line is on the disk before the next network is counted.  A last line that was cut short
    is removed when the file is opened again, so a study that was killed and started again ends
    with the lines of an undisturbed one, in the same order; only what was measured (seconds,
    memory) differs, and where a time limit stopped a run.

    Parameters
    ----------
    path : Path
        Made if it is not there.

    Raises
    ------
    FormatError
        If the file holds something else; it is left as it is.

    Examples
    --------
    >>> from tempfile import TemporaryDirectory
    >>> from polytropic.studies.depth import run
    >>> with TemporaryDirectory() as folder:
    ...     path = Path(folder, "runs.jsonl")
    ...     for _ in range(2):
    ...         with Journal(path) as journal:
    ...             for row in run(["tent"], [1], [2], [1, 2], [0], done=journal.rows):
    ...                 journal.add(row)
    ...     print(len(read_rows(path)))
    2
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.rows: dict[DepthCase, DepthRow] = {}
        if path.exists():
            data = path.read_bytes()
            whole = data[: data.rfind(b"\n") + 1]
            self.rows = _parse(whole, path)
            if whole != data:
                with path.open("r+b") as stream:
                    stream.truncate(len(whole))
        self._stream: BinaryIO = path.open("ab")

    def add(self, row: DepthRow) -> None:
        """Write a row, with the versions that counted it; see that it is on the disk."""
        line = {**row.to_json(), "exact": True, "environment": environment()}
        self._stream.write(json.dumps(line).encode() + b"\n")
        self._stream.flush()
        os.fsync(self._stream.fileno())
        self.rows[row.case] = row

    def __enter__(self) -> Journal:
        return self

    def __exit__(self, *problem: object) -> None:
        self._stream.close()


def read_rows(path: Path) -> list[DepthRow]:
    """Read the rows of a file, each network once: of several lines about it the last one counts.

    Raises
    ------
    FormatError
        If a finished line is no row.
    """
    data = path.read_bytes()
    return list(_parse(data[: data.rfind(b"\n") + 1], path).values())


def _parse(data: bytes, path: Path) -> dict[DepthCase, DepthRow]:
    rows: dict[DepthCase, DepthRow] = {}
    for number, line in enumerate(data.splitlines(), 1):
        try:
            row = DepthRow.from_json(json.loads(line))
        except (ValueError, InputError) as problem:
            raise FormatError(
                f"{path}, line {number}, is no row of this benchmark; give another file"
            ) from problem
        rows[row.case] = row
    return rows
