"""The health check: how complete a listing is and how well an outsider could judge it, item by item."""

from matchmaker.services.health.checking import Health, HealthItem, check_health, check_values

__all__ = ["Health", "HealthItem", "check_health", "check_values"]
