"""Mistakes in written solutions: of each kind some are made here, all of them by `make mutate`."""

import tomllib
from collections import defaultdict

import pytest
from mutate_written import CHANGES, SURVIVORS, mutants
from written import judged

KNOWN = {n for names in tomllib.loads(SURVIVORS.read_text("utf-8")).values() for n in names}
BY_CHANGE = defaultdict(list)
for each in mutants():
    BY_CHANGE[each.change].append(each)


def test_every_kind_of_mistake_is_made():
    assert set(BY_CHANGE) == {name for name, *_ in CHANGES}
    assert sum(map(len, BY_CHANGE.values())) > 2000


@pytest.mark.parametrize("change", BY_CHANGE)
def test_some_mistakes_of_each_kind_cost_points(change):
    made = BY_CHANGE[change]
    for mutant in made[:: max(1, len(made) // 5)]:
        passed = judged(mutant.text, mutant.document.place).verdict == "passed"
        assert passed == (mutant.name in KNOWN), mutant.text
