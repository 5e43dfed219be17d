__version__ = '9'
