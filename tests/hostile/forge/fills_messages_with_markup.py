"""Tells lies in HTML, CSV and XML through its exception.

kind: forge
"""

from wrong_answers import *

def project(y, a):
    raise ValueError("</td><script>alert(1)</script>=1+1,\"100\"\n]]><testcase/>&amp;")
