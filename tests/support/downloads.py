"""A class's downloads as each system makes them: files by name, written as a zip or a folder."""

from __future__ import annotations

import io
import warnings
import zipfile
from pathlib import Path

RIGHT = b"""
import torch
def project(y, a):
    return torch.stack([torch.full_like(y[..., 0], a), y[..., 1].clamp(0, 1)], -1)
"""
UNWRITTEN = b"def project(y, a):\n    raise NotImplementedError\n"
FILE = "problem2_projection.py"

Files = dict[str, bytes]


def zipped(files: Files) -> bytes:
    """A zip of these files; their names may lead anywhere."""
    packed = io.BytesIO()
    with warnings.catch_warnings(), zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as out:
        warnings.simplefilter("ignore")
        for name, content in files.items():
            out.writestr(name, content)
    return packed.getvalue()


def lay_zip(place: Path, files: Files) -> Path:
    """Write the download as a zip."""
    path = place / "submissions.zip"
    path.write_bytes(zipped(files))
    return path


def lay_folder(place: Path, files: Files) -> Path:
    """Write the download as a folder."""
    folder = place / "submissions"
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    return folder


JUNK: Files = {
    "__MACOSX/._x": b"",
    ".DS_Store": b"",
    "._adalovelace_11_21_hw.py": b"",
    ".ipynb_checkpoints/x.ipynb": b"",
}

# Late, with two attachments, resubmitted, Korean, zipped, anonymous, a text entry, a link entry.
CANVAS: Files = {
    f"adalovelace_11_21_{FILE}": RIGHT,
    "adalovelace_11_22_weights.npz": b"w",
    "adalovelace_11_text.html": b"<p>see the files</p>",
    f"김민수_LATE_12_23_{FILE}": UNWRITTEN,
    "김민수_LATE_12_24_problem2_projection-1.py": RIGHT,
    "parkji_13_25_hw10.zip": zipped({f"hw10/{FILE}": RIGHT, "hw10/.DS_Store": b""}),
    f"LATE_anon_7Fa9x_26_{FILE}": RIGHT,
    "choi_14_link.html": b"<a href='https://example.org'>here</a>",
    **JUNK,
}

_MOODLE = {"Ada Lovelace_101": RIGHT, "김 민수_102": UNWRITTEN}
MOODLE = {
    "folders": {f"{who}_assignsubmission_file/src/{FILE}": code for who, code in _MOODLE.items()},
    "older": {f"{who}_assignsubmission_file_/{FILE}": code for who, code in _MOODLE.items()},
    "flat": {f"{who}_assignsubmission_file_{FILE}": code for who, code in _MOODLE.items()},
}
ONLINE_TEXT: Files = {"Ada Lovelace_101_assignsubmission_onlinetext/onlinetext.html": b"<p></p>"}

METADATA = """
submission_1:
  :submitters:
  - :name: Ada Lovelace
    :sid: 0071
    :email: ada@example.org
  :created_at: 2026-05-01 10:00:00.123456000 Z
  :score: !ruby/object:BigDecimal 18:0.1e1
submission_2:
  :submitters:
  - :name: 김민수
    :sid: '2026-1'
    :email: minsu@example.org
  - :name: Ji Park
    :sid:
    :email: ji@example.org
  :created_at: 2026-05-02 10:00:00 Z
submission_3:
  :submitters:
  - :name: Ada Lovelace
    :sid: 0071
    :email: ada@example.org
  :created_at: 2026-05-01 21:00:00 +09:00
submission_4:
  :submitters: []
"""
GRADESCOPE: Files = {
    "submission_metadata.yml": METADATA.encode(),
    f"submission_1/{FILE}": UNWRITTEN,
    f"submission_2/{FILE}": RIGHT,
    f"submission_3/{FILE}": RIGHT,
    f"submission_4/{FILE}": UNWRITTEN,
}

CLASSROOM: Files = {
    f"hw-10-{login}/{name}": code
    for login in ("ada-l", "minsu", "ji")
    for name, code in {FILE: RIGHT, ".git/HEAD": b"ref: refs/heads/main\n"}.items()
}
