"""What was planted of the warehouse's tasks, with their numbers, for the truth file."""

from __future__ import annotations

from lucky_analytics import estate
from lucky_analytics.demo.build.world import World
from lucky_analytics.demo.process.pipelines import list_tasks
from lucky_analytics.demo.truth.planted import Realised

__all__ = ["note"]


def note(world: World, truth: Realised) -> None:
    """The plants as they stand, which no later step moves, and the numbers of the two tasks."""
    plant = world.planted["pipelines"]
    for name in plant:
        truth.hold("pipelines", name)
    for what in ("failing", "slowing"):
        tasks = [
            task.number for task in list_tasks(estate.load()) if plant[what] and task.source == plant[what]
        ]
        truth.rows(f"{what}_tasks", tasks)
