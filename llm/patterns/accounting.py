"""Every telling word of a question must be used by its form: words that the form makes no use of are named.

Each cue below is a way of speaking with what it demands of a form; a cue whose demand is not met is a word passed over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace

from kg.logic.forms import (
    And,
    CompareForm,
    CountForm,
    DescribeForm,
    Entity,
    ExistsForm,
    Expr,
    Form,
    Hop,
    ListForm,
    LiteratureForm,
    MechanismForm,
    Or,
    PathsForm,
    ScreenForm,
    TopForm,
)
from kg.logic.reading import Mark
from kg.schema import schema
from llm.patterns.content import Content
from llm.patterns.tokens import Token
from llm.words import CLASS, NUMBERS, PATHWAY, PROCESS, corrected, everyday_words

Demand = Callable[[Content], bool]


def _relations(*names: str) -> Demand:
    """One of these relations must be there; a name ending in * stands for all that end so."""
    ends = tuple(n[1:] for n in names if n.startswith("*"))
    return lambda s: any(r in names or (ends and r.endswith(ends)) for r in s.relations)


def _filtered(*fields: str) -> Demand:
    return lambda s: bool(s.fields.intersection(fields))


_MEASURED = frozenset(("half_life_hours", "tier", "frequency"))


def _never(content: Content) -> bool:
    return False


_IN_A_SET = _relations(
    "includes",
    "subclass_of",
    "participates_pathway",
    "participates_process",
    "participates_component",
    "participates_function",
)
# Relations that are themselves what trials, guidelines and texts tell.
_IN_TEXTS = "treats_or_applied_or_studied_to_treat"
_OF_TRIALS = _relations("in_clinical_trials_for")
_TOLD_OF = _relations("in_clinical_trials_for", "has_guideline_for", _IN_TEXTS)
_UP, _DOWN = _relations("*_upregulates"), _relations("*_downregulates")
# (a way of speaking, what it demands). What a form cannot say at all demands what is never there.
_CUES: tuple[tuple[str, Demand], ...] = (
    (r"contra[- ]?indicat\w*", _relations("contraindicated")),
    (
        r"must(?:n'?t| not)|(?:may|should|can)(?: ?not|n'?t) (?:use|take|be given|get)|bad (?:idea|for)",
        _relations("contraindicated", "interacts_with_drug"),
    ),
    (
        r"repurpos\w*|reposition\w*|hypothes[ie]s\w*|off-label|new (?:uses?|indications?|treatments?)|candidates?",
        _never,
    ),
    (
        r"mechanisms?(?: of action)?|mode of action|how does \S+ work",
        lambda s: isinstance(s.form, (PathsForm, MechanismForm)),
    ),
    (
        r"(?:typical|usual) (?:side|adverse|symptom)\w*|(?:common|frequent) symptom\w*"
        r"|(?:is|are) \{x\} (?:any )?(?:good|bad|better|best|safe)(?! (?:for|at|against|in|as|with)\b)",
        _never,
    ),
    (r"or both", lambda s: s.has(Or)),
    (
        r"each other|one another|pairwise|mutual\w*",
        lambda s: (
            isinstance(s.form, ScreenForm) or (isinstance(s.form, (ExistsForm, PathsForm)) and len(s.things) == 2)
        ),
    ),
    (r"(?:common|frequent|rare) (?:side|adverse)\w*", _filtered("frequency")),
    (r"(?:effects?|reactions?|events?) (?:that |which )?(?:is|are) common (?:with|on|for|in)", _filtered("frequency")),
    (r"(?<!in )common(?! (?:to|with|between)\b)", lambda s: s.has(And) or "frequency" in s.fields),
    (r"uncommon|commonly|rare(?:ly)?|frequen\w+|often|percent\w*", _filtered("frequency")),
    (r"incidence|prevalen\w+", _never),
    (
        r"more than|less than|fewer than|at least(?! one\b)|at most|minimum|maximum|no fewer|no more than|or "
        r"(?:more|fewer|less)|"
        r"upwards of|exactly|several|multiple|dozens?|>=?|<=?|not? (?:less|fewer|more) than",
        lambda s: (
            s.quantity() or isinstance(s.form, TopForm) or bool(s.fields & {"half_life_hours", "tier", "frequency"})
        ),
    ),
    (
        r"or more|at least(?! one\b)|minimum|no (?:fewer|less) than|upwards of|not (?:fewer|less) than|more than"
        r"|over \d|\d ?\+",
        lambda s: s.quantity("at_least") or isinstance(s.form, (TopForm, CompareForm)) or s.measures,
    ),
    (
        r"or (?:fewer|less)|at (?:the )?(?:very )?most|maximum|no more than|not more than|fewer than|less than|up "
        r"to \d",
        lambda s: s.quantity("at_most") or s.measures,
    ),
    (
        r"(?:shows?|showing|has|have|having|binds?|treats?|causes?|with|against|on|in|interacts? with) (?:all"
        r"|every|each(?! other))(?: of| one of)?(?! \{x\})",
        lambda s: s.quantity("every") or s.quantity("only"),
    ),
    (
        r"how many|total (?:of )?(?:number|count|\w+s)|what number|number of|counts?|tally|nr of|how large",
        lambda s: isinstance(s.form, (CountForm, TopForm, CompareForm, LiteratureForm)) or s.quantity(),
    ),
    (r"which(?: ones?)?\??$|which(?: ones?)? please", lambda s: not isinstance(s.form, ExistsForm)),
    # Any kind of a thing is what the thing stands for.
    (
        r"(?<!any )(?:type|kind|form|variant|subtype|sort)s? of \{x\}|forms does",
        _relations("subclass_of", "part_of", "is_variant_of"),
    ),
    (r"(?:could|might|would|may) \{x\} (?:work|help|be (?:good|useful|of use))|could be good", _never),
    (r"(?:and|or|w/|also|than|between|(?:and|also|but) (?:with|by|of|for|in))[\s?.!…]*$", _never),
    (
        r"interactions? (?:check|screen|grid|matrix|table)|interactions? (?:between|among)|check .{0,40}interact\w*",
        lambda s: isinstance(s.form, ScreenForm) or (isinstance(s.form, ExistsForm) and len(s.things) == 2),
    ),
    (r"basics|means?|meaning|definition|primer|nutshell|fill me in", lambda s: False),
    (
        r"(?:article|paper|publication)s? count|(?:articles?|papers?|publications?)(?: \S+){0,4} (?:that |which "
        r")?(?:name|names|list|lists|contain\w*)|"
        r"(?:article|paper|publication)s?,? list|list (?:the |all )?(?:articles|papers|publications)",
        _relations("mentions"),
    ),
    (
        r"(?:the )?(?:most|fewest|least|top|highest|largest|greatest|lowest|smallest)(?! (?:recent|likely)\b)",
        lambda s: isinstance(s.form, TopForm) or s.quantity(),
    ),
    (
        r"only|solely|exclusively|nothing (?:but|else)|alone|purely|no other\w*",
        lambda s: s.quantity("only", "exactly") or s.excludes or bool(s.fields) or "palliates" in s.relations,
    ),
    (r"every|each of|all of (?!the\b|them\b)", lambda s: s.quantity("every") or s.has(And)),
    (
        r"not(?! (?:fewer|less) than| be (?:taken|combined|used|given)(?: together)? with)"
        r"|n't|(?:do|does|is|are|ca|did|wo)nt|no(?! (?:fewer|less|more) than)|never"
        r"|none|nor|neither|without|except(?:ing)?|exclud\w+|lack\w*|besides|unless|minus|cannot|w/o|omit\w*|"
        r"leaving (?:out|aside)|other than|apart from|aside from|rather than|instead of|free (?:of|from)"
        r"|(?<!\{x\} )fail\w*(?! (?:in )?(?:clinical )?trials?)|non|un(?:related|linked)|"
        r"remov\w+|drop\w*|skip\w*|ignor\w+|spar(?:e|es|ing)|avoid\w*|absent|subtract\w*|but not",
        lambda s: s.excludes or s.quantity("at_most", "only", "exactly"),
    ),
    (
        r"neither",
        lambda s: s.exclusions >= 2,
    ),
    (
        r"either|\{x\}[^.?!;{]{0,40}(?<!\w)or(?!\w)[^.?!;{]{0,40}\{x\}|(?:treat|palliat|cur|bind|regulat|caus)\w* "
        r"or (?!other)\w+",
        lambda s: s.has(Or) or s.quantity() or isinstance(s.form, (CompareForm, LiteratureForm)),
    ),
    (
        r"more|fewer|greater|larger|bigger|versus|vs|compare[ds]?|outnumber\w*|beats?",
        lambda s: isinstance(s.form, (CompareForm, TopForm, LiteratureForm)) or s.quantity() or bool(s.fields),
    ),
    (r"palliat\w*|symptomatic|eas(?:e|es|ed|ing)|reliev\w*|relief|sooth\w*|alleviat\w*", _relations("palliates")),
    (
        r"treat(?:s|ed|ing|ments?)?|therap\w+|indicat\w+|cur(?:e|es|ed|ing|ative)|remed(?:y|ies)",
        _relations("treats", "palliates", _IN_TEXTS),
    ),
    (
        r"caus\w+|trigger\w*|provok\w*|induc(?:e|es|ed|ing)|bring(?:s)? on",
        _relations("causes", "associates", "*_upregulates", "*_downregulates", "presents", "has_phenotype"),
    ),
    (
        r"bind\w*|bound|targets?|targeted|ligands?|inhibit\w*|antagoni\w+|agoni\w+|block\w*",
        _relations("binds", "*_upregulates", "*_downregulates", "includes"),
    ),
    (
        r"up-?regulat\w*|over-?express\w*|upped|elevat\w*|rais(?:e|es|ed|ing)|increas\w*|boost\w*|crank\w*|"
        r"(?:go|goes|going|driv\w+|push\w*|is|are|be) up|up-|too much|higher|high|ramp\w*|over-express\w*",
        _UP,
    ),
    (
        r"down-?regulat\w*|under-?express\w*|suppress\w*|lower\w*|decreas\w*|reduc\w*|deplet\w*|silenc\w*|repress\w*|"
        r"(?:go|goes|going|driv\w+|turn\w*|push\w*|bring\w*|is|are|be) down|down-|too little|low|dampen\w*|dial\w*",
        _DOWN,
    ),
    (
        r"interact\w*|partners?|ppis?|pal around|complex with|clash\w*",
        _relations("interacts", "interacts_with_drug", "covaries", "binds"),
    ),
    (
        r"regulat(?:e|es|ed|ing|ors?|ion|ory)|controll?\w*|governs?|master",
        _relations("regulates", "*_upregulates", "*_downregulates"),
    ),
    (r"co-?var\w*|co-?evol\w*|co-?express\w*|evolution\w*|erc", _relations("covaries")),
    (
        r"resembl\w*|similar\w*|analog\w*|look-?alikes?|alike|akin|look(?:s)? like|structural\w*",
        _relations("drug_resembles", "disease_resembles"),
    ),
    (r"express(?:ed|es|ion|ing)?", _relations("expresses", "*_upregulates", "*_downregulates")),
    (
        r"locali[sz]\w*|occurs?|sites?|locat\w+",
        _relations("localizes", "participates_component", "expresses", "*_upregulates", "*_downregulates", "part_of"),
    ),
    (r"class(?:es)?|members?|famil(?:y|ies) of|belong\w*", lambda s: CLASS in s.kinds or _IN_A_SET(s)),
    (
        r"made up of|consists? of",
        _relations(
            "includes",
            "subclass_of",
            "participates_pathway",
            "participates_process",
            "participates_component",
            "participates_function",
        ),
    ),
    (r"pathways?|signall?ing|cascades?", lambda s: PATHWAY in s.kinds or PROCESS in s.kinds),
    (r"phenotyp\w+", _relations("has_phenotype")),
    (
        r"mention\w*|cit(?:e|es|ed|ing)|how many (?:papers|articles|publications)|number of (?:papers|articles"
        r"|publications)",
        _relations("mentions"),
    ),
    (
        r"subtypes?|broader|narrower|parents?|children|umbrella|parts? of(?! (?:the|his|her|their|your|my|a) "
        r"(?:body|cell))",
        _relations("subclass_of", "part_of", "includes"),
    ),
    (
        r"(?:randomi[sz]ed |clinical )?trials?|curated?|text-?mined|guidelines?|predict\w*|observational|backing"
        r"|evidence|grade|"
        r"backed|supported|anecdot\w*|proof|proven|quality|tier",
        lambda s: "tier" in s.fields or isinstance(s.form, LiteratureForm) or _TOLD_OF(s),
    ),
    (r"fail(?:ed|s|ing)?|stopped|unsuccessful|halted|discontinued", _OF_TRIALS),
    (r"terminated|withdrawn trials?|suspended", _never),
    (r"since|before|after|until|prior to|later|earlier|newer|older|recent\w*|latest|year", _filtered("year")),
    (r"half-?li(?:fe|ves)|hours?", _filtered("half_life_hours")),
    (r"chromosomes?|chr\w*", _filtered("chromosome")),
    (
        r"approved|licen[sc]ed|marketed|withdrawn|recalled|investigational|experimental|illicit|nutraceutical|banned|"
        r"pulled|unapproved|vet_approved|veterinary",
        _filtered("groups"),
    ),
    (
        r"according to|per|as listed (?:by|in)|licen[cs]e",
        lambda s: bool(s.fields & {"source", "licence"}) or isinstance(s.form, LiteratureForm),
    ),
    (
        r"how (?:strong|many times|much|long)|dos(?:e|es|age)|cost|price|cheap\w*|surviv\w+|prognos\w+|risk of dying",
        _never,
    ),
    (r"(?:is it |it is |it's )?(?:false|untrue|incorrect|wrong|a myth)(?: that)?(?! or)", _never),
    (r"yes/no|y/n|true or false", lambda s: isinstance(s.form, (ExistsForm, CompareForm))),
    (
        r"in common|share[sd]?|sharing|overlap\w*|intersect\w*|both|simultaneous\w*|at once",
        lambda s: s.has(And) or s.quantity() or s.returns or isinstance(s.form, (CompareForm, PathsForm)),
    ),
    (r"where in the body", lambda s: "biolink:AnatomicalEntity" in s.kinds),
)
_COMPILED = tuple((re.compile(rf"(?<![\w-])(?:{words})(?![\w])", re.IGNORECASE), demand) for words, demand in _CUES)
_FRAMES = re.compile(
    r"no (?:matter|problem|worries|need|idea|rush|offen[cs]e|explanations?|prose|fluff|caveats)|not sure|(?:don'?t"
    r"|do not) (?:know|worry|need)|"
    r"why not|if not|or (?:so|something|anything|whatever|similar)|more info\w*|once more|any more|no longer than|"
    r"yes or no|true or false|whether or not|or not|can(?:no|')t (?:find|remember|recall)|in no particular order|"
    r"at the most|on top of|go(?:es)? after|or after|nothing more|\w+[- ]or[- ]not|<?-+>?|for the most part|most "
    r"of all|not only|more or less|cause for|because|just because",
    re.IGNORECASE,
)
_OF_PAPERS = re.compile(
    r"\b(?:repurpos\w*|reposition\w*)\b|\b(?:since|before|after|until|prior to) (?:1[89]|20)\d\d\b|\b(?:(?:or"
    r"|and) (?:later|earlier|newer|older)|recent\w*|latest"
    r"|how many (?:papers|articles|publications)|(?:number of|count of|count) (?:papers|articles|publications)"
    r"|year|co-mention\w*|mention\w*|off-label|untested|candidates?|hypothes[ie]s\w*|excluding|but not"
    r"|not(?:-ing)?(?: out)?(?= \{x\}))(?!\w)",
    re.IGNORECASE,
)
_WHY = re.compile(r"why (?:is|are|was|were|do|does|did)\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.-])\d+(?:[.,]\d+)*%?(?![\w-])")


def unaccounted(text: str, parts: Sequence[Token], marks: Sequence[Mark], form: Form) -> tuple[str, ...]:
    """The words and names of a question that its form makes no use of.

    `text` is the question with {x} in place of each name, `parts` are its tokens.
    """
    content = Content.of(form)
    if isinstance(form, PathsForm) and _WHY.match(text):
        # 'why does X treat Y' takes for granted what the paths begin with: the relations between the two.
        content = replace(content, relations=frozenset(r.name for r, _ in schema().between(*content.ends)))
    unread = [m.text for m in marks if not any(r.id in content.things for r in m.readings)]
    if isinstance(form, (DescribeForm, MechanismForm)):
        return tuple(unread)
    if isinstance(form, LiteratureForm):
        # The whole text is searched for; only what would restrict the papers themselves is passed over.
        return (*unread, *(m.group().strip() for m in _OF_PAPERS.finditer(text)))
    unread += _repeated(text, content)
    if isinstance(form, (ListForm, CountForm)) and any(_is_named(e) for e in content.exprs):
        # A set narrowed to one thing that is named is a question of yes or no, or none at all.
        unread.append(" and ".join(m.text for m in marks))
    plain = _FRAMES.sub(" ", _TYPED.sub(_spelt, text))
    unread += [m.group().strip() for cue, demand in _COMPILED if (m := cue.search(plain)) and not demand(content)]
    if not isinstance(form, PathsForm):
        unread += [t.text for t in parts if t.category and not content.speaks_of(t.category)]
        unread += _numbers(plain, content)
    return tuple(dict.fromkeys(unread))


# Words long enough to be mistyped ones.
_TYPED = re.compile(r"(?<![\w-])[a-z]{6,}(?![\w-])")


def _spelt(match: re.Match[str]) -> str:
    """A word as it was meant: 'aproved' restricts as 'approved' does."""
    word = match.group()
    return word if word in everyday_words() else corrected(word) or word


def _numbers(text: str, content: Content) -> list[str]:
    """Numbers that restrict nothing."""
    if content.quantity() or content.fields:
        return []
    if isinstance(content.form, TopForm):
        wanted = {w for w in re.findall(r"[a-z]+", text) if NUMBERS.get(w, 0) >= 2}
        return [w for w in wanted if NUMBERS[w] != content.form.k]
    words = [w for w in re.findall(r"[a-z]+", text) if NUMBERS.get(w, 0) >= 2 and NUMBERS[w] != len(content.things)]
    return [*_NUMBER.findall(text), *words]


def _is_named(expr: Expr) -> bool:
    return isinstance(expr, And) and any(isinstance(p, Entity) for p in expr.parts)


# How often a relation that is walked twice must be content.
_TWICE = {
    "regulates": r"regulat|control|govern|upstream|downstream",
    "interacts": r"interact|partner|ppi|neighbo",
    "interacts_with_drug": r"interact",
    "drug_resembles": r"similar|resembl|analog|alike|like",
    "disease_resembles": r"similar|resembl|alike|like",
    "covaries": r"covar|co-|evol",
}


def _repeated(text: str, content: Content) -> list[str]:
    """A relation that is walked twice though it was said once."""
    twice = {
        e.relation
        for e in content.exprs
        if isinstance(e, Hop) and isinstance(e.of, Hop) and e.of.relation == e.relation
    }
    return [r for r in twice if r in _TWICE and len(re.findall(_TWICE[r], text, re.IGNORECASE)) < 2]
