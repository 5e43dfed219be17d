"""The file sets the first locale with a decimal comma that it finds and answers rightly.

kind: break
outcome: passed
"""

from right_answers import *
import locale

for name in ("de_DE.UTF-8", "fr_FR.UTF-8", "ru_RU.UTF-8", "de_DE", ""):
    try:
        locale.setlocale(locale.LC_ALL, name)
        break
    except locale.Error:
        continue
