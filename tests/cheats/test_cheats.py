"""Submissions that are wrong on purpose, each where no check seems to look, lose points.

The first line of each says for which inputs it is wrong; the digit in its name is the problem.
"""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from known import first_fault

from assay.commands.verify import Case
from assay.submission import read

HERE = Path(__file__).parent
CHEATS = sorted(HERE.glob("p[1-6]_*.py"))
# No input shows these: the second look does.
LOOKED_AT_AGAIN = {
    "p1_fresh_generators",
    "p1_knows_four_families",
    "p2_assay_loaded",
    "p2_called_from_child",
    "p2_kkt_after_project",
    "p3_bare_folder",
    "p3_reads_the_model",
    "p3_stops_after_2_seconds",
    "p4_cwd_and_argv",
    "p4_wrong_after_a_minute",
    "p5_host_student",
    "p5_large_seed",
    "p5_terms_after_reaches",
    "p6_env_malloc",
    "p6_wrong_after_minimize",
}
# Nothing shows it: it counts thousands of calls.
UNSEEN = {"p4_tired_after_3000"}
# Each takes seconds: of those that inputs show, every second one is tried unless all are asked for.
SHOWN = [path for path in CHEATS if path.stem not in LOOKED_AT_AGAIN | UNSEEN]
TRIED = [path for path in CHEATS if path not in SHOWN]
TRIED += SHOWN if os.environ.get("ASSAY_CHEATS") == "all" else SHOWN[::2]


def test_every_cheat_says_for_which_inputs_it_is_wrong():
    assert CHEATS
    assert {path.stem for path in CHEATS} >= UNSEEN | LOOKED_AT_AGAIN
    for path in CHEATS:
        assert path.read_text("utf-8").startswith("# Wrong for: "), path.name


@pytest.mark.slow
@pytest.mark.parametrize("path", TRIED, ids=lambda path: path.stem)
def test_a_cheat_loses_points(request, grader, tmp_path, path):
    if path.stem in UNSEEN:
        request.applymarker(pytest.mark.xfail(reason="nothing shows it", strict=False))
    checks = [c for c in grader.checks if c.module.startswith(f"problem{path.stem[1]}_")]
    module = checks[0].module
    shutil.copyfile(path, tmp_path / f"{module}.py")
    submission = read(tmp_path, grader.homework)
    if path.stem in LOOKED_AT_AGAIN | UNSEEN:
        result = grader.judge(submission, checks, shrink_seconds=0.0)
        assert result.score < result.max_score
    else:
        case = Case(path.stem, "", module, "less", submission)
        assert first_fault(grader, case, checks, {check.id: 0.0 for check in checks}) is not None
