"""Homework 10 of Mathematical Foundations of Deep Neural Networks: its checks, and what they need."""
