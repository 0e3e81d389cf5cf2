"""What a program can check of PDF/UA-1 (ISO 14289-1), by the numbers of the Matterhorn Protocol 1.1 checkpoints.

No full validator is at hand. What needs a person (does the order of reading make sense, do the words of a picture say
what it shows) is looked at, not tested here.
"""

import io
from collections.abc import Iterator
from typing import Any

from pypdf import PdfReader
from pypdf.generic import ContentStream, NameObject

STANDARD = {
    "Document", "Part", "Art", "Sect", "Div", "BlockQuote", "Caption", "TOC", "TOCI", "Index", "NonStruct", "Private",
    "P", "H", "H1", "H2", "H3", "H4", "H5", "H6", "L", "LI", "Lbl", "LBody",
    "Table", "TR", "TH", "TD", "THead", "TBody", "TFoot", "Span", "Quote", "Note", "Reference", "BibEntry",
    "Code", "Link", "Annot", "Ruby", "RB", "RT", "RP", "Warichu", "WT", "WP",
    "Figure", "Formula", "Form",
}  # fmt: skip
SHOWN = {b"Tj", b"TJ", b"'", b'"', b"f", b"F", b"f*", b"S", b"s", b"B", b"B*", b"b", b"b*", b"Do", b"sh"}
"""Operators that put something on the page."""

MAY_HOLD = {
    "L": {"LI", "Caption", "L"},
    "LI": {"Lbl", "LBody"},
    "Table": {"TR", "THead", "TBody", "TFoot", "Caption"},
    "THead": {"TR"}, "TBody": {"TR"}, "TFoot": {"TR"},
    "TR": {"TH", "TD"},
}  # fmt: skip


def faults(content: bytes) -> list[str]:
    """What is wrong, each with its checkpoint; empty when nothing was found."""
    made = PdfReader(io.BytesIO(content))
    root: Any = made.trailer["/Root"]
    found = [*_document(made, root), *_structure(root)]
    for number, page in enumerate(made.pages, 1):
        found += [f"{fault}, page {number}" for fault in (*_content(page, made), *_fonts(page), *_links(page))]
    return found


def _is(value: Any) -> bool:
    """pypdf's false is an object, and so true."""
    return bool(getattr(value, "value", value))


def _document(made: PdfReader, root: Any) -> Iterator[str]:
    if made.is_encrypted:
        yield "26-001 encrypted"
    mark = root.get("/MarkInfo", {})
    if not _is(mark.get("/Marked")):
        yield "06-001 not marked as tagged"
    if _is(mark.get("/Suspects")):
        yield "04-001 suspect tags"
    metadata = root["/Metadata"].get_data().decode() if "/Metadata" in root else ""
    if "pdfuaid:part" not in metadata:
        yield "06-002 does not say that it is PDF/UA"
    if "dc:title" not in metadata:
        yield "06-003 no title"
    if not _is(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle")):
        yield "07-001 the title is not shown"
    if not root.get("/Lang"):
        yield "11-006 no language"
    if "/StructTreeRoot" not in root:
        yield "01-001 no structure"
    if "/XFA" in root.get("/AcroForm", {}):
        yield "25-001 XFA"
    if "/OpenAction" in root and "/JavaScript" in str(root["/OpenAction"]):
        yield "29-001 script"


def elements(root: Any) -> list[tuple[str, Any, list[str]]]:
    """The structure elements in the order of reading: type, the element, the types of its children."""
    tree = root.get("/StructTreeRoot", {})
    roles = {str(name): str(to) for name, to in tree.get("/RoleMap", {}).items()}
    found: list[tuple[str, Any, list[str]]] = []

    def kind(node: Any) -> str:
        name = str(node["/S"])
        return roles.get(name, name).lstrip("/")

    def children(node: Any) -> list[Any]:
        held = node.get("/K", [])
        held = held.get_object() if hasattr(held, "get_object") else held
        rows = held if isinstance(held, list) else [held]
        rows = [row.get_object() for row in rows]
        return [row for row in rows if isinstance(row, dict) and "/S" in row]

    def walk(node: Any) -> None:
        mine = children(node)
        found.append((kind(node), node, [kind(child) for child in mine]))
        for child in mine:
            walk(child)

    for child in children(tree):
        walk(child)
    return found


def _structure(root: Any) -> Iterator[str]:
    level = 0
    for kind, node, inside in elements(root):
        if kind not in STANDARD:
            yield f"02-001 {kind} is no standard type"
        if kind in ("Figure", "Formula") and not (node.get("/Alt") or node.get("/ActualText")):
            yield f"13-004 a {kind} without words"
        if kind in MAY_HOLD and not set(inside) <= MAY_HOLD[kind]:
            yield f"09-004 {kind} holds {sorted(set(inside) - MAY_HOLD[kind])}"
        if kind == "TH" and "/Scope" not in str(node.get("/A", "")):
            yield "15-003 a heading of a table without scope"
        if len(kind) == 2 and kind[0] == "H" and kind[1].isdigit():
            if level == 0 and kind != "H1":
                yield f"14-002 the first heading is {kind}"
            if int(kind[1]) > level + 1:
                yield f"14-003 {kind} after H{level}"
            level = int(kind[1])


def _content(page: Any, made: PdfReader) -> Iterator[str]:
    """Everything on the page is content with a place in the structure, or says that it is an artifact."""
    depth, tagged = [], 0
    for operands, operator in ContentStream(page.get_contents(), made).operations:
        if operator in (b"BDC", b"BMC"):
            if operands[0] == NameObject("/Artifact") and tagged:
                yield "01-003 an artifact inside tagged content"
            depth.append(operands[0])
            tagged += "/MCID" in (operands[1] if len(operands) > 1 and isinstance(operands[1], dict) else {})
        elif operator == b"EMC":
            depth.pop()
            tagged = tagged if depth else 0
        elif operator in SHOWN and not depth:
            yield f"01-005 {operator.decode()} is neither tagged nor an artifact"


def _fonts(page: Any) -> Iterator[str]:
    for name, held in page["/Resources"].get("/Font", {}).items():
        font = held.get_object()
        inner = font["/DescendantFonts"][0].get_object() if "/DescendantFonts" in font else font
        if not set(inner.get("/FontDescriptor", {}).keys()) & {"/FontFile", "/FontFile2", "/FontFile3"}:
            yield f"31-009 font {name} is not embedded"
        if "/ToUnicode" not in font:
            yield f"10-001 font {name} cannot be read aloud"


def _links(page: Any) -> Iterator[str]:
    marks = [each.get_object() for each in page.get("/Annots", [])]
    if marks and page.get("/Tabs") != "/S":
        yield "28-009 the order of tabs is not that of the structure"
    for mark in marks:
        if mark["/Subtype"] == "/Link" and "/StructParent" not in mark:
            yield "28-010 a link outside the structure"
        if mark["/Subtype"] == "/Link" and not mark.get("/Contents"):
            yield "28-012 a link without words"
