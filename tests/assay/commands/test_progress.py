"""Progress in a file: lines while a class is graded, and none afterwards."""

from __future__ import annotations

import io
import threading

from made import result
from rich.console import Console

from assay.batch.events import Began, Ended, Graded
from assay.commands.console import follow


class Written(io.StringIO):
    """A file that says when a text was written to it."""

    def __init__(self):
        super().__init__()
        self.changed = threading.Condition()

    def write(self, text):
        with self.changed:
            self.changed.notify_all()
            return super().write(text)

    def has(self, text):
        with self.changed:
            return self.changed.wait_for(lambda: text in self.getvalue(), 60)


def test_a_file_gets_lines_while_the_class_is_graded_and_none_afterwards():
    file = Written()

    def events():
        yield Began(2)
        assert file.has("graded 0 of 2\n")
        yield Graded(result("ada"))
        assert file.has("graded 1 of 2, about ")
        yield Graded(result("bo"))
        yield Ended(1, 1, 2)

    done = follow(Console(file=file, width=80), events(), every=0.01)
    assert (done.graded, done.ungraded) == (2, 0)
    assert "1 of 2 were graded before" in file.getvalue()
    assert "1 of 2 have the same files as another" in file.getvalue()
    assert not any("_write" in thread.name for thread in threading.enumerate())


def test_a_class_that_is_done_at_once_has_no_lines():
    file = Written()
    follow(Console(file=file, width=80), iter([Began(1), Graded(result()), Ended(0, 0, 1)]))
    assert file.getvalue() == ""
