"""Which submissions of a class have similar code: information for the instructor, not a verdict."""
