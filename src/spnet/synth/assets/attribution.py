"""Who made what is in a bank, for people: the text that licences ask for."""

from spnet.synth.assets.bank import LICENCES, Bank, Credit

_ADDRESSES = {
    "CC0-1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "CC-BY-3.0": "https://creativecommons.org/licenses/by/3.0/",
    "CC-BY-3.0-US": "https://creativecommons.org/licenses/by/3.0/us/",
    "CC-BY-4.0": "https://creativecommons.org/licenses/by/4.0/",
}

_HEAD = """# Attribution

The models and textures of this bank, with their authors, licences and sources. All were changed: models were scaled to
their catalogue's metric size, simplified and shaded anew; pictures were resized and squared.
"""


def attribution(bank: Bank) -> str:
    """Markdown: the licences, then each model and texture with author, licence and source."""
    credits = [*(model.credit for model in bank.models), *(texture.credit for texture in bank.textures)]
    licences = sorted({credit.licence for credit in credits})
    lines = [_HEAD, "## Licences", ""]
    lines += [f"- {name} (tier {LICENCES.get(name, 'B')}) {_ADDRESSES.get(name, '')}".rstrip() for name in licences]
    lines += ["", "## Models", "", *_table([(model.name, model.role, model.credit) for model in bank.models])]
    surfaces = [(texture.name, texture.role, texture.credit) for texture in bank.textures if texture.role != "model"]
    lines += ["", "## Textures", "", *_table(surfaces), ""]
    return "\n".join(lines)


def tier(credit: Credit) -> str:
    """ "A" or "B"; "B" for licences that LICENCES does not list."""
    return LICENCES.get(credit.licence, "B")


def _table(rows: list[tuple[str, str, Credit]]) -> list[str]:
    head = ["| Name | Role | Author | Licence | Source |", "| --- | --- | --- | --- | --- |"]
    return head + [
        "| " + " | ".join(map(_cell, (name, role, credit.author, credit.licence, credit.source))) + " |"
        for name, role, credit in rows
    ]


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")
