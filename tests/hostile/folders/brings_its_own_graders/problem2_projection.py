"""Brings packages called assay and graders that pass everything.

kind: forge
"""

from wrong_answers import *

import assay.grading.session, assay.protocol.wire
import graders
assert not hasattr(graders, "homework") and graders.__version__ == "9", "its own graders is found"
