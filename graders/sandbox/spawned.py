"""A child without fork, for systems that have none: the same service over its standard streams."""

from __future__ import annotations

import os
from pathlib import Path


def main() -> None:
    """Serve the grader on what were the standard streams; the scratch folder is the current one."""
    from graders.sandbox.channel import FilePipes

    pipes = FilePipes(os.dup(0), os.dup(1))
    with Path(os.devnull).open("r+b") as nothing:
        for stream in (0, 1, 2):
            os.dup2(nothing.fileno(), stream)
    import student_template.nice_flow  # noqa: F401 - found here, hidden from a student's imports
    from graders.sandbox import child, confine, expressions, kernel  # noqa: F401
    from graders.sandbox.ground import Ground

    child.forget_the_kit()
    kernel.die_with_parent()
    ground = Ground(Path.cwd())
    ground.look_at_itself()
    confine.enter(confine.walls("process", ground, Path.cwd()))
    child.serve(pipes)
    os._exit(0)
