"""What the checks of Homework 10 compare with: exact results, and inputs with known answers."""
