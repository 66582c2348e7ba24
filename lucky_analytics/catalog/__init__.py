"""Conformed tables of one snapshot, as Ibis expressions: grain stated, units in the name, ids as text."""

from lucky_analytics.catalog.conformed import Conformed, Field, find_faults, whole
from lucky_analytics.catalog.suite import TABLES, Suite

__all__ = ["TABLES", "Conformed", "Field", "Suite", "find_faults", "whole"]
