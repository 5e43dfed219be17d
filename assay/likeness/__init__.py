"""Which submissions of a class have similar code: information for an instructor, no verdict."""
