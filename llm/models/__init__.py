"""Models fine-tuned for Galenic, with all that trains them."""
