"""What happens to the money of approved plans: reserved, spent, given back, in books that add up at any moment."""
