#!/usr/bin/env python3
"""Opens a report with python-docx and prints, as JSON, what it finds.

usage: open-docx.py FILE

Ends with 1 and says why where a link leads nowhere.
"""

import collections
import json
import sys

import docx
from docx.oxml.ns import qn

document = docx.Document(sys.argv[1])
body = document.element.body
bookmarks = [mark.get(qn("w:name")) for mark in body.iter(qn("w:bookmarkStart"))]
assert len(bookmarks) == len(set(bookmarks)), "a bookmark is there twice"
assert all(len(name) <= 40 for name in bookmarks), "Word takes no longer names of bookmarks"
for link in body.iter(qn("w:hyperlink")):
    anchor, to = link.get(qn("w:anchor")), link.get(qn("r:id"))
    assert anchor in bookmarks if anchor else document.part.rels[to].target_ref.startswith(("http", "mailto:")), (anchor, to)
lists = {number.get(qn("w:numId")) for number in document.part.numbering_part.element.iter(qn("w:num"))}
for number in body.iter(qn("w:numId")):
    assert number.get(qn("w:val")) in lists, "a list that is not defined"
styles = {style.style_id for style in document.styles}
for name in ["w:pStyle", "w:rStyle", "w:tblStyle"]:
    for used in body.iter(qn(name)):
        assert used.get(qn("w:val")) in styles, used.get(qn("w:val"))
for table in document.tables:
    assert all(len(row.cells) == len(table.columns) for row in table.rows), "a row has other cells than its table"

section, properties = document.sections[0], document.core_properties
text = lambda part: "".join(node.text or "" for paragraph in part.paragraphs for node in paragraph._p.iter(qn("w:t")))
print(json.dumps({
    "headings": collections.Counter(p.style.name for p in document.paragraphs if p.style.name.startswith("Heading")),
    "tables": len(document.tables),
    "rows_repeated": len(list(body.iter(qn("w:tblHeader")))),
    "header": text(section.header),
    "footer": text(section.footer),
    "title": properties.title,
    "language": properties.language,
    "author": properties.author,
    "text": "\n".join(paragraph.text for paragraph in document.paragraphs),
}))
