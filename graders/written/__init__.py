"""What written mathematics means in this homework: the worlds in which its lines are evaluated."""
