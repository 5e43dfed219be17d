"""The command `assay`, and what each of its subcommands takes."""

from __future__ import annotations

import shlex
import sys
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NoReturn

import click

from assay import __version__, loading
from assay.allowed import Allowed, expect_sensible
from assay.commands import console as shown
from assay.commands.choice import chosen, remember
from assay.commands.console import FULL, NOT_FULL, NOT_GRADED
from assay.commands.page import PAGE, Page, with_file
from assay.commands.workflow import Announcement
from assay.errors import AssayError, InvalidInput, Unreadable
from assay.foreign import plain
from assay.homework import Homework
from assay.publish import step

if TYPE_CHECKING:
    from assay.grading.grader import Grader
    from assay.outcome import Result
    from assay.report.explained import Detail
    from assay.sandbox.host import Sandbox
    from assay.submission import Submission

CONTEXT = {"help_option_names": ["-h", "--help"]}
SYSTEMS = (
    "canvas",
    "moodle",
    "gradescope",
    "classroom",
    "brightspace",
    "blackboard",
    "autolab",
    "submitty",
    "plain",
)

# Of a context's meta: what the command is about, and the options for its materials.
HOMEWORK, MATERIALS = "assay.homework", "assay.materials"

OPTION = "--homework"
homework_option = click.option(
    OPTION,
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="The folder of the homework; default: $ASSAY_HOMEWORK, or Homework 10.",
)
seed_option = click.option("--seed", type=click.IntRange(0, 2**63 - 1), help="Seed of the inputs.")


call_option = click.option(
    "--seconds-per-call", type=float, help="What one call of a function may take; default: 5."
)
problem_option = click.option(
    "--seconds-per-problem", type=float, help="What all calls of a problem may take; default: 20."
)


class OneHomework(click.Command):
    """A command about one homework; its place in the command line is free."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Find the homework first: some options depend on it."""
        named, args = _without_homework(args)
        places = (Path(word) for word in args if not word.startswith("-"))
        ctx.meta[HOMEWORK] = chosen(
            named or ctx.find_root().params.get("homework"),
            next((place for place in places if place.exists()), Path()),
            is_class=self.name == "batch",
        )
        return super().parse_args(ctx, args)


class WithMaterials(OneHomework):
    """A command with an option for each file that an instructor may replace, such as `--flow`."""

    def get_params(self, ctx: click.Context) -> list[click.Parameter]:
        """The command's own parameters, and the homework's."""
        if MATERIALS not in ctx.meta:  # click compares parameters by identity
            ctx.meta[MATERIALS] = [
                click.Option(
                    [f"--{material.name}", f"material_{material.name}"],
                    type=click.Path(path_type=Path),
                    help=material.help,
                )
                for material in ctx.meta[HOMEWORK].materials
            ]
        return [*ctx.meta[MATERIALS], *super().get_params(ctx)]


class Commands(click.Group):
    """The commands; every error that ends one is shown here, in one sentence."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that was named."""
        try:
            return super().invoke(ctx)
        except AssayError as fault:
            _stop(str(fault))
        except BrokenPipeError:
            raise  # who read the output has enough: click ends the command in silence
        except OSError as fault:
            _stop(f"{fault.filename or 'a file'}: {fault.strerror or fault}")


@click.group(cls=Commands, context_settings=CONTEXT)
@click.version_option(__version__, prog_name="assay")
@homework_option
def main(homework: Path | None) -> None:
    """Check and grade a homework: by default Homework 10 of Mathematical Foundations of Deep Neural
    Networks."""


@main.command(cls=OneHomework)
@click.argument("folder", type=click.Path(path_type=Path))
def start(folder: Path) -> None:
    """Create the student's folder in FOLDER; existing files are not replaced."""
    from assay.commands.start import lay_out

    try:
        written, kept = lay_out(folder, _homework())
        noted = remember(_homework(), folder)
    except OSError as fault:
        raise InvalidInput(
            f"{folder} cannot be written: {fault.strerror}. Name a folder that can be."
        ) from None
    for name in kept:
        click.echo(f"kept   {folder / name}  (it existed)")
    for name in [*written, *(["assay.toml"] if noted else [])]:
        click.echo(f"wrote  {folder / name}")
    click.echo(f"\nNow open {folder / 'README.md'}, and run: assay check {folder}")


