"""Charts: what the platform's records come to, by month, field, district and branch, and how far what was collected
has come."""

from matchmaker.services.charts.drawing import Chart, ChartColumn, ChartLine, chart, charts
from matchmaker.services.charts.rows import ChartRows, chart_rows

__all__ = ["Chart", "ChartColumn", "ChartLine", "ChartRows", "chart", "chart_rows", "charts"]
