"""The kit as Gradescope's autograder: what is uploaded, and what runs there."""
