"""What a dashboard is described with, and how Grafana writes it down.

A description says what is shown; places, ids and links are worked out here, so
that they cannot be wrong in one panel alone.
"""

import dataclasses
import re

DATASOURCE = {"type": "prometheus", "uid": "${datasource}"}
GUIDE_UID = "duroxide-guide"
COLUMNS = 24

# The version of dashboards' JSON that is written; Grafana 10 and later read it.
SCHEMA_VERSION = 39


@dataclasses.dataclass(frozen=True)
class Query:
    expr: str
    # How a series is called: text with labels in {{ }}.
    legend: str = ""
    # The newest value only, for tables.
    instant: bool = False


@dataclasses.dataclass(frozen=True)
class Panel:
    title: str
    description: str
    # As Grafana names units: "s", "ops", "percentunit", "short", "bytes".
    unit: str
    queries: list[Query]
    # The section of the guide that explains it.
    guide: str
    kind: str = "timeseries"
    width: int = 8
    height: int = 8
    decimals: int | None = None
    # (value from which, colour), the first one from minus infinity.
    thresholds: list[tuple[float | None, str]] = dataclasses.field(
        default_factory=lambda: [(None, "green")]
    )
    minimum: float | None = 0
    maximum: float | None = None
    stacked: bool = False
    # The columns of a table: label or "Value", and the heading.
    columns: list[tuple[str, str]] = dataclasses.field(default_factory=list)


@dataclasses.dataclass(frozen=True)
class Row:
    title: str
    panels: list[Panel]


@dataclasses.dataclass(frozen=True)
class Variable:
    name: str
    label: str
    description: str
    query: str


@dataclasses.dataclass(frozen=True)
class Dashboard:
    uid: str
    title: str
    description: str
    tags: list[str]
    variables: list[Variable]
    rows: list[Row]
    refresh: str = "5s"
    since: str = "now-15m"


@dataclasses.dataclass(frozen=True)
class Section:
    """A part of the guides that panels link to."""

    key: str
    title: str
    # A file of the checkout, and the heading of the section in it.
    source: str
    heading: str
    height: int = 10


def _thresholds(panel: Panel) -> dict:
    steps = [{"value": value, "color": color} for value, color in panel.thresholds]
    return {"mode": "absolute", "steps": steps}


def _options(panel: Panel) -> dict:
    if panel.kind == "stat":
        return {
            "colorMode": "value",
            "graphMode": "area",
            "justifyMode": "auto",
            "textMode": "auto",
            "orientation": "auto",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        }
    if panel.kind == "bargauge":
        return {
            "displayMode": "basic",
            "orientation": "horizontal",
            "showUnfilled": True,
            "valueMode": "color",
            "reduceOptions": {"calcs": ["lastNotNull"], "fields": "", "values": False},
        }
    if panel.kind == "heatmap":
        return {
            "calculate": False,
            "cellGap": 1,
            "color": {"mode": "scheme", "scheme": "Oranges", "exponent": 0.5, "steps": 64},
            "yAxis": {"axisPlacement": "left", "unit": panel.unit},
            "rowsFrame": {"layout": "auto"},
            "tooltip": {"mode": "single", "yHistogram": True},
            "legend": {"show": True},
        }
    if panel.kind == "table":
        return {"showHeader": True, "cellHeight": "sm", "footer": {"show": False}}
    return {
        "legend": {"displayMode": "table", "placement": "bottom", "calcs": ["lastNotNull", "max"]},
        "tooltip": {"mode": "multi", "sort": "desc"},
    }


def _custom(panel: Panel) -> dict:
    if panel.kind == "timeseries":
        custom = {
            "drawStyle": "line",
            "lineWidth": 1,
            "fillOpacity": 30 if panel.stacked else 10,
            "showPoints": "never",
            "spanNulls": False,
            "stacking": {"mode": "normal" if panel.stacked else "none", "group": "A"},
        }
        if len(panel.thresholds) > 1:
            custom["thresholdsStyle"] = {"mode": "dashed"}
        return custom
    if panel.kind == "heatmap":
        return {"scaleDistribution": {"type": "linear"}}
    if panel.kind == "table":
        return {"align": "auto", "cellOptions": {"type": "auto"}, "filterable": True}
    return {}


def _transformations(panel: Panel) -> list[dict]:
    if panel.kind != "table":
        return []
    shown = {name: heading for name, heading in panel.columns}
    return [
        {"id": "filterFieldsByName", "options": {"include": {"names": list(shown)}}},
        {
            "id": "organize",
            "options": {
                "indexByName": {name: place for place, name in enumerate(shown)},
                "renameByName": shown,
            },
        },
    ]


def _panel(panel: Panel, number: int, x: int, y: int, guide_panels: dict[str, int]) -> dict:
    defaults = {
        "unit": panel.unit,
        "color": {
            "mode": "thresholds" if panel.kind in ("stat", "bargauge") else "palette-classic"
        },
        "thresholds": _thresholds(panel),
        "custom": _custom(panel),
    }
    for key, value in (
        ("decimals", panel.decimals),
        ("min", panel.minimum),
        ("max", panel.maximum),
    ):
        if value is not None:
            defaults[key] = value
    targets = []
    for place, query in enumerate(panel.queries):
        targets.append(
            {
                "refId": chr(ord("A") + place),
                "datasource": DATASOURCE,
                "expr": query.expr,
                "legendFormat": query.legend or "__auto",
                "format": {"heatmap": "heatmap", "table": "table"}.get(panel.kind, "time_series"),
                "instant": query.instant,
                "range": not query.instant,
            }
        )
    return {
        "id": number,
        "type": panel.kind,
        "title": panel.title,
        "description": panel.description,
        "datasource": DATASOURCE,
        "gridPos": {"x": x, "y": y, "w": panel.width, "h": panel.height},
        "fieldConfig": {"defaults": defaults, "overrides": []},
        "options": _options(panel),
        "targets": targets,
        "transformations": _transformations(panel),
        "links": [
            {
                "title": "Guide",
                "url": f"/d/{GUIDE_UID}?viewPanel={guide_panels[panel.guide]}",
                "targetBlank": True,
            }
        ],
    }