@main.command(cls=OneHomework)
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--wheel", type=click.Path(path_type=Path), help="A wheel to put beside the files.")
@click.option("--git", "address", default="", help="A git address to install from.")
@click.option("--install", "line", default="", help="The line that students type, whole.")
def handout(folder: Path, wheel: Path | None, address: str, line: str) -> None:
    """Write what students get into FOLDER: the template, with your course's install line.

    Give one of --wheel, --git and --install.
    """
    from assay.commands.handout import hand_out, line_for_git, line_for_wheel

    if sum(map(bool, (wheel, address, line))) != 1:
        raise InvalidInput("give one of --wheel FILE, --git URL and --install LINE")
    line = line_for_wheel(wheel) if wheel else line_for_git(address) if address else line
    written = hand_out(folder, _homework(), line, wheel)
    click.echo(f"wrote {len(written)} files into {folder}; students install with: {line}")


class Checking(WithMaterials):
    """`assay check`, where `--page` may be followed by a file or by nothing."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Give `--page` its file: the next word, if it is one for a page."""
        return super().parse_args(ctx, with_file(args))


@main.command(cls=Checking)
@click.argument("path", type=click.Path(path_type=Path), default=".")
@click.option("--only", default="", help="One check, one problem (problem2) or its file name.")
@click.option("--watch", is_flag=True, help="Grade again whenever a file changes.")
@click.option("--verbose", "detail", flag_value="all", help="Show every check in full.")
@click.option("--brief", "detail", flag_value="table", help="Show the table and the score alone.")
@click.option(
    "--debug", is_flag=True, help="Run the failing input of --only in a process without isolation."
)
@click.option(
    "--page",
    "page",
    type=click.Path(path_type=Path),
    metavar="[FILE.html]",
    help=f"Write a page with the pictures, by default {PAGE}, and open it.",
)
@click.option("--no-open", is_flag=True, help="Do not open the page in a browser.")
@call_option
@problem_option
@seed_option
def check(
    path: Path,
    only: str,
    watch: bool,
    detail: Detail | None,
    debug: bool,
    page: Path | None,
    no_open: bool,
    seed: int | None,
    seconds_per_call: float | None,
    seconds_per_problem: float | None,
    **materials: Path | None,
) -> None:
    """Grade one submission at PATH (default: here) and explain.

    Of each problem the first check that fails is shown in full, the others in a line each.

    Exit code: 0 full points, 1 fewer, 2 could not grade.
    """
    console = shown.open_console()
    homework = _homework(materials)
    if only:
        homework.expect_check(only)
    allowed = Allowed(seconds_per_call, seconds_per_problem)
    expect_sensible(allowed)
    if debug and not only:
        raise InvalidInput("--debug needs --only NAME: the check whose failing input is to be run")
    if debug and (watch or page):
        raise InvalidInput("--debug runs one input, once: leave out --watch and --page")
    if debug:
        sys.exit(_debugged(path, homework, only, seed or 0, allowed))
    submission = None if watch else _readable(path, homework)
    then: list[Callable[[Result], None]] = []
    if page:
        then.append(Page(page, homework, opens=not no_open, is_watched=watch))
    if submission is not None and step.is_one():
        then.append(Announcement(path, submission, homework))
    showing = shown.Showing(detail or "first", tuple(then))
    if submission is not None:
        from msgspec.structs import replace

        from assay.grading import unwritten

        result = unwritten.result(submission, homework, only, seed or 0)
        if result is not None:
            command = shown.command_for(homework, result.seed, path, allowed)
            foreign = unwritten.foreign(submission, homework)
            result = replace(result, notes=(*result.notes, *filter(None, [foreign])))
            sys.exit(shown.show_result(console, homework, command, result, showing))
    texts = None if submission is None else _texts(submission, homework, only)
    with closing(_sandbox(homework, texts)) as sandbox:
        grader = _grader(sandbox, seed or 0, only, allowed)
        if submission is not None:
            sys.exit(shown.grade_one(console, grader, path, submission, showing))
        from assay.commands.watch import watch as grade_again

        grade_again(console, grader, path, showing)


