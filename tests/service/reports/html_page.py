"""Reads a page back: tables by id, headings, ids, and whether every tag is closed where it should be."""

from html.parser import HTMLParser

VOID = {"meta", "link", "br", "hr", "img", "input"}


class Page(HTMLParser):
    """A parsed page; raises where tags do not balance."""

    def __init__(self, html):
        super().__init__(convert_charrefs=True)
        self.tags, self.ids, self.headings, self.addresses, self.tables = [], [], [], [], {}
        self.texts, self.open, self._table, self._cell = [], [], None, None
        self.roles, self.scopes, self.lang = [], [], None
        self.feed(html)
        self.close()
        assert self.open == [], f"never closed: {self.open}"

    def handle_starttag(self, tag, attrs):
        attributes = dict(attrs)
        assert len(attributes) == len(attrs), f"an attribute stands twice in {tag}"
        self.tags.append(tag)
        if "id" in attributes:
            self.ids.append(attributes["id"])
        self.addresses += [
            attributes[name] for name in ("href", "src", "srcset", "data", "action") if name in attributes
        ]
        if tag == "html":
            self.lang = attributes.get("lang")
        if tag == "svg":
            self.roles.append((attributes.get("role"), attributes.get("aria-labelledby")))
        if tag == "table":
            self._table = self.tables.setdefault(attributes["id"], [])
        if tag == "tr":
            self._table.append([])
        if tag == "th":
            self.scopes.append(attributes.get("scope"))
        if tag in {"th", "td"}:
            self._cell = []
        if tag in {"h1", "h2", "h3", "h4"}:
            self.headings.append(int(tag[1]))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.handle_endtag(tag)

    def handle_endtag(self, tag):
        assert self.open, f"</{tag}> without a start"
        assert self.open.pop() == tag, f"</{tag}> closes another tag"
        if tag in {"th", "td"}:
            self._table[-1].append("".join(self._cell))
            self._cell = None

    def handle_data(self, data):
        if self.open and self.open[-1] not in {"style", "script"}:
            self.texts.append(data)
        if self._cell is not None:
            self._cell.append(data)

    @property
    def text(self):
        """All that can be read on the page."""
        return " ".join(" ".join(self.texts).split())

    def body(self, table):
        """Rows of a table below its header."""
        return self.tables[table][1:]
