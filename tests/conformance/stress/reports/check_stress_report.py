#!/usr/bin/env python3
"""Reads a stress report as others would, and fails where it is not well made.

    check_stress_report.py FORMAT FILE SCHEMA

FORMAT is json, html or markdown; SCHEMA is the JSON Schema of JSON reports.
"""

import html.parser
import json
import re
import sys

VOID = {"meta", "br"}


def strict(schema):
    """The schema with every member that it does not name forbidden, so that
    nothing is written that is not documented."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: strict(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict):
        result["additionalProperties"] = False
    return result


def check_json(text, schema):
    import jsonschema

    with open(schema, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    report = json.loads(text)
    jsonschema.Draft202012Validator(strict(schema)).validate(report)
    for run in report["runs"]:
        parts = sum(part["count"] for part in run["latency_distribution"])
        assert parts == run["latency"]["count"], (parts, run["latency"]["count"])


class Page(html.parser.HTMLParser):
    """Notes what is open, named, linked and loaded."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links, self.scripts = [], [], [], []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        if tag == "script":
            self.scripts.append([attributes, ""])
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a":
            assert attributes["href"].startswith("#"), attributes
            self.links.append(attributes["href"][1:])
        for name in attributes:
            assert not name.startswith("on"), f"{tag} has {name}"
            assert name not in ("src", "srcset", "action"), f"{tag} has {name}"
        assert tag not in ("link", "iframe", "object", "embed", "base", "img"), tag

    def handle_data(self, data):
        if self.open and self.open[-1] == "script":
            self.scripts[-1][1] += data

    def handle_endtag(self, tag):
        assert self.open and self.open[-1] == tag, f"</{tag}> in {self.open[-4:]}"
        self.open.pop()


def check_html(text, _):
    page = Page()
    page.feed(text)
    page.close()
    assert page.open == [], page.open
    assert len(page.ids) == len(set(page.ids)), "an id is given twice"
    missing = set(page.links) - set(page.ids)
    assert not missing, f"links to nothing: {missing}"
    assert len(page.scripts) == 2, "a script got in"
    (kind, data), (_, program) = page.scripts
    assert kind == {"type": "application/json", "id": "chart-data"}, kind
    charts = json.loads(data)
    drawn = {name for name in page.ids if re.fullmatch(r"chart-\d+", name)}
    assert drawn == {f"chart-{number}" for number in range(len(charts))}
    for chart in charts:
        assert chart["series"], chart
    assert "Chart.js v" in program, "the charting library is missing"
    rest = text.replace(program, "")
    assert not re.search(r"url\(|@import|https?://", rest), "the page loads something"


def check_markdown(text, _):
    prose = text
    tags = re.findall(r"</?([a-z]+)", prose)
    assert set(tags) <= {"details", "summary"}, set(tags)
    for tag in set(tags):
        assert prose.count(f"<{tag}>") == prose.count(f"</{tag}>"), tag
    columns = None
    for line in text.splitlines():
        if not line.startswith("|"):
            columns = None
            continue
        bars = len(re.findall(r"(?<!\\)\|", line))
        assert columns in (None, bars), f"a row of {bars} bars, not {columns}: {line}"
        columns = bars


CHECKS = {"json": check_json, "html": check_html, "markdown": check_markdown}


def main():
    _, kind, path, schema = sys.argv
    with open(path, encoding="utf-8", newline="") as file:  # fails on what is no UTF-8
        CHECKS[kind](file.read(), schema)


if __name__ == "__main__":
    main()
