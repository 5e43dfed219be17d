"""The mathematics behind the checks."""
