"""Assertions for authors of checks: each passes, or ends the check with a message that teaches."""