def _variable(variable: Variable) -> dict:
    return {
        "type": "query",
        "name": variable.name,
        "label": variable.label,
        "description": variable.description,
        "datasource": DATASOURCE,
        "definition": variable.query,
        "query": {"qryType": 1, "query": variable.query, "refId": variable.name},
        "refresh": 2,
        "sort": 1,
        "multi": True,
        "includeAll": True,
        "allValue": ".*",
        "current": {"selected": True, "text": ["All"], "value": ["$__all"]},
        "hide": 0,
        "options": [],
        "regex": "",
        "skipUrlSync": False,
    }


DATASOURCE_VARIABLE = {
    "type": "datasource",
    "name": "datasource",
    "label": "Prometheus",
    "description": "Where the figures come from.",
    "query": "prometheus",
    "current": {"selected": False, "text": "Prometheus", "value": "duroxide-prometheus"},
    "hide": 0,
    "includeAll": False,
    "multi": False,
    "options": [],
    "refresh": 1,
    "regex": "",
    "skipUrlSync": False,
}


def _dashboard(uid: str, title: str, description: str, tags: list[str]) -> dict:
    return {
        "uid": uid,
        "title": title,
        "description": description,
        "tags": tags,
        "schemaVersion": SCHEMA_VERSION,
        "version": 1,
        "editable": True,
        "graphTooltip": 1,
        "timezone": "browser",
        "annotations": {"list": []},
        "links": [
            {
                "type": "dashboards",
                "title": "duroxide",
                "tags": ["duroxide"],
                "asDropdown": True,
                "includeVars": False,
                "keepTime": True,
                "targetBlank": False,
                "icon": "external link",
                "tooltip": "",
                "url": "",
            }
        ],
    }


def _place(panels: list[Panel], y: int) -> tuple[list[tuple[Panel, int, int]], int]:
    """Panels from the left to the right, line by line, and where the next line is."""
    placed, x, line_height = [], 0, 0
    for panel in panels:
        if x + panel.width > COLUMNS:
            x, y, line_height = 0, y + line_height, 0
        placed.append((panel, x, y))
        x += panel.width
        line_height = max(line_height, panel.height)
    return placed, y + line_height


def render(dashboard: Dashboard, guide_panels: dict[str, int]) -> dict:
    """`guide_panels` are the ids of the guide's panels, by the keys of its sections."""
    panels, y, number = [], 0, 1
    for row in dashboard.rows:
        panels.append(
            {
                "id": number,
                "type": "row",
                "title": row.title,
                "collapsed": False,
                "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": 1},
                "panels": [],
            }
        )
        number += 1
        placed, y_next = _place(row.panels, y + 1)
        for panel, panel_x, panel_y in placed:
            panels.append(_panel(panel, number, panel_x, panel_y, guide_panels))
            number += 1
        y = y_next
    return _dashboard(
        dashboard.uid, dashboard.title, dashboard.description, ["duroxide", *dashboard.tags]
    ) | {
        "refresh": dashboard.refresh,
        "time": {"from": dashboard.since, "to": "now"},
        "templating": {"list": [DATASOURCE_VARIABLE, *map(_variable, dashboard.variables)]},
        "panels": panels,
    }


def section_text(document: str, heading: str) -> str:
    """The text below a heading of a Markdown file, up to the next one of its level."""
    start = re.search(rf"^(#+) {re.escape(heading)}$", document, re.MULTILINE)
    if start is None:
        raise ValueError(f"no heading {heading!r}")
    level = len(start.group(1))
    rest = document[start.end() :]
    end = re.search(rf"^#{{1,{level}}} ", rest, re.MULTILINE)
    text = rest[: end.start() if end else len(rest)].strip()
    # What a link of the checkout leads to is not there in Grafana.
    return re.sub(r"\[([^\]]+)\]\((?!https?:)[^)]+\)", r"\1", text)


def render_guide(sections: list[Section], read) -> tuple[dict, dict[str, int]]:
    """The dashboard with the guides' sections, and the ids of its panels.

    `read` gives the text of a file of the checkout.
    """
    panels, ids, y = [], {}, 0
    for number, section in enumerate(sections, start=1):
        ids[section.key] = number
        panels.append(
            {
                "id": number,
                "type": "text",
                "title": section.title,
                "description": f"From {section.source}, “{section.heading}”.",
                "gridPos": {"x": 0, "y": y, "w": COLUMNS, "h": section.height},
                "options": {
                    "mode": "markdown",
                    "content": section_text(read(section.source), section.heading),
                },
            }
        )
        y += section.height
    guide = _dashboard(
        GUIDE_UID,
        "duroxide: guide",
        "What the panels of the other dashboards mean, from the project's guides.",
        ["duroxide"],
    )
    return guide | {
        "time": {"from": "now-15m", "to": "now"},
        "templating": {"list": []},
        "panels": panels,
    }, ids
