"""HTML and SVG as elements: whatever text a data set or a model brings is escaped, because nothing is pasted."""

from xml.etree.ElementTree import Element, SubElement

SHOWN_NAME = 64
"""Characters of a name that are shown; the middle of a longer one is left out."""


def element(tag: str, *children: Element | str, **attributes: str | float) -> Element:
    """An element with its children and attributes: `element("td", "0.1", class_="best", data_model=2)`.

    Args:
        tag: its name.
        children: elements, or text; what does not print in text, such as control characters, becomes "?".
        attributes: an underscore in a name stands for a hyphen, and one at its end is dropped.
    """
    made = Element(tag)
    for name, value in attributes.items():
        text = printable(value) if isinstance(value, str) else f"{value:.5g}"
        made.set(name.rstrip("_").replace("_", "-"), text)
    for child in children:
        add(made, child)
    return made


def add(parent: Element, child: Element | str) -> None:
    """Put an element or text behind the children that the parent has."""
    if isinstance(child, Element):
        parent.append(child)
    elif len(parent):
        parent[-1].tail = (parent[-1].tail or "") + printable(child)
    else:
        parent.text = (parent.text or "") + printable(child)


def section(name: str, title: str, *content: Element) -> Element:
    """A section of the page, which the contents lead to."""
    return element("section", element("h2", title), *content, id=name)


def verbatim(tag: str, content: str) -> Element:
    """A style or script element, whose content HTML does not escape."""
    made = Element(tag)
    made.text = content
    return made


def hovered(drawn: Element, text: str) -> Element:
    """The SVG element, with text that appears where the pointer rests on it."""
    SubElement(drawn, "title").text = printable(text)
    return drawn


def printable(text: str) -> str:
    """The text without what does not print, half characters of undecodable file names included."""
    return "".join(character if character.isprintable() else "?" for character in text)


def shortened(name: str, length: int = SHOWN_NAME) -> str:
    """The name, its middle left out if it is longer than `length`."""
    if len(name) <= length:
        return name
    first = (length - 1) // 2
    return f"{name[:first]}…{name[len(name) - (length - 1 - first) :]}"
