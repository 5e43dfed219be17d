"""Which source, and which of several definitions, a problem's functions are graded in."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby

from assay.checks import problem_number
from assay.submission import versions
from assay.submission.definitions import Definition, Template, excerpt
from assay.submission.naming import shown, stem
from assay.submission.source import Source

NAMES_SHOWN = 4  # files named in one note
UNWRITTEN = "as it was handed out, unwritten"
LAST = "the last one"  # why a definition is graded


@dataclass(frozen=True)
class Offer:
    """A function as one source has it.

    Attributes:
        source: the file or notebook.
        place: of the source among all, the shallowest first.
        definition: the one that counts in this source; None if it is bound in another way.
        others: the other definitions in this source.
        is_run_last: whether it is in force after the source has run.
        parses: whether the source does.
        count: how many of the problem's functions are written in this source.
    """

    source: Source
    place: int
    definition: Definition | None
    others: tuple[Definition, ...] = ()
    is_run_last: bool = True
    parses: bool = True
    count: int = 0

    @property
    def fit(self) -> int:
        """How well its parameters fit the template's; as well as any, if they are unknown."""
        return self.definition.fit if self.definition else 2

    @property
    def is_written(self) -> bool:
        """Whether it is more than what the template gives."""
        return self.definition is None or self.definition.is_written


@dataclass(frozen=True)
class Choice:
    """Where a problem's functions are graded.

    Attributes:
        source: None if no source has any of them.
        rejected: (source that is graded, one that is not, why).
        notes: on functions that are defined several times, and on sources put together.
    """

    source: Source | None
    rejected: tuple[tuple[str, str, str], ...] = ()
    notes: tuple[str, ...] = ()


def choose(
    sources: Sequence[Source], module: str, functions: Collection[str], template: Template
) -> Choice:
    """Where the functions of one problem are graded.

    For each function a written definition counts before an unwritten one, then one whose
    parameters fit, then the newest, then the one in the problem's own file, then the one in the
    source that has the most of them.

    Args:
        sources: those of the submission, the shallowest first.
        module: the name of the problem's file without suffix, in upper or lower case.
        functions: the problem's functions.
        template: their definitions in the student's template.
    """
    number = problem_number(f"{module}.py")
    of_problem = [source for source in sources if source.problem in ("", number)]
    if any(s.fault and _is_own(s, module) for s in of_problem):
        # Nobody knows which of the other files are its helpers; a notebook is none.
        of_problem = [s for s in of_problem if not s.import_name or _is_own(s, module)]
    offers = _offers(of_problem, functions, template)
    best = {name: _best(several, module) for name, several in offers.items()}
    parsed = {name: offer for name, offer in best.items() if offer.parses}
    chosen = parsed or best
    if not any(offer.is_written for offer in chosen.values()):
        source = _out_of_sight(of_problem, module, functions, is_elsewhere=not chosen)
        if source is not None:
            stubs = {offer.source.name for offer in chosen.values()} - {source.name}
            rejected = tuple((source.name, name, UNWRITTEN) for name in sorted(stubs))
            return Choice(replace(source, kept=tuple(_kept(source, {}, functions))), rejected)
    if not chosen:
        faulty = [s for s in of_problem if s.fault and len(sources) == 1]
        own = [s for s in of_problem if _is_own(s, module)]
        return Choice(next(iter(own + faulty), None))
    main = max(
        (offer.source for offer in chosen.values()),
        key=lambda s: (sum(o.source is s for o in chosen.values()), -of_problem.index(s)),
    )
    kept = tuple(_kept(main, chosen, functions))
    return Choice(
        source=replace(_put_together(main, chosen), kept=kept),
        rejected=tuple(_rejected(offers, chosen)),
        notes=(*_defined_twice(chosen), *_together(module, main, chosen)),
    )


def _out_of_sight(
    sources: Sequence[Source], module: str, functions: Collection[str], *, is_elsewhere: bool
) -> Source | None:
    """The source that may bind the functions although none of its statements shows it.

    Only the run can tell: `for name in NAMES: globals()[name] = getattr(solver, name)`. A source
    is no candidate if no text mentions any of the functions.

    Args:
        is_elsewhere: whether another source than the one that binds them may mention them.
    """
    files = {stem(source.file) for source in sources}
    mentioned = [len(source.mentioned(functions)) for source in sources]
    candidates = [
        (_is_own(source, module), count, source.age, -place, source)
        for place, (source, count) in enumerate(zip(sources, mentioned, strict=True))
        if (count or (is_elsewhere and any(mentioned))) and source.can_bind_out_of_sight(files)
    ]
    return max(candidates, key=lambda item: item[:-1], default=(None,))[-1]


