#!/usr/bin/env python3
"""Reads a report as others would, and fails where it is not well made.

    check_report.py FORMAT FILE SCHEMA

FORMAT is xml, json, html or md; SCHEMA is the JSON Schema of JSON reports.
"""

import html.parser
import json
import re
import sys
import xml.etree.ElementTree

# Elements of HTML that have no end.
VOID = {"meta", "input", "wbr", "link", "br", "img", "hr"}


def check_junit(text, _):
    root = xml.etree.ElementTree.fromstring(text)
    assert root.tag == "testsuites", root.tag
    for suites in (root.findall("testsuite"),):
        for attribute in ("tests", "failures", "errors", "skipped"):
            total = sum(int(suite.get(attribute)) for suite in suites)
            assert int(root.get(attribute)) == total, attribute
    for suite in root.findall("testsuite"):
        cases = suite.findall("testcase")
        counts = {
            "tests": len(cases),
            "failures": sum(case.find("failure") is not None for case in cases),
            "errors": sum(case.find("error") is not None for case in cases),
            "skipped": sum(case.find("skipped") is not None for case in cases),
        }
        for attribute, count in counts.items():
            assert int(suite.get(attribute)) == count, (suite.get("name"), attribute)


def strict(schema):
    """The schema with every member that it does not name forbidden, so that
    nothing is written that is not documented."""
    if isinstance(schema, list):
        return [strict(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    result = {key: strict(value) for key, value in schema.items()}
    if isinstance(schema.get("properties"), dict) and schema.get("type") == "object":
        result["additionalProperties"] = False
    return result


def check_json(text, schema):
    import jsonschema

    with open(schema, encoding="utf-8") as file:
        schema = json.load(file)
    jsonschema.Draft202012Validator.check_schema(schema)
    report = json.loads(text)
    jsonschema.Draft202012Validator(strict(schema)).validate(report)
    counts = report["summary"]["verdicts"]
    for verdict, count in counts.items():
        assert count == sum(case["verdict"] == verdict for case in report["cases"]), verdict


class Page(html.parser.HTMLParser):
    """Notes what is open, named, linked and loaded."""

    def __init__(self):
        super().__init__()
        self.open, self.ids, self.links = [], [], []

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag not in VOID:
            self.open.append(tag)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        if tag == "a":
            assert attributes["href"].startswith("#"), attributes
            self.links.append(attributes["href"][1:])
        for name in attributes:
            assert not name.startswith("on"), f"{tag} has {name}"
            assert name not in ("src", "srcset", "action"), f"{tag} has {name}"
        assert tag not in ("link", "iframe", "object", "embed", "base"), tag

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
    assert text.count("<script>") == 1, "a script got in"
    assert not re.search(r"url\(|@import|https?://", text), "the page loads something"


def check_markdown(text, _):
    outside = []
    fence = None
    for line in text.splitlines():
        ticks = re.match(r"`{3,}", line)
        if fence is None and ticks:
            fence = ticks.group()
        elif fence is not None and line == fence:
            fence = None
        elif fence is None:
            outside.append(line)
    assert fence is None, "a block is not closed"
    prose = "\n".join(outside)
    tags = re.findall(r"</?([a-z]+)", prose)
    assert set(tags) <= {"details", "summary", "code"}, set(tags)
    for tag in set(tags):
        assert prose.count(f"<{tag}>") == prose.count(f"</{tag}>"), tag
    columns = {line.count("|") for line in outside if line.startswith("|")}
    assert len(columns) == 1, f"rows of {columns} bars"


CHECKS = {"xml": check_junit, "json": check_json, "html": check_html, "md": check_markdown}


def main():
    _, kind, path, schema = sys.argv
    with open(path, encoding="utf-8", newline="") as file:  # fails on what is no UTF-8
        CHECKS[kind](file.read(), schema)


if __name__ == "__main__":
    main()
