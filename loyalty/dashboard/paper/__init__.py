"""What is printed: the poster and the cards for the counter, drawn as PDF, and as PNG from the same drawing."""
