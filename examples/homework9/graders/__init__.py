"""Homework 9: what every correct answer has in common."""
