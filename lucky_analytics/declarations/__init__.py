"""The one reader of declarations: YAML and TOML files, whose errors name file, line and nearest name."""

from lucky_analytics.declarations.block import Block, each
from lucky_analytics.declarations.reading import is_written, read, read_text

__all__ = ["Block", "each", "is_written", "read", "read_text"]
