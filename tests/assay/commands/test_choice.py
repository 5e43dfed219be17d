"""Which homework a command is about, and why a student's file cannot choose one."""

from __future__ import annotations

import sys

import pytest
import toy

from assay.commands.choice import chosen, remember
from assay.commands.start import lay_out
from assay.errors import InvalidHomework
from assay.homework import VARIABLE, built_in, find, load


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return toy.write(tmp_path / "toy")


def line(folder, homework):
    folder.mkdir(exist_ok=True)
    (folder / "assay.toml").write_text(f'homework = "{homework}"\n')
    return folder


def test_without_a_word_it_is_homework_10(home, tmp_path):
    assert chosen(None, tmp_path) == chosen(None) == built_in()


def test_the_option_comes_before_the_variable_and_that_before_a_folders_line(
    home, tmp_path, monkeypatch
):
    other = toy.write(tmp_path / "other")
    folder = line(tmp_path / "class", home)
    assert chosen(None, folder, is_class=True) == load(home)
    monkeypatch.setenv(VARIABLE, str(other))
    assert chosen(None, folder, is_class=True) == find() == load(other)
    assert chosen(home, folder, is_class=True) == load(home)


def test_a_class_names_its_homework_relative_to_itself_but_none_inside_it(home, tmp_path):
    assert chosen(None, line(tmp_path / "class", "../toy"), is_class=True) == load(home)
    toy.write(tmp_path / "class" / "eve")
    with pytest.raises(InvalidHomework, match="inside the class"):
        chosen(None, line(tmp_path / "class", "eve"), is_class=True)


def test_a_submission_cannot_choose_code_that_runs_as_the_grader(home, tmp_path):
    before = set(sys.modules)
    for name in ("../toy", "."):
        with pytest.raises(InvalidHomework, match="If you trust it, add --homework"):
            chosen(None, line(tmp_path / "ada", name))
    assert not [name for name in sys.modules.keys() - before if "toy" in name]


def test_what_assay_start_wrote_is_followed_here_and_by_a_file_in_it(home, tmp_path):
    folder = tmp_path / "mine"
    lay_out(folder, load(home))
    assert remember(load(home), folder)
    assert not remember(load(home), folder)
    assert chosen(None, folder) == chosen(None, folder / "problem1_curve.py") == load(home)
    assert not remember(built_in(), tmp_path)


@pytest.mark.parametrize(
    ("text", "says"), [("homework = 9", "written as a string"), ("homework = ", "not valid TOML")]
)
def test_a_line_that_makes_no_sense_is_refused(home, tmp_path, text, says):
    (tmp_path / "assay.toml").write_text(text)
    with pytest.raises(InvalidHomework, match=says):
        chosen(None, tmp_path)


def test_a_variable_that_names_no_homework_is_a_sentence(home, tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "nowhere"))
    with pytest.raises(InvalidHomework, match="holds no homework"):
        find()
