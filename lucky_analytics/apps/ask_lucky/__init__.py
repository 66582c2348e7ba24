"""Ask Lucky as an app: a question, an answer, and what follows from it."""
