"""Notebooks that run in a real kernel."""

from __future__ import annotations

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from unittest.mock import patch


class Kernel:
    """A kernel that runs cells, as a notebook in this folder does."""

    def __init__(self, client) -> None:
        self.client = client

    @property
    def pid(self) -> int:
        """The kernel's process."""
        return self.client.km.provisioner.pid

    def run(self, text: str) -> dict[str, str]:
        """Run a cell; the last thing that it shows, by type, and what it printed as "stdout"."""
        import nbformat

        cell = nbformat.v4.new_code_cell(text)
        self.client.nb.cells.append(cell)
        self.client.execute_cell(cell, len(self.client.nb.cells) - 1)
        shown = {"stdout": ""}
        for output in cell.outputs:
            shown["stdout"] += output.get("text", "")
            shown |= output.get("data", {})
            if output.output_type == "error":
                shown["error"] = output.evalue
        return shown


@contextlib.contextmanager
def kernel(folder: Path) -> Iterator[Kernel]:
    """A kernel in a folder, which ends with the context."""
    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook()
    place = {"metadata": {"path": str(folder)}}
    client = NotebookClient(
        notebook, timeout=100, kernel_name="python3", allow_errors=True, resources=place
    )
    with tempfile.TemporaryDirectory() as own:
        # Where IPython and Jupyter would write into the home folder.
        places = {"IPYTHONDIR": own, "JUPYTER_RUNTIME_DIR": own, "JUPYTER_DATA_DIR": own}
        with patch.dict(os.environ, places), client.setup_kernel():
            yield Kernel(client)
