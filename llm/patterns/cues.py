"""The words by which a question follows up on the last answer."""

from __future__ import annotations

import re

from llm.words import NOUNS

_NOUNS = "|".join(sorted(map(re.escape, NOUNS), key=len, reverse=True))
_LEAD = (
    r"(?:and |but |or |ok |now |so |then |please |show me |show |list |keep |give me |i want |what about |how about )*"
)
_OPEN = r"(?:and |but |so )*"
# Stands for a whole set while a question is read.
THESE = "GALENIC:these"
THEM = r"(?:of|among|from) (?:them|those|these|the results|the list)"

ORDINALS = {
    w: n
    for n, w in enumerate(
        "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth".split(), 1
    )
}
ORDINAL = re.compile(
    rf"(?<![\w-])(?:the )?(?:({'|'.join(ORDINALS)}|last)(?: one| result| {_NOUNS.replace('|', '| ')})?"
    r"|(?:number|no\.?|result|#) ?(\d{1,4})|(\d{1,4})(?:st|nd|rd|th)(?: one| result)?)(?![\w-])(?! (?:most|line|year))",
    re.IGNORECASE,
)
# 'why 3?', 'why not 3?': the number of a result.
BARE_NUMBER = re.compile(r"(?:not )?()(\d{1,4})")
COUNT = re.compile(
    rf"^{_OPEN}(?:how many(?: (?:are there|is that|are they|of them|of those|of these|in total|altogether|results"
    rf"|ones|{_NOUNS}))*|count (?:them|those|these))$"
)
# 'how many drugs are there?' needs no answer before it.
KIND = re.compile(rf"\b(?:{_NOUNS})\b")
LIST = re.compile(
    rf"^{_OPEN}(?:which(?: ones)?|(?:which|what|who)(?: ones)? (?:are|is) (?:they|those|these|it)"
    r"|(?:list|show|name)(?: me)? (?:them|those|these|all|all of them))$"
)
WHY = re.compile(
    rf"^{_OPEN}(?:why(?: is| are| does| do)?|how come|what is the evidence for|what supports|explain) ?(.*)$"
)
WHY_TAIL = re.compile(r"^(?:is |was )|(?: (?:there|here|listed|in it|among them|on the list|one))+$")
WHY_BARE = frozenset(("", "that", "so", "is that", "this", "it", "is it", "is it there"))
WHY_SMALL = frozenset(
    (
        "and but so why is are does do how come what the evidence for supports explain not on list there here in it "
        "isn t among them one listed answer"
    ).split()
)
ONLY = re.compile(rf"^{_LEAD}(?:only|just|solely|nothing but)\b(.*)$", re.IGNORECASE)
WITHOUT = re.compile(
    rf"^{_LEAD}(?:except(?: for)?|but not|and not|not|without|excluding|exclude|other than|apart from|leaving out"
    rf"|minus)\b(.*)$",
    re.IGNORECASE,
)
ASKED = re.compile(
    rf"^{_LEAD}(which|how many|do any|are any|is any|any)(?: ones)?(?: {THEM})? (?:are|is|were|come|have|has) (not "
    rf"|no )?(.+)$",
    re.IGNORECASE,
)
ARE_ANY = re.compile(rf"^{_LEAD}(are any|is any)(?: {THEM}) (not )?(.+)$", re.IGNORECASE)
SAME = re.compile(
    r"^(?:and|or|but|what about|how about|what of|same (?:question )?(?:for|with)|the same (?:for|with)|now(?: "
    r"for)?|instead|try)\b",
    re.IGNORECASE,
)
SMALL = frozenset(
    (
        "and or but what about how of for in with to the a an same question now instead then too also as well please "
        "on against by try"
    ).split()
)
OF_THEM = re.compile(
    rf"\b(do any|are any|does any|is any|which|what|how many|any|some|one|none|ones)\b(?: ones)? {THEM}\b(?! ?[:,])",
    re.IGNORECASE,
)
ONES = re.compile(
    rf"^(?:and |but )?(which|what|the|any) ones\b|^(?:and |but )(which|that)(?= [a-z])(?! (?:other |further "
    rf")?(?:{_NOUNS})\b)|^(which)(?= also\b)",
    re.IGNORECASE,
)
SET = re.compile(r"\b(their|they|them|these|those)\b", re.IGNORECASE)
IT = re.compile(
    rf"\b(?:(its|it)|(?:this|that|the same) ({_NOUNS}))\b(?! (?:true|known|the case|possible)\b)", re.IGNORECASE
)
ASKED_KIND = re.compile(
    rf"^{_OPEN}(?:what|which|how many) (?:other |further |of the |the |[\w-]+ ){{0,2}}?({_NOUNS})\b", re.IGNORECASE
)
# After yes or no: which they are.
WHICH = re.compile(rf"^{_OPEN}which(?: ones)?$")
_LIST = r"(?:them|those|these|the list|the results|that list|this list|your list)"
MEMBER = re.compile(
    rf"^{_OPEN}(?:is|are|was|were)\s+(?:also )?(?:one of|among|in|on|part of|included in|listed in|listed "
    rf"among)\s+{_LIST}$",
    re.IGNORECASE,
)
THEY_ARE = re.compile(
    rf"^{_OPEN}(?:are|were) (?:they|those|these) (?:also |still |already |currently )?(?!all\b|each\b"
    rf"|both\b)(.+?)(?: too)?$",
    re.IGNORECASE,
)
YES_NO = re.compile(rf"^{_OPEN}(?:is|are|was|were|do|does|did|can|could|has|have)\b", re.IGNORECASE)
LEFT_OVER = re.compile(
    r"\b(?:they|them|these|their|theirs|(?:of|among|do|are|does|is) those|(?:in|on|of|from) (?:the|that|this"
    r"|your) (?:list|results)|those$)\b",
    re.IGNORECASE,
)
AND = re.compile(r"^(?:and|but|so|then|also)\b[ ,]*", re.IGNORECASE)
NOUN_LEAD = re.compile(
    r"^(?:(?:and|but|what about|how about|also)\b[ ,]*(?:the |what are the |which )?|the )?", re.IGNORECASE
)
ALL_OF_THEM = re.compile(r"\b(?:all|every|each|most)\b", re.IGNORECASE)
OTHER = re.compile(r"\b(?:other|else)\b", re.IGNORECASE)
