"""`assay new` writes a homework that is verified from the first minute."""

from __future__ import annotations

import pytest

from assay.commands.new import add_problem, write_homework
from assay.errors import InvalidInput
from assay.homework import load


def test_a_new_homework_is_verified_and_so_is_one_with_a_second_problem(assay_here, tmp_path):
    code, out, _ = assay_here("new", "mine")
    assert code == 0
    assert "mutants/problem1_average.toml" in out
    code, out, _ = assay_here("new", "mine", "--problem", "spread")
    assert code == 0
    code, out, err = assay_here("--homework", "mine", "verify")
    assert code == 0, out + err
    assert "8 cases, 0 judged incorrectly" in out
    assert "missing" not in out
    code, out, _ = assay_here("verify", "--homework", "mine", "--only", "problem2", "--verbose")
    assert code == 0
    assert "template problem2_spread" in out


def test_a_new_homework_says_what_to_change_and_has_its_folders_title(tmp_path):
    written = write_homework(tmp_path / "Linear Algebra 3")
    homework = load(tmp_path / "Linear Algebra 3")
    assert homework.title == "Linear Algebra 3"
    assert len(homework.checks()) == 2
    texts = [path.read_text("utf-8") for path in written]
    assert not any(word in text for text in texts for word in ("NAME", "NUMBER", "TITLE"))
    assert sum("hange" in text for text in texts) >= 3


def test_a_folder_with_something_in_it_is_left_alone(tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(InvalidInput, match="not empty"):
        write_homework(tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["notes.txt"]


@pytest.mark.parametrize("name", ["two words", "class", "_hidden", "average", "reply", "3d"])
def test_a_name_that_no_function_can_have_here_is_refused(tmp_path, name):
    write_homework(tmp_path / "mine")
    with pytest.raises(InvalidInput, match="--problem"):
        add_problem(tmp_path / "mine", name)


def test_no_command_is_shown_for_a_known_submission_that_is_no_file(assay_here, tmp_path):
    write_homework(tmp_path / "mine")
    answer = next((tmp_path / "mine" / "reference").glob("problem1_*.py"))
    answer.write_text(answer.read_text("utf-8").replace("return ", "return 2 * "), "utf-8")
    code, out, _ = assay_here("--homework", "mine", "verify")
    assert code == 1
    assert "WRONG" in out
    assert "assay check" not in out