def notes(choices: Iterable[Choice]) -> list[str]:
    """What was chosen and what was not, a line for each source and reason."""
    choices = list(choices)
    rejected = sorted({each for choice in choices for each in choice.rejected})
    rejected.sort(key=_by_reason)
    lines = []
    for (graded, why), group in groupby(rejected, key=_by_reason):
        names = [shown(other) for _, other, _ in group]
        more = f" and {len(names) - NAMES_SHOWN} more" if len(names) > NAMES_SHOWN else ""
        listed = ", ".join(names[:NAMES_SHOWN]) + more
        lines.append(f"{shown(graded)} is graded, not {listed}: {why}")
    return lines + [note for choice in choices for note in choice.notes]


def _by_reason(rejected: tuple[str, str, str]) -> tuple[str, str]:
    return rejected[0], rejected[2]


def _offers(
    sources: Sequence[Source], functions: Collection[str], template: Template
) -> dict[str, list[Offer]]:
    """The sources that have each function, in the order of the functions' names."""
    offers: dict[str, list[Offer]] = {}
    modules = {name: source.defined for source in reversed(sources) for name in source.names}
    for place, source in enumerate(sources):
        found = source.definitions(functions, template)
        starred = frozenset[str]().union(*(modules.get(m, ()) for m in source.starred))
        is_whole = not source.why_not
        several = {
            name: _offer(
                source,
                place,
                found.get(name, []),
                name in source.defined or (name in starred and is_whole),
            )
            for name in sorted(functions)
            if name in source.defined | source.attempted | starred
        }
        count = sum(offer.is_written and offer.parses for offer in several.values())
        for name, offer in several.items():
            offers.setdefault(name, []).append(replace(offer, count=count))
    return offers


def _offer(source: Source, place: int, found: list[Definition], parses: bool) -> Offer:
    if not found:
        return Offer(source, place, None, parses=parses)
    best = max(enumerate(found), key=lambda item: (item[1].is_written, item[1].fit, item[0]))[0]
    others = tuple(each for each in found if each is not found[best])
    return Offer(source, place, found[best], others, best == len(found) - 1, parses)


def _best(offers: list[Offer], module: str) -> Offer:
    """The offer that is graded: the newest of each family of versions, then the best of these.

    A module that another of them imports is its helper, not an alternative to it.
    """
    written = [offer.source for offer in offers if offer.is_written]
    helpers = frozenset[str]().union(*(source.imports for source in written))
    own = [offer for offer in offers if offer.source.import_name not in helpers]
    offers = own or offers
    families: dict[str, list[Offer]] = {}
    for offer in offers:
        families.setdefault(versions.family(offer.source.name), []).append(offer)
    newest = [max(several, key=_newest_first) for several in families.values()]
    return max(
        newest,
        key=lambda o: (*_quality(o), *o.source.age, _is_own(o.source, module), o.count, -o.place),
    )


def _quality(offer: Offer) -> tuple[bool, bool, int]:
    return offer.parses, offer.is_written, offer.fit


def _newest_first(offer: Offer) -> tuple[object, ...]:
    numbers = versions.numbers(offer.source.origin or offer.source.name)
    return (*_quality(offer), *offer.source.age, numbers, offer.count, -offer.place)


def _is_own(source: Source, module: str) -> bool:
    """Whether a source has the name of the problem's file, perhaps with a version's number."""
    name, own = source.file.lower(), f"{module}.py".lower()
    return name.endswith(".py") and _version_of(name) == _version_of(own)


def _version_of(name: str) -> tuple[str, tuple[int, ...]]:
    """What versions of a problem's file have in common: "problem2_projection (1).py"."""
    return versions.family(name), versions.numbers(name)[:1]


def _rejected(
    offers: dict[str, list[Offer]], chosen: dict[str, Offer]
) -> Iterable[tuple[str, str, str]]:
    for name, best in chosen.items():
        several = offers[name]
        for offer in several:
            if offer.source is best.source or _are_together(offer.source, best.source):
                continue
            if not _is_same(offer, best):
                yield best.source.label, offer.source.label, _why(offer, best)


