"""The portal: every notebook's newest page, what changed, what failed; static files that open offline."""

from __future__ import annotations

from lucky_analytics.publish.portal import AudiencePortals, Portal, publish, publish_audiences

__all__ = ["AudiencePortals", "Portal", "publish", "publish_audiences"]
