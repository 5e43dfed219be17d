"""Runs student code, never in the process that decides the verdict."""
