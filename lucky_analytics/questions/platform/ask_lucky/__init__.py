"""How well questions in plain words are answered: golden questions, and how they are scored."""
