"""What the checks of every problem share: comparison, laws, exact laws of chance, symbols, draws."""