def _debugged(path: Path, homework: Homework, only: str, seed: int, allowed: Allowed) -> int:
    """Run the script of a check's failing input; the exit code."""
    from assay.commands import replay as scripts

    folder = scripts.folder_of(path)
    text = _script(path, homework, only, seed, allowed)
    if not text:
        return FULL
    click.echo("running it without isolation\n", err=True)
    scripts.run(text, folder)
    return NOT_FULL


def _script(path: Path, homework: Homework, name: str, seed: int, allowed: Allowed) -> str:
    """The script of a check's smallest failing input; empty, and a line that says so, if none."""
    from assay.commands import replay as scripts

    check, submission = scripts.one_check(homework, name), _readable(path, homework)
    with closing(_sandbox(homework)) as sandbox:
        text = scripts.script_of(_grader(sandbox, seed, check.id, allowed), submission, check)
    if not text:
        click.echo(f"{check.name} passes: there is nothing to replay", err=True)
    return text


@main.command(cls=WithMaterials)
@click.argument("name")
@click.argument("path", type=click.Path(path_type=Path), default=".")
@call_option
@problem_option
@seed_option
def replay(
    name: str,
    path: Path,
    seed: int | None,
    seconds_per_call: float | None,
    seconds_per_problem: float | None,
    **materials: Path | None,
) -> None:
    """Print a Python script of the smallest input on which the check NAME fails.

    The script needs your files and not the kit: assay replay NAME > repro.py; python repro.py
    """
    allowed = Allowed(seconds_per_call, seconds_per_problem)
    expect_sensible(allowed)
    click.echo(_script(path, _homework(materials), name, seed or 0, allowed), nl=False)


@main.command(cls=OneHomework)
@click.argument("name")
def hint(name: str) -> None:
    """Say more about the check NAME than its message does."""
    from assay.checks import one

    homework, console = _homework(), shown.open_console()
    check = one(homework.named(name), name)
    said = homework.hint(check) or "There is no second hint for this check."
    console.print(f"{check.title}\n\n{said}", markup=False, emoji=False)


@main.command(cls=OneHomework)
@click.argument("path", type=click.Path(path_type=Path))
def read(path: Path) -> None:
    """Show how the written mathematics in PATH is understood, without grading it.

    Each line is shown as it was read, and below it as it was written.
    """
    from assay.commands.understanding import documents_in, show_understanding

    console, homework = shown.open_console(), _homework()
    documents, remarks = documents_in(path, homework)
    with closing(_sandbox(homework)) as sandbox:
        show_understanding(console, sandbox, documents, remarks)


@main.command(cls=WithMaterials)
@click.argument("submissions", type=click.Path(path_type=Path))
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder of results.")
@click.option("--jobs", type=click.IntRange(1, 1024), help="Processes; default: one per core.")
@click.option(
    "--allow-unconfined",
    is_flag=True,
    help="Grade even if student code can reach files and the network: I can spare this machine.",
)
@click.option(
    "--from",
    "system",
    type=click.Choice(SYSTEMS),
    help="Where SUBMISSIONS was downloaded; detected if not given.",
)
@click.option(
    "--roster",
    type=click.Path(path_type=Path),
    help="CSV of the class, to list who handed in nothing: columns id, name, email, login.",
)
@click.option("--scheduler", default="", metavar="ADDRESS", help="Grade on a Dask scheduler.")
@call_option
@problem_option
@click.option(
    "--packages",
    type=click.Path(path_type=Path),
    metavar="REQUIREMENTS.TXT",
    help="What the course allows; any other package counts as one that is not installed.",
)
@click.option("--pages/--no-pages", default=True, help="Write the pages of the class, or not.")
@seed_option
def batch(**options: Any) -> None:
    """Grade a class into OUT; run it again to resume.

    SUBMISSIONS is a folder of submissions, or a download from Canvas, Moodle, Gradescope, GitHub
    Classroom, Brightspace, Blackboard, Autolab or Submitty, as a .zip or unpacked.

    Exit code: 0 all graded, 1 some could not be, 2 none.
    """
    from assay.batch.grade_class import Request, grade_class

    chosen = {name: value for name, value in options.items() if not name.startswith("material_")}
    request = Request(homework=_homework(options), **chosen)
    console = shown.open_console()
    done = shown.follow(console, grade_class(request))
    shown.show_class(console, done.pages, request.out)
    sys.exit(FULL if not done.ungraded else NOT_FULL if done.graded else NOT_GRADED)


