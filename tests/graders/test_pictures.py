"""The pictures: what they show, what they say in words, and that no data breaks a page."""

from __future__ import annotations

import base64
import io
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from made import outcome, result
from matplotlib.image import imread
from page_cases import DIGIT, ESTIMATE, MINIMIZE, estimates, exhibit, images, paths

from assay.homework import find
from assay.outcome import Exhibit
from assay.report import page
from assay.report.page import pictures
from graders.evidence.endpoints import TWO_MINIMA
from graders.evidence.objective import GLOBAL_MINIMUM, LOCAL_MINIMUM, objective
from graders.pictures import convergence
from graders.pictures import paths as draw_paths

FRAMES = page.frames(find())


def decoded(image):
    """The pixels in an image's `data:` address, read by Matplotlib."""
    body = base64.b64decode(image.source.partition(",")[2])
    return imread(io.BytesIO(body), format="png")


def test_an_image_has_the_pixels_of_its_exhibit():
    for image, exhibited in zip(pictures.images(images()), images(), strict=True):
        expected = np.frombuffer(exhibited.data, "<f2").reshape(28, 28)
        np.testing.assert_allclose(decoded(image), expected, rtol=0, atol=0.5 / 255 + 1e-3)


def test_pixels_outside_the_box_are_clipped_and_their_range_is_stated():
    (image,) = pictures.images([exhibit("inpainted", [[-2.0, 0.5], [1.0, 60_000.0]])])
    np.testing.assert_allclose(decoded(image), [[0, 0.5], [1, 1]], rtol=0, atol=3e-3)
    assert "from -2 to 6e+04" in image.alt


def test_pixels_that_are_not_finite_are_grey_and_counted():
    (image,) = pictures.images([exhibit("inpainted", [[np.nan, 0.0], [np.inf, 1.0]])])
    np.testing.assert_allclose(decoded(image), [[0.5, 0], [0.5, 1]], rtol=0, atol=3e-3)
    assert "2 of them not finite" in image.alt


@pytest.mark.parametrize("place", [LOCAL_MINIMUM, GLOBAL_MINIMUM])
def test_the_marked_points_are_the_minima(place):
    assert "({:.4f}, {:.4f})".format(*place) in TWO_MINIMA
    mu, sigma = np.array(place)[:, None] + 1e-3 * np.array([[0, 1, -1, 0, 0], [0, 0, 0, 1, -1]])
    here, *around = objective(mu, np.log(sigma))
    assert min(around) > here


def test_a_path_is_drawn_where_the_students_path_went():
    drawing = draw_paths(paths(), FRAMES["problem6"])
    assert [name for _, name in drawing.keys] == ["log-derivative", "reparameterization"]
    assert "reparameterization trick the path ends at (0.442, 0.606)" in drawing.words
    line = re.search(r'<path class="two" d="M([\d.]+) ([\d.]+)l([^"]*)"', drawing.svg)
    start = [float(line[1]), float(line[2])]
    end = start + np.array(line[3].split(), float).reshape(-1, 2).sum(axis=0)
    frame = FRAMES["problem6"]
    for (x, y), (mu, sigma) in ((start, (0, 1)), (end, (0.4423, 0.6065))):
        assert x == pytest.approx(float(frame.x.at(np.array(float(mu)))), abs=0.2)
        assert y == pytest.approx(float(frame.y.at(np.array(float(sigma)))), abs=0.2)


def test_the_words_say_when_a_path_leaves_the_picture_or_is_not_finite():
    away = exhibit("log-derivative", [[0, 1], [50, 60_000], [0.4, 0.6]])
    lost = exhibit("reparameterization", [[0, 1], [np.nan, 1], [0.1, 0.9], [np.inf, np.nan]])
    drawing = draw_paths((away, lost), FRAMES["problem6"])
    assert "leaves the picture on the way" in drawing.words
    assert "the last point of the path is not finite" in drawing.words
    assert drawing.svg.count("M") >= 3  # the path is drawn in two stretches


def test_the_estimates_in_their_band_are_counted():
    drawing = convergence([estimates()], FRAMES["problem5"])
    assert drawing.svg.count('class="dot"') == 8
    assert "8 lie in the band" in drawing.words
    assert "1,000" in drawing.svg
    outside = convergence([estimates(off=30)], FRAMES["problem5"])
    assert outside.svg.count('class="dot out"') == 8
    assert "0 lie in the band" in outside.words


def test_the_axes_are_the_same_bytes_every_time():
    assert page.frames(find()) == FRAMES
    for frame in FRAMES.values():
        assert not re.search(r" id=|url\(|<style|<metadata|<!|#0[0-9]", frame.svg)
        assert len(frame.svg) < 20_000


anything = st.builds(
    Exhibit,
    name=st.sampled_from(["original", "log-derivative", "reparameterization", "convergence", "x"]),
    shape=st.lists(st.integers(-1, 5) | st.sampled_from([2**40, 70_000]), max_size=3).map(tuple),
    data=st.binary(max_size=80),
)
fitting = st.tuples(st.integers(1, 9), st.integers(1, 4)).flatmap(
    lambda shape: st.builds(
        Exhibit,
        shape=st.just(shape),
        name=st.sampled_from(["inpainted", "log-derivative", "reparameterization", "convergence"]),
        data=st.binary(min_size=2 * shape[0] * shape[1], max_size=2 * shape[0] * shape[1]),
    )
)


@settings(max_examples=200, deadline=None)
@given(shown=st.lists(anything | fitting, max_size=3))
def test_no_data_breaks_a_page(shown):
    checks = [outcome(name, exhibits=tuple(shown)) for name in (DIGIT, ESTIMATE, MINIMIZE)]
    html = page.student_page(result("ada", *checks), FRAMES, find())
    numbers = re.findall(r' (?:d|cx|cy|width|height)="([^"]*)"', html)
    assert not re.search("nan|inf", " ".join(numbers))
    assert len(html) < 60_000


def test_the_page_says_when_data_makes_no_picture():
    wrong_shape = outcome(MINIMIZE, exhibits=(exhibit("log-derivative", [1.0, 2.0]),))
    failed = outcome(DIGIT, outcome="raised", points=0)
    html = page.student_page(result("ada", failed, wrong_shape), FRAMES, find())
    assert "this code returned nothing to show" in html
    assert "makes no picture" in html


def test_a_page_misses_no_picture_whose_check_is_hidden():
    html = page.student_page(result("ada", outcome("problem3.another")), FRAMES, find())
    assert "nothing to show" not in html
