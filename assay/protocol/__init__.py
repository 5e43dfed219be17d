"""The messages between the grader and a student's process, and the channel that carries them."""
