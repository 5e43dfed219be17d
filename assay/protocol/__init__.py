"""What crosses between the grader and a student's process: plain data, and the channel for it."""
