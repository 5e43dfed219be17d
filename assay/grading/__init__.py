"""One submission graded: inputs are replayed, each problem has a session, checks get verdicts."""
