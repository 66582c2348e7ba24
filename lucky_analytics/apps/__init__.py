"""Interactive what-ifs: notebooks that Voila serves, one frame for all of them."""
