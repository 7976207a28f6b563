"""One spelling for the many ways in which a name is written."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

import xxhash

_GREEK = {
    "α": "alpha",
    "β": "beta",
    "γ": "gamma",
    "δ": "delta",
    "ε": "epsilon",
    "κ": "kappa",
    "λ": "lambda",
    "μ": "mu",
    "ω": "omega",
    "ζ": "zeta",
    "θ": "theta",
    "η": "eta",
    "χ": "chi",
    "ρ": "rho",
    "ν": "nu",
    "ι": "iota",
    "τ": "tau",
    "σ": "sigma",
}
# British spellings, each as it stands inside longer words.
_BRITISH = (
    ("haem", "hem"),
    ("aemi", "emi"),
    ("oede", "ede"),
    ("oeso", "eso"),
    ("paed", "ped"),
    ("tumour", "tumor"),
    ("hoea", "hea"),
    ("sulph", "sulf"),
    ("oestr", "estr"),
    ("foet", "fet"),
    ("gynaec", "gynec"),
    ("caec", "cec"),
    ("faec", "fec"),
    ("coeli", "celi"),
    ("isation", "ization"),
    ("colour", "color"),
    ("fibre", "fiber"),
    ("centre", "center"),
    ("odour", "odor"),
    ("behaviour", "behavior"),
    ("anaes", "anes"),
    ("signalling", "signaling"),
    ("leucocyt", "leukocyt"),
    ("caemi", "cemi"),
    ("orrhoe", "orrhe"),
    ("dyspnoea", "dyspnea"),
    ("apnoea", "apnea"),
    ("rhoe", "rhe"),
    ("ischaem", "ischem"),
    ("rumour", "rumor"),
    ("amoeb", "ameb"),
    ("homoeo", "homeo"),
    ("pnoea", "pnea"),
    ("orthopaedic", "orthopedic"),
    ("mould", "mold"),
    ("harbour", "harbor"),
    ("aetiol", "etiol"),
    ("taenia", "tenia"),
    ("lipaem", "lipem"),
    ("aesth", "esth"),
    ("leuco", "leuko"),
    ("naev", "nev"),
    ("caes", "ces"),
    ("aluminium", "aluminum"),
    ("ageing", "aging"),
    ("labour", "labor"),
    ("grey", "gray"),
    ("paenia", "penia"),
)
ROMAN = {
    "i": "1",
    "ii": "2",
    "iii": "3",
    "iv": "4",
    "v": "5",
    "vi": "6",
    "vii": "7",
    "viii": "8",
    "ix": "9",
    "x": "10",
}
_COUNTED = {
    "type",
    "stage",
    "grade",
    "class",
    "factor",
    "group",
    "phase",
    "syndrome",
    "disease",
    "mucopolysaccharidosis",
}
_SMALL = {"type", "of", "the", "and", "in", "with", "to", "a", "an", "on", "by", "for"}
_WORDS = re.compile(r"[^\W_]+")
_POSSESSIVE = re.compile(r"(?<=[a-z])(?:['’`´]s?\b)")


@lru_cache(maxsize=8192)
def key(text: str) -> str:
    """The normal form of a name: case, accents' compatibility forms, Greek letters, hyphens, possessives, British spelling.

    >>> key("Alzheimer's Disease"), key("Oesophageal tumour"), key("β-blocker")
    ('alzheimer disease', 'esophageal tumor', 'beta blocker')
    """
    plain = unicodedata.normalize("NFKD", text).casefold()
    plain = "".join(c for c in plain if not unicodedata.combining(c))
    plain = _POSSESSIVE.sub("", plain)
    for greek, latin in _GREEK.items():
        if greek in plain:
            plain = plain.replace(greek, f" {latin} ")
    for british, american in _BRITISH:
        if british in plain:
            plain = plain.replace(british, american)
    words = _WORDS.findall(plain)
    for n, word in enumerate(words):
        if word in ROMAN and n and words[n - 1] in _COUNTED:
            words[n] = ROMAN[word]
    return " ".join(words)


def singular(word: str) -> str:
    """A word without its plural ending.

    >>> singular("neuropathies"), singular("headaches"), singular("diabetes")
    ('neuropathy', 'headache', 'diabete')
    """
    if len(word) > 4 and word.endswith("ies"):
        return word[:-3] + "y"
    if len(word) > 3 and word.endswith("s") and not word.endswith("ss"):
        return word[:-1]
    return word


def loose(normal: str) -> str:
    """A normal form without word order, plurals and small words; equal for 'diabetes mellitus type 2' and 'type 2 diabetes mellitus'."""
    return " ".join(sorted(singular(w) for w in normal.split() if w not in _SMALL))


def digest(text: str) -> int:
    """The 64-bit hash under which a normal form is kept."""
    return xxhash.xxh3_64_intdigest(text.encode())