@main.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--rubric", type=click.Path(path_type=Path), help="Points, hidden checks, lateness.")
@click.option("--regrade", type=click.Path(path_type=Path), help="Old results: show differences.")
@click.option("--submission", default="", help="Which one, for formats of a single submission.")
@click.option("--junit", type=click.Path(path_type=Path), help="Write JUnit XML.")
@click.option("--gradescope", type=click.Path(path_type=Path), help="Write one's results.json.")
@click.option("--classroom", is_flag=True, help="Report one result to GitHub Classroom.")
@click.option("--canvas", type=click.Path(path_type=Path), help="Fill in a gradebook's export.")
@click.option("--assignment", default="", help="The title of its column.")
@click.option("--moodle", type=click.Path(path_type=Path), help="Fill in a grading worksheet.")
@click.option(
    "--feedback",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Write what each student gets back, and files to upload it with.",
)
@click.option("--excel", is_flag=True, help="Mark grades.csv as UTF-8 for Excel.")
def report(out: Path, **options: Any) -> None:
    """Write grades.csv and the pages again from the result files of OUT, and show the class.

    Result files stay as they are; an export that is filled in is written beside the given one.
    """
    from assay.batch.grade_class import cores
    from assay.publish import exports
    from assay.publish.counting import Counted
    from assay.record import Record

    console, record, request = shown.open_console(), Record(out), exports.Request(**options)
    if not record.submissions():
        raise InvalidInput(f"{out} holds no results: run `assay batch SUBMISSIONS --out {out}`")
    results = Counted.by(record, request.rubric)
    if request.regrade:
        console.print(exports.compared(results, request) or "nothing differs")
        return
    pages, lines = exports.export(results, request, cores())
    shown.show_class(console, pages, out)
    for line in lines:
        click.echo(line)


@main.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("student")
@click.argument("check")
def explain(out: Path, student: str, check: str) -> None:
    """Explain the verdict on one CHECK of one STUDENT of the results in OUT.

    It shows the check, its input, what was returned and expected, and how sure the verdict is.
    """
    from assay.commands.explaining import explained, show

    show(shown.open_console(), explained(out, student, check))


@main.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.argument("student")
def regrade(out: Path, student: str) -> None:
    """Grade one STUDENT of the results in OUT again, and say what changed.

    The submission is read from where the class was read.
    """
    from assay.commands.explaining import regraded

    sys.exit(FULL if regraded(shown.open_console(), out, student) else NOT_FULL)


@main.command(cls=OneHomework)
@click.argument("target", type=click.Path(path_type=Path))
@click.option("--wheel", type=click.Path(path_type=Path), help="The kit; default: this checkout.")
@click.option("--rubric", type=click.Path(path_type=Path), help="Points, hidden checks.")
@seed_option
def gradescope_zip(target: Path, wheel: Path | None, rubric: Path | None, seed: int | None) -> None:
    """Write an upload for Gradescope's autograder to TARGET."""
    import secrets

    from assay.gradescope.pack import pack

    chosen = secrets.randbits(62) if seed is None else seed
    pack(target, chosen, wheel=wheel, rubric=rubric, homework=_homework())
    click.echo(f"wrote {target}: upload it, with Ubuntu 24.04 as the base image")


