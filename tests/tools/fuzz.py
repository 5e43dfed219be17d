"""Coverage-guided fuzzing of how the grader decodes a child's frame; needs the extra `fuzz`.

    python tests/tools/fuzz.py -max_total_time=SECONDS
    python tests/tools/fuzz.py build/fuzz/crash-...

The options are libFuzzer's. build/fuzz keeps the frames that reached new code, and those that
failed; the second command tries one frame again.
"""

from __future__ import annotations

import sys
from pathlib import Path
from random import Random

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))
import atheris

with atheris.instrument_imports(include=["assay.protocol", "assay.sandbox"]):
    import forged
    from wire_oracle import SMALL, framed, take

    from assay.protocol.wire import HEADER

KEPT = Path(__file__).resolve().parents[2] / "build" / "fuzz"
LIMITS = [f"-max_len={SMALL}", "-timeout=10", "-rss_limit_mb=2048"]


def mutate(data: bytes, size: int, seed: int) -> bytes:
    """A newly forged frame, this frame with a damaged body, or a mutation by libFuzzer."""
    dice = Random(seed)
    match dice.randrange(4):
        case 0:
            return forged.mutant(dice)[:size]
        case 1:
            return framed(forged.damaged(data[HEADER:], dice))[:size]
        case _:
            return bytes(atheris.Mutate(data, size))


def main(options: list[str]) -> None:
    """Start from the real frames unless a frame is given."""
    corpus = KEPT / "corpus"
    corpus.mkdir(parents=True, exist_ok=True)
    for n, body in enumerate(forged.BODIES):
        (corpus / f"{n:03}").write_bytes(framed(body))
    if all(option.startswith("-") for option in options):
        options = [*options, str(corpus)]
    limits = [*LIMITS, "-print_final_stats=1", f"-artifact_prefix={KEPT}/"]
    atheris.Setup([sys.argv[0], *limits, *options], take, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1:])
