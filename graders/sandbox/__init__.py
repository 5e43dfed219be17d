"""Where student code runs: never in the process that holds the verdict."""
