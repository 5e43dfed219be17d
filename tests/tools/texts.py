"""Every text that a student can read, to be read aloud in one sitting: `make texts`.

For each problem: the titles of its checks, then each hint and each message template, with `{…}`
where a value goes; then the messages of the engine.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

from assay.homework import find

# Calls whose texts a student reads: verdicts, and the assertions that raise them.
SPEAKERS = {
    "Wrong",
    "Raised",
    "TimedOut",
    "Died",
    "Refused",
    "Missing",
    "Blocked",
    "Broken",
    "Unreadable",
    "InvalidInput",
    "note",
    "settle",
}
PARTS = {"hint", "what", "evidence", "error"}
ENGINE = Path(__file__).resolve().parents[2] / "assay"


def template(node: ast.expr) -> str:
    """A text with `{…}` for each value; empty where the node is no text."""
    match node:
        case ast.Constant(value=str(text)):
            return text
        case ast.JoinedStr(values=values):
            return "".join(template(v) if isinstance(v, ast.Constant) else "{…}" for v in values)
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return template(left) + template(right)
        case ast.IfExp(body=body, orelse=orelse):
            return " | ".join(filter(None, (template(body), template(orelse))))
        case ast.Dict(values=values):
            return "\n".join(filter(None, map(template, values)))
    return ""


def spoken(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """What a module says: (kind, text), in its order."""
    constants = {
        target.id: template(node.value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Assign)
        for target in node.targets
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        if name in SPEAKERS or name.startswith("expect"):
            for text in filter(None, map(template, node.args)):
                yield "says", text
        for keyword in node.keywords:
            if keyword.arg in PARTS:
                is_name = isinstance(keyword.value, ast.Name)
                text = constants.get(keyword.value.id, "") if is_name else template(keyword.value)
                if text:
                    yield str(keyword.arg), text


def main() -> None:
    """Print them all."""
    homework = find()
    for module in homework.check_modules():
        print(f"\n== {homework.heading(module.partition('_')[0])}")
        for check in homework.checks_of(module):
            print(f"{check.points:4g}  {check.title}")
        show(homework.folder / "graders" / f"{module}.py")
    for path in sorted((homework.folder / "graders" / "evidence").glob("*.py")):
        show(path, heading=f"graders/evidence/{path.name}")
    for path in sorted(ENGINE.rglob("*.py")):
        show(path, heading=str(path.relative_to(ENGINE.parent)))


def show(path: Path, heading: str = "") -> None:
    """Print what one file says, each text once."""
    lines = dict.fromkeys(spoken(ast.parse(path.read_text("utf-8"))))
    if heading and lines:
        print(f"\n== {heading}")
    for kind, text in lines:
        print(f"{kind:>9}  " + text.replace("\n", "\n" + " " * 11))


if __name__ == "__main__":
    main()