@main.command(cls=OneHomework)
@click.option("--child", is_flag=True, help="Show what a submission's process can see.")
def doctor(child: bool) -> None:
    """Show the homework, the versions, the isolation level in force, and what would raise it."""
    from assay.commands.doctor import child_view, examine

    for name, value in child_view(_homework()) if child else examine(_homework()):
        click.echo(f"{name:<12} {value}")


@main.command(cls=OneHomework)
@click.option("--only", default="", help="A problem, or part of a case's name: 'mutant problem2'.")
@click.option("--verbose", is_flag=True, help="Show what each case got.")
def verify(only: str, verbose: bool) -> None:
    """Try the graders on the reference, the template, every mutant and every alternative.

    Also says what is missing: a function that no check calls, a check that no mutant fails, ...
    """
    from assay.commands.verify import chosen_cases

    console, homework = shown.open_console(), _homework()
    chosen = chosen_cases(homework, only)
    with closing(_sandbox(homework)) as sandbox:
        clean = shown.verify(console, _grader(sandbox, 0, ""), chosen, verbose)
    sys.exit(FULL if clean else NOT_FULL)


@main.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option("--problem", "name", default="", help="Add a problem of this name to the homework.")
def new(folder: Path, name: str) -> None:
    """Write a small homework that works into FOLDER, for you to change; or add a problem to one."""
    from assay.commands.new import add_problem, write_homework

    written = add_problem(folder, name) if name else write_homework(folder)
    for path in written:
        click.echo(f"wrote  {path}")
    click.echo(f"\nNow run: assay --homework {shlex.quote(str(folder))} verify")


def _homework(options: Mapping[str, Any] = MappingProxyType({})) -> Homework:
    """What the command is about, with the materials that the options name."""
    prefix, homework = "material_", click.get_current_context().meta[HOMEWORK]
    paths = {n.removeprefix(prefix): p for n, p in options.items() if n.startswith(prefix)}
    replaced: Homework = homework.with_materials(paths)
    return replaced


def _without_homework(args: list[str]) -> tuple[Path | None, list[str]]:
    """What `--homework` names among the words of a command, and the other words."""
    named, others, words = None, [], iter(args)
    for word in words:
        name, equals, value = word.partition("=")
        if name == OPTION:
            named = Path(value if equals else next(words, ""))
        else:
            others.append(word)
    return named, others


def _readable(path: Path, homework: Homework) -> Submission:
    """The submission; what is wrong with it is said before anything slow is started.

    Raises:
        Unreadable: there is nothing in it that can be run.
    """
    from assay.submission import read

    submission = read(path, homework)
    if submission.cannot_run:
        raise Unreadable(submission.cannot_run)
    return submission


def _texts(submission: Submission, homework: Homework, only: str) -> list[str] | None:
    """The code that will run; None where written mathematics is judged, which needs sympy too."""
    from assay.grading.unwritten import written
    from assay.submission.documents import may_count

    is_judged = may_count(written(submission, homework))
    return None if is_judged else submission.texts(homework, only)


def _sandbox(homework: Homework, texts: Iterable[str] | None = None) -> Sandbox:
    from assay.sandbox.host import Sandbox

    # Started before the heavy imports below, so that both warm up at once.
    return Sandbox(homework=homework, texts=texts)


def _grader(sandbox: Sandbox, seed: int, only: str, allowed: Allowed | None = None) -> Grader:
    with loading.kept():
        from assay.grading.grader import Grader

        grader = Grader(seed=seed, only=only, sandbox=sandbox, allowed=allowed)
    grader.draw_all()
    return grader


def _stop(sentence: str) -> NoReturn:
    click.echo(plain(f"assay: {sentence}"), err=True)
    sys.exit(NOT_GRADED)


if __name__ == "__main__":
    main()
