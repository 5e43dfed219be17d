"""Assay grades mathematical homework: it checks properties, not printed numbers.

`import assay` is also what the author of a check needs:

- `check` marks a function as a check, `Student` is what it calls;
- `expect`, `expect_close` and the statistical `expect_…` functions end a check that fails;
- `finite`, `tensor`, `number`, `numbers` and `parts` read what a student's function returned;
- `draw` has Hypothesis strategies for inputs, `Kinds` makes callables that students are given;
- `written` reads written mathematics into the trees of `tree`;
- `Homework`, `Section` and `Material` describe a homework, `Figure` a picture in its report.

Everything is imported when it is first used: `import assay` itself costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

if TYPE_CHECKING:
    from assay import written as written
    from assay.assertions import draw as draw
    from assay.assertions.compare import ATOL as ATOL
    from assay.assertions.compare import RTOL as RTOL
    from assay.assertions.compare import expect as expect
    from assay.assertions.compare import expect_close as expect_close
    from assay.assertions.compare import finite as finite
    from assay.assertions.compare import first_index as first_index
    from assay.assertions.compare import number as number
    from assay.assertions.compare import numbers as numbers
    from assay.assertions.compare import parts as parts
    from assay.assertions.compare import tensor as tensor
    from assay.assertions.conventions import has_defaults as has_defaults
    from assay.assertions.conventions import leaves_arguments_alone as leaves_arguments_alone
    from assay.assertions.conventions import repeats_itself as repeats_itself
    from assay.assertions.error_rates import FALSE_REJECT_RATE as FALSE_REJECT_RATE
    from assay.assertions.error_rates import POWER as POWER
    from assay.assertions.error_rates import RUN_BUDGET as RUN_BUDGET
    from assay.assertions.error_rates import Terms as Terms
    from assay.assertions.mean_distribution import MeanDistribution as MeanDistribution
    from assay.assertions.show import kind as kind
    from assay.assertions.show import show as show
    from assay.assertions.show import show_inputs as show_inputs
    from assay.assertions.statistics import expect_binomial as expect_binomial
    from assay.assertions.statistics import expect_drawn_from as expect_drawn_from
    from assay.assertions.statistics import expect_mean as expect_mean
    from assay.assertions.statistics import expect_uncorrelated as expect_uncorrelated
    from assay.assertions.statistics import expect_variance as expect_variance
    from assay.assertions.statistics import variance_band as variance_band
    from assay.checks import Check as Check
    from assay.checks import check as check
    from assay.homework import Homework as Homework
    from assay.homework import Material as Material
    from assay.homework import Section as Section
    from assay.homework import module_at as module_at
    from assay.outcome import Exhibit as Exhibit
    from assay.protocol import expressions as expressions
    from assay.protocol import values as values
    from assay.protocol import wire as wire
    from assay.protocol.objects import Kinds as Kinds
    from assay.report.page import pictures as pictures
    from assay.report.page import plot as plot
    from assay.report.page.pictures import Figure as Figure
    from assay.sandbox.student import Reply as Reply
    from assay.sandbox.student import Student as Student
    from assay.verdict import Blocked as Blocked
    from assay.verdict import Broken as Broken
    from assay.verdict import Missing as Missing
    from assay.verdict import Raised as Raised
    from assay.verdict import Refused as Refused
    from assay.verdict import Verdict as Verdict
    from assay.verdict import Wrong as Wrong
    from assay.written import tree as tree

_HOMES = {
    "assay.assertions": ("draw",),
    "assay.assertions.compare": (
        "ATOL",
        "RTOL",
        "expect",
        "expect_close",
        "finite",
        "first_index",
        "number",
        "numbers",
        "parts",
        "tensor",
    ),
    "assay.assertions.conventions": ("has_defaults", "leaves_arguments_alone", "repeats_itself"),
    "assay.assertions.error_rates": ("FALSE_REJECT_RATE", "POWER", "RUN_BUDGET", "Terms"),
    "assay.assertions.mean_distribution": ("MeanDistribution",),
    "assay.assertions.show": ("kind", "show", "show_inputs"),
    "assay.assertions.statistics": (
        "expect_binomial",
        "expect_drawn_from",
        "expect_mean",
        "expect_uncorrelated",
        "expect_variance",
        "variance_band",
    ),
    "assay": ("written",),
    "assay.checks": ("Check", "check"),
    "assay.homework": ("Homework", "Material", "Section", "module_at"),
    "assay.outcome": ("Exhibit",),
    "assay.protocol": ("expressions", "values", "wire"),
    "assay.protocol.objects": ("Kinds",),
    "assay.report.page": ("pictures", "plot"),
    "assay.report.page.pictures": ("Figure",),
    "assay.sandbox.student": ("Reply", "Student"),
    "assay.written": ("tree",),
    "assay.verdict": ("Blocked", "Broken", "Missing", "Raised", "Refused", "Verdict", "Wrong"),
}
_MODULES = {"written", "tree", "draw", "expressions", "values", "wire", "pictures", "plot"}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = list(_HOME_OF)


if not TYPE_CHECKING:  # else every misspelt name would pass

    def __getattr__(name: str) -> Any:
        """Import a name of the face when it is first used."""
        if name not in _HOME_OF:
            raise AttributeError(f"module 'assay' has no attribute {name!r}")
        home = _HOME_OF[name]
        if name in _MODULES:
            value: Any = import_module(f"{home}.{name}")
        else:
            value = getattr(import_module(home), name)
        globals()[name] = value
        return value


def load_ipython_extension(shell: Any) -> None:
    """`%load_ext assay`: gives a notebook the magics `%assay` and `%%assay`."""
    import_module("assay.commands.notebook.magic").load(shell)


def unload_ipython_extension(shell: Any) -> None:
    """`%unload_ext assay`: ends the process that grades for the notebook."""
    import_module("assay.commands.notebook.magic").unload(shell)


def __dir__() -> list[str]:
    return sorted({*globals(), *_HOME_OF})
