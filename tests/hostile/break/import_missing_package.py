"""The file imports a package that is only there on Colab.

kind: break
outcome: raised passed
"""

from right_answers import *
from google.colab import drive

drive.mount("/content/drive")
