"""What a run chooses depends on its seed and on what is chosen, and on nothing else."""

from __future__ import annotations

from graders.evidence.chosen import source


def test_a_run_chooses_the_same_for_every_submission(student_of):
    one, other = student_of("x = 1\n", seed=3), student_of("y = 2\n", seed=3)
    assert source(one, "digit").integers(2**31) == source(other, "digit").integers(2**31)


def test_other_seeds_and_other_names_choose_otherwise(student_of):
    one, other = student_of("x = 1\n", seed=3), student_of("x = 1\n", seed=4)
    chosen = [source(one, "digit"), source(other, "digit"), source(one, "walk")]
    assert len({int(each.integers(2**31)) for each in chosen}) == 3
