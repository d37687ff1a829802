"""How an answer is judged: where it runs, how long it may, and what is said of its errors."""
