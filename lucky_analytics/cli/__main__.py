"""``python -m lucky_analytics.cli``: the command without its script."""

from lucky_analytics.cli import main

main()
