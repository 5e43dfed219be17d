"""Results that a page must withstand: one with pictures, and hostile texts."""

from __future__ import annotations

import numpy as np
from made import outcome, result, wrong

from assay.outcome import Exhibit

DIGIT = "problem3.inpaint_restores_a_digit"
ESTIMATE = "problem5.estimate_is_plausible_on_the_assignments_settings"
MINIMIZE = "problem6.runs_draw_new_batches"

FLAG = "document.documentElement.dataset.ran=1"
HOSTILE = [
    f"<script>{FLAG};alert(1)</script>",
    f"</style><script>{FLAG}</script>",
    f"</title></head><body onload={FLAG}>",
    f'"><img src=x onerror={FLAG}>',
    f"'><svg onload={FLAG}>",
    f"<svg><script href='data:text/javascript,{FLAG}'/></svg>",
    f"javascript:{FLAG}",
    f'" autofocus onfocus="{FLAG}" x="',
    "<img src=https://example.org/pixel.png><link rel=stylesheet href=//example.org/x.css>",
    "<iframe src=https://example.org></iframe><meta http-equiv=refresh content='0;url=//x.org'>",
    "<base href=//example.org/><form action=//example.org><button>sign in</button></form>",
    "<style>@import url(//example.org/x.css); body { display: none }</style>",
    "{{7*7}} {% raw %} {{ self.__init__.__globals__ }} ${7*7} #{7*7} <%= 7*7 %>",
    "]]> --> <!-- <![CDATA[ <plaintext> </textarea></pre></details></main>",
    "&lt;script&gt; &#60;b&#62; &amp;amp; &quot",
    "user\u202egnp.exe\u202c \u2066isolated \u200fright \u061c \u200b\ufeff",
    "nul\x00 bell\x07 escape\x1b[31m delete\x7f \x9b31m",
    "half \ud83d a pair \udfff",
    "tags \U000e0041\U000e0042, nothing \uffff\ufffe, lines\u2028and\u2029paragraphs\r\nends\rhere",
    "a" + "\u0301\u0489" * 500,
    "x" * 100_000,
    "<b>" * 50_000,
    '=HYPERLINK("http://example.org")',
    "../../etc/passwd",
]


def exhibit(name, values):
    """An exhibit of these values."""
    array = np.asarray(values, "<f2")
    return Exhibit(name=name, shape=array.shape, data=array.tobytes())


def images():
    """A digit, the digit with a hole, and the hole filled in."""
    rows, columns = np.mgrid[:28, :28]
    digit = (abs(np.hypot(rows - 14, columns - 14) - 8) < 2).astype(float)
    hole = digit.copy()
    hole[4:12, 6:20] = 1
    filled = np.where(hole == digit, digit, 0.4 + 0.5 * digit)
    pairs = (("original", digit), ("corrupted", hole), ("inpainted", filled))
    return tuple(exhibit(name, image) for name, image in pairs)


def estimates(sizes=(23, 46, 93, 187, 375, 750, 1500, 3000), off=0.4):
    """Estimates relative to the exact probability, `off` half widths of the band away from it."""
    half = 0.2463 * np.sqrt(3000 / np.array(sizes))
    signs = np.resize([1, -1], len(sizes))
    return exhibit("convergence", np.c_[sizes, 1 + off * signs * half, half])


def paths():
    """Two paths from (0, 1) to the local minimum."""
    t = np.linspace(0, 1, 126)
    line = np.c_[0.4423 * t, 1 - 0.3935 * t]
    wave = line + np.c_[0.02 * np.sin(20 * t), 0.02 * np.sin(13 * t)]
    return exhibit("log-derivative", wave), exhibit("reparameterization", line)


def pictured(submission="ada", text="got 1, expected 0", **changes):
    """A result with everything that a page shows; `text` is wherever a student has a say."""
    message = f"{text}\nwith y = {text}\ntry  {text}\nagain  assay check --only first"
    checks = (
        outcome("problem2.first"),
        wrong("problem2.other", message, title=f"a check {text}"),
        wrong("problem2.third", message),
        outcome("problem3.raises", outcome="raised", points=0.0, message=f"ValueError: {text}"),
        outcome(DIGIT, exhibits=images()),
        outcome("problem4.gone", outcome="missing", points=0.0, message=f"{text} is missing"),
        outcome("problem4.waits", outcome="blocked", points=0.0, message="it builds on gone"),
        outcome("problem4.late", outcome="timed_out", points=0.0, message=message),
        outcome(ESTIMATE, exhibits=(estimates(),)),
        outcome(MINIMIZE, exhibits=paths()),
        outcome("answers.naive", max_points=0.0, points=0.0, outcome="wrong", message=message),
    )
    about = {"students": ({"name": text, "late": "yes"},), "notes": (text,), "sha256": text[:64]}
    return result(submission, *checks, **(about | changes))
