"""What the checks of every problem share: comparison, laws, chance, symbols, draws."""
