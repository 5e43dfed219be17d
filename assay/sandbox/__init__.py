"""Where student code runs: never in the process that decides the verdict."""
