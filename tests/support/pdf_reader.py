"""Reads PDF files with PDFium, the reader inside Chromium: pages, letters with their places, tags."""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pypdfium2
import pypdfium2.raw as pdfium

if TYPE_CHECKING:
    from PIL.Image import Image

POINTS_PER_MM = 72 / 25.4


@dataclass(frozen=True, slots=True)
class Box:
    """In points from the lower left corner of the page."""

    left: float
    bottom: float
    right: float
    top: float

    def shared(self, other: Box) -> tuple[float, float]:
        """The width and height that both cover."""
        width = min(self.right, other.right) - max(self.left, other.left)
        return width, min(self.top, other.top) - max(self.bottom, other.bottom)


@dataclass(frozen=True, slots=True)
class PdfPage:
    """What was read of one page; ``lines`` are runs of letters with their place, ``tags`` its structure."""

    width: float
    height: float
    text: str
    lines: tuple[tuple[str, Box], ...]
    tags: tuple[str, ...]
    image: Image


@dataclass(frozen=True, slots=True)
class Pdf:
    """What was read of a file."""

    pages: tuple[PdfPage, ...]
    about: dict[str, str]
    language: str
    tagged: bool
    headings: tuple[str, ...]
    fonts: dict[str, bool]

    @property
    def text(self) -> str:
        """All words, one space between them."""
        return " ".join(" ".join(page.text for page in self.pages).split())


def read(path: Path) -> Pdf:
    """Everything of a file, its fonts with whether they are embedded."""
    document = pypdfium2.PdfDocument(path)
    try:
        pages = tuple(_page(document, number) for number in range(len(document)))
        buffer = ctypes.create_string_buffer(64)
        wide = ctypes.cast(buffer, ctypes.POINTER(ctypes.c_ushort))
        length = pdfium.FPDFCatalog_GetLanguage(document, wide, 64)
        return Pdf(
            pages=pages,
            about=document.get_metadata_dict(skip_empty=True),
            language=buffer.raw[: 2 * length].decode("utf-16-le").rstrip("\0"),
            tagged=bool(pdfium.FPDFCatalog_IsTagged(document)),
            headings=tuple(str(each.get_title()) for each in document.get_toc()),
            fonts=dict(_fonts(document)),
        )
    finally:
        document.close()


def _page(document: Any, number: int) -> PdfPage:
    page = document[number]
    text = page.get_textpage()
    boxes = [Box(*text.get_rect(index)) for index in range(text.count_rects())]
    lines = tuple((text.get_text_bounded(box.left, box.bottom, box.right, box.top), box) for box in boxes)
    width, height = page.get_size()
    return PdfPage(
        width=width,
        height=height,
        text=text.get_text_range(),
        lines=lines,
        tags=tuple(_tags(page)),
        image=page.render(scale=2, grayscale=True).to_pil(),
    )


def _tags(page: Any) -> Iterator[str]:
    tree = pdfium.FPDF_StructTree_GetForPage(page)
    try:
        for index in range(pdfium.FPDF_StructTree_CountChildren(tree)):
            yield from _tags_below(pdfium.FPDF_StructTree_GetChildAtIndex(tree, index))
    finally:
        pdfium.FPDF_StructTree_Close(tree)


def _tags_below(element: Any) -> Iterator[str]:
    if not element:
        return
    buffer = ctypes.create_string_buffer(64)
    length = pdfium.FPDF_StructElement_GetType(element, ctypes.cast(buffer, ctypes.c_void_p), 64)
    yield buffer.raw[:length].decode("utf-16-le").rstrip("\0")
    for index in range(pdfium.FPDF_StructElement_CountChildren(element)):
        yield from _tags_below(pdfium.FPDF_StructElement_GetChildAtIndex(element, index))


def _fonts(document: Any) -> Iterator[tuple[str, bool]]:
    for page in document:
        for thing in page.get_objects(filter=[pdfium.FPDF_PAGEOBJ_TEXT]):
            font = pdfium.FPDFTextObj_GetFont(thing)
            buffer = ctypes.create_string_buffer(128)
            pdfium.FPDFFont_GetBaseFontName(font, buffer, 128)
            yield buffer.value.decode(), pdfium.FPDFFont_GetIsEmbedded(font) == 1