def _are_together(one: Source, other: Source) -> bool:
    """Whether one of two modules imports the other: then they are no alternatives."""
    return bool(one.names & other.imported_modules or other.names & one.imported_modules)


def _is_same(one: Offer, other: Offer) -> bool:
    bodies = [each.definition.body if each.definition else "" for each in (one, other)]
    return bool(bodies[0]) and bodies[0] == bodies[1]


def _why(offer: Offer, best: Offer) -> str:
    if offer.parses < best.parses:
        return "it is no valid Python"
    if offer.is_written < best.is_written:
        return UNWRITTEN
    if offer.fit < best.fit:
        return "its functions have other parameters"
    same_family = versions.family(offer.source.name) == versions.family(best.source.name)
    if offer.source.age < best.source.age or same_family:
        return "the one that is graded is newer"
    return "both define the same functions"


def _defined_twice(chosen: dict[str, Offer]) -> Iterable[str]:
    for name, offer in chosen.items():
        best = offer.definition
        different = [each for each in offer.others if best and each.body != best.body]
        if best is None or not different:
            continue
        others = " and ".join(_where(offer.source, each) for each in different[:NAMES_SHOWN])
        why = LAST
        if not offer.is_run_last:
            is_only = not any(each.is_written for each in different)
            why = "the only one written" if is_only else "its parameters are the template's"
        where = _where(offer.source, best)
        yield f"`{name}` is defined more than once: {where} is graded ({why}), not {others}"


def _where(source: Source, definition: Definition) -> str:
    return f"{source.cells[definition.cell][0]}, line {definition.lines[0]}"


def _together(module: str, main: Source, chosen: dict[str, Offer]) -> Iterable[str]:
    homes: dict[str, list[str]] = {}
    for name, offer in chosen.items():
        homes.setdefault(offer.source.label, []).append(name)
    if len(homes) > 1:
        main_first = sorted(homes, key=lambda home: (home != main.label, home))
        parts = "; ".join(f"{', '.join(homes[home])} from {shown(home)}" for home in main_first)
        yield f"{module} is put together: {parts}"


def _put_together(main: Source, chosen: dict[str, Offer]) -> Source:
    """The source that is run: the main one, then what is taken from elsewhere in it or in others.

    A definition that a later one replaced is run again at the end. Other sources are imported, so
    that each keeps its own names.
    """
    cells, imported = list(main.cells), list[tuple[str, str]]()
    homes: dict[int, list[str]] = {}
    for name, offer in chosen.items():
        homes.setdefault(offer.place, []).append(name)
    for names in homes.values():
        source = chosen[names[0]].source
        restored = [_restored(name, chosen[name]) for name in names]
        again = [cell for cell in restored if cell]
        if source is main:
            cells += again
            continue
        module = _free_name(source, {main.full_name, *dict(imported)})
        text = "\n".join(text for _, text in (*source.cells, *again))
        imported.append((module, text))
        cells.append((shown(source.label), f"from {module} import {', '.join(names)}\n"))
    if not imported and len(cells) == len(main.cells):
        return main
    return replace(main, cells=tuple(cells), imported=tuple(imported))


def _kept(
    main: Source, chosen: dict[str, Offer], functions: Collection[str]
) -> Iterable[tuple[str, Definition | None]]:
    """The functions whose last definition in the main source is graded, or that may have none.

    What is taken from elsewhere, or defined again at the end, is bound last anyway.
    """
    for name in functions:
        offer = chosen.get(name)
        if offer is None:
            yield name, None
        elif offer.source is main and offer.is_run_last and offer.is_written:
            yield name, offer.definition


def _restored(name: str, offer: Offer) -> tuple[str, str] | None:
    """A cell that defines a function again, if another definition of it is run later."""
    if offer.definition is None or offer.is_run_last:
        return None
    title, text = offer.source.cells[offer.definition.cell]
    return f"{title} ({name})", excerpt(text, offer.definition.lines)


def _free_name(source: Source, taken: Collection[str]) -> str:
    name = source.full_name if source.is_in_package else source.import_name or source.module
    while name in taken:
        name += "_"
    return name
