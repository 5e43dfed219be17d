"""Homework 10 of Mathematical Foundations of Deep Neural Networks: checks and their evidence."""
