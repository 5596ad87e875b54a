"""Surges (投诉预警): a detector for each kind of rule, each watching one series of complaints.

Pure: no database, no clock, no settings. A detector is fed the instants of one category × region as they become known,
answers with an `Alarm` or nothing, and is saved and loaded as bytes, so that a restart changes no alarm. How each decides,
and why, is told in ``docs/algorithms/surges.md``.
"""

from complaints.surge.adaptive import Detector
from complaints.surge.alarm import Alarm, Level
from complaints.surge.classic import ControlChart, FixedRule
from complaints.surge.watcher import Watcher

__all__ = ["Alarm", "ControlChart", "Detector", "FixedRule", "Level", "Watcher"]
