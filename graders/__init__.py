"""Assay: a verification kit and autograder for MFDNN Homework 10."""

__version__ = "0.1.0"
