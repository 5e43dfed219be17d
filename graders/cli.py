"""The command `assay`: start, check, batch, report, gradescope-zip, doctor, verify."""

from __future__ import annotations

import sys
from contextlib import closing
from pathlib import Path
from typing import Any, NoReturn

import click

from graders import __version__, screen
from graders.screen import FULL, NOT_FULL, NOT_GRADED

CONTEXT = {"help_option_names": ["-h", "--help"]}
SYSTEMS = ("canvas", "moodle", "gradescope", "classroom", "plain")

seed_option = click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed of the inputs.")
flow_option = click.option(
    "--flow", type=click.Path(path_type=Path), help="Other weights: nice.pt or .safetensors."
)


@click.group(context_settings=CONTEXT)
@click.version_option(__version__, prog_name="assay")
def main() -> None:
    """Check and grade Homework 10 of Mathematical Foundations of Deep Neural Networks."""


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
def start(folder: Path) -> None:
    """Lay out the student's folder in FOLDER; nothing that is there is replaced."""
    from graders.start import lay_out

    try:
        laid, kept = lay_out(folder)
    except OSError as fault:
        _stop(f"{folder} cannot be written: {fault.strerror}. Name a folder that can be.")
    for name in kept:
        click.echo(f"kept   {folder / name}  (it was there)")
    for name in laid:
        click.echo(f"wrote  {folder / name}")
    click.echo(f"\nNow open {folder / 'README.md'}, and run: assay check {folder}")


@main.command()
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--only", default="", help="One check, one problem (problem2) or its file name.")
@click.option("--watch", is_flag=True, help="Grade again whenever a file changes.")
@click.option("--brief", is_flag=True, help="Leave out what passed.")
@seed_option
@flow_option
def check(
    path: Path, only: str, watch: bool, brief: bool, seed: int | None, flow: Path | None
) -> None:
    """Grade one submission at PATH (default: here) and explain.

    Exit code: 0 full marks, 1 not, 2 could not grade.
    """
    console = screen.open_console()
    weights = _flow(flow)
    with closing(_sandbox(weights)) as sandbox:
        grader = _grader(sandbox, seed or 0, only, weights)
        if watch:
            screen.watch(console, grader, path, brief)
        sys.exit(screen.grade_one(console, grader, path, brief))


@main.command()
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of results.")
@click.option("--jobs", type=click.IntRange(1, 1024), help="Processes; default: one per core.")
@click.option(
    "--allow-unconfined",
    is_flag=True,
    help="Grade also where files and network are not held: I can spare this machine.",
)
@click.option(
    "--from",
    "system",
    type=click.Choice(SYSTEMS),
    help="Where SUBMISSIONS was downloaded; recognised where it is left out.",
)
@click.option(
    "--roster",
    type=click.Path(path_type=Path),
    help="CSV of the class, to name who handed in nothing: columns id, name, email, login.",
)
@click.option("--scheduler", default="", metavar="ADDRESS", help="Grade on the workers of Dask's.")
@seed_option
@flow_option
def batch(flow: Path | None, **wished: Any) -> None:
    """Grade a class into OUT; run again, it goes on where it was.

    SUBMISSIONS is a folder of hand-ins, or what was downloaded of Canvas, Moodle, Gradescope or
    GitHub Classroom, as a .zip or unpacked.

    Exit code: 0 all graded, 1 some could not be, 2 none.
    """
    from graders.grading import CannotGrade, Wishes, grade_class

    console, wishes = screen.open_console(), Wishes(**wished, flow=_flow(flow))
    try:
        found = grade_class(console, wishes)
    except CannotGrade as fault:
        _stop(str(fault))
    screen.tell_class(console, found, wishes.out)
    console.print(f"pages and exports: assay report {wishes.out}", style="dim")
    ungraded = sum(one.score is None for one in found.rows)
    sys.exit(FULL if not ungraded else NOT_GRADED if ungraded == len(found.rows) else NOT_FULL)


