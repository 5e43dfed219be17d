"""How results are presented: a pure function for each format, given only result data."""
