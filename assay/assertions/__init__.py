"""Assertions for authors of checks: they pass, or end the check with a verdict that teaches."""