@main.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--rubric", type=click.Path(path_type=Path), help="Points, hidden checks, lateness.")
@click.option("--regrade", type=click.Path(path_type=Path), help="Old results: show what differs.")
@click.option("--submission", default="", help="Which one, for the formats of one.")
@click.option("--junit", type=click.Path(path_type=Path), help="Write JUnit XML.")
@click.option("--gradescope", type=click.Path(path_type=Path), help="Write one's results.json.")
@click.option("--classroom", is_flag=True, help="Tell GitHub Classroom one's result.")
@click.option("--canvas", type=click.Path(path_type=Path), help="Fill in a gradebook's export.")
@click.option("--assignment", default="", help="The title of its column.")
@click.option("--moodle", type=click.Path(path_type=Path), help="Fill in a grading worksheet.")
@click.option("--excel", is_flag=True, help="Mark grades.csv as UTF-8 for Excel.")
def report(out: Path, **wished: Any) -> None:
    """Write grades.csv and the pages anew from the result files of OUT, and show the class.

    Result files stay as they are; an export that is filled in is written beside the given one.
    """
    from graders import exports
    from graders.counting import Counted
    from graders.record import Record

    console, record, wishes = screen.open_console(), Record(out), exports.Wishes(**wished)
    if not record.submissions():
        _stop(f"{out} holds no results: run `assay batch SUBMISSIONS --out {out}` first")
    try:
        results = Counted.by(record, wishes.rubric)
        if wishes.regrade:
            console.print(exports.compared(results, wishes) or "nothing differs")
            return
        found, told = exports.export(results, wishes, screen.cores())
    except ValueError as fault:
        _stop(str(fault))
    except OSError as fault:
        _stop(f"{fault.filename or out}: {fault.strerror}")
    screen.tell_class(console, found, out)
    for line in told:
        click.echo(line)


@main.command()
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--wheel", type=click.Path(path_type=Path), help="The kit; default: this checkout.")
@click.option("--rubric", type=click.Path(path_type=Path), help="Points, hidden checks.")
@seed_option
def gradescope_zip(target: Path, wheel: Path | None, rubric: Path | None, seed: int | None) -> None:
    """Write what Gradescope's autograder takes as an upload to TARGET."""
    import secrets

    from graders.gradescope.pack import pack

    try:
        pack(target, secrets.randbits(62) if seed is None else seed, wheel=wheel, rubric=rubric)
    except ValueError as fault:
        _stop(str(fault))
    except OSError as fault:
        _stop(f"{fault.filename or target}: {fault.strerror}")
    click.echo(f"wrote {target}: upload it, with Ubuntu 24.04 as the base image")


@main.command()
def doctor() -> None:
    """Tell the versions, the isolation level in force, and what would raise it."""
    from graders.doctor import examine

    for name, value in examine():
        click.echo(f"{name:<12} {value}")


@main.command()
@click.option("--only", default="", help="Part of a case's name, for example 'mutant problem2'.")
@click.option("--verbose", is_flag=True, help="Show what each case got.")
def verify(only: str, verbose: bool) -> None:
    """Hold the graders against the reference, the template, every mutant and every alternative."""
    from graders.sandbox.host import Sandbox
    from graders.verify import NoCheckout, cases

    console = screen.open_console()
    try:
        chosen = [case for case in cases() if only in case.name]
    except (NoCheckout, ValueError) as fault:
        _stop(str(fault))
    if not chosen:
        _stop(f"no case is called like {only!r}")
    with closing(Sandbox()) as sandbox:
        wrong = screen.hold(console, _grader(sandbox, 0, "", ""), chosen, verbose)
    console.print(f"{len(chosen)} cases, {wrong} judged wrongly", style="bold")
    sys.exit(FULL if not wrong else NOT_FULL)


def _sandbox(flow: str) -> Any:
    from graders.sandbox.host import Sandbox

    # Started before the heavy imports below, so that both warm up at once.
    return Sandbox(flow=flow)


def _grader(sandbox: Any, seed: int, only: str, flow: str) -> Any:
    from graders.grade import Grader

    try:
        grader = Grader(seed=seed, only=only, flow=flow, sandbox=sandbox)
    except ValueError as fault:
        _stop(str(fault))
    grader.draw_all()
    return grader


def _flow(path: Path | None) -> str:
    if path is None:
        return ""
    from student_template.nice_flow import load_flow

    try:
        load_flow(path)
    except (OSError, ValueError) as fault:
        _stop(f"--flow {path}: {fault}")
    return str(path.resolve())


def _stop(sentence: str) -> NoReturn:
    click.echo(f"assay: {sentence}", err=True)
    sys.exit(NOT_GRADED)


if __name__ == "__main__":
    main()
