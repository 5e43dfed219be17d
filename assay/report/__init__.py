"""What results look like: one pure function a format, from result data alone."""
