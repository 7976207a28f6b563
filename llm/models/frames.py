"""Words for composed questions: what kinds are called, which relations people join, how lists are asked for."""

from __future__ import annotations

# What a set of a kind is called, one and many, the plainest first.
NOUNS = {
    "biolink:Drug": (
        ("drug", "drugs"),
        ("medicine", "medicines"),
        ("compound", "compounds"),
        ("medication", "medications"),
    ),
    "biolink:Disease": (("disease", "diseases"), ("condition", "conditions"), ("illness", "illnesses")),
    "biolink:Gene": (("gene", "genes"), ("protein", "proteins")),
    "biolink:AnatomicalEntity": (("tissue", "tissues"), ("organ", "organs"), ("body part", "body parts")),
    "biolink:PhenotypicFeature": (("symptom", "symptoms"), ("sign", "signs")),
    "biolink:ClinicalFinding": (("side effect", "side effects"), ("adverse effect", "adverse effects")),
    "biolink:BiologicalProcess": (("biological process", "biological processes"), ("process", "processes")),
    "biolink:MolecularActivity": (("molecular function", "molecular functions"), ("function", "functions")),
    "biolink:CellularComponent": (("cellular component", "cellular components"), ("component", "components")),
    "biolink:Pathway": (("pathway", "pathways"),),
    "biolink:ChemicalRole": (("drug class", "drug classes"), ("class", "classes")),
}
# Relations that people compose; the others would only fill the corpus.
ASKED = {
    "treats": 5, "palliates": 2, "causes": 4, "binds": 5, "contraindicated": 1, "in_clinical_trials_for": 1,
    "drug_upregulates": 2, "drug_downregulates": 2, "drug_resembles": 1, "interacts_with_drug": 3, "includes": 3,
    "associates": 5, "disease_upregulates": 1, "disease_downregulates": 1, "localizes": 3, "presents": 3,
    "disease_resembles": 1, "expresses": 3, "anatomy_upregulates": 1, "anatomy_downregulates": 1, "covaries": 1,
    "interacts": 2, "regulates": 2, "participates_process": 2, "participates_component": 1,
    "participates_function": 1, "participates_pathway": 3,
}  # fmt: skip
LISTED = (
    "what are the {0}?", "list the {0}", "show me {0}", "Find {0}.", "{0}", "{0}?", "give me all {0}",
    "I am looking for {0}", "I need the {0}, please", "Name the {0}.", "tell me the {0}", "all {0}",
    "are you able to list {0}?", "Identify {0}", "get {0}", "could you pull up the {0}", "{0}, please", "we want {0}",
)  # fmt: skip
COUNTED = (
    "how many {0}?", "How many {0} are there?", "count the {0}", "number of {0}", "What is the number of {0}?",
    "the count of {0}", "how large is the set of {0}?", "tell me how many {0} there are",
)  # fmt: skip
EXISTING = (
    "are there any {0}?", "Are there {0}?", "is there at least one among the {0}?", "do any {0} exist?",
    "any {0}?", "do we know any {0}?",
)  # fmt: skip
COMPARED = (
    "are there more {0} or {1}?", "Which are more numerous: {0} or {1}?", "compare the number of {0} with that of {1}",
    "{0} versus {1}: which is the longer list?", "more {0} or more {1}?", "are {0} fewer than {1}?",
)  # fmt: skip
RANKED = (
    "which {k} {0} {1}?", "Which {k} of the {0} {1}?", "the {k} {0} that {1}", "top {k} {0} that {1}",
    "name the {k} {0} which {1}", "Of all {0}, which {k} {1}?", "Among {0}, the {k} that {1}",
)  # fmt: skip
WORDS = dict(enumerate("zero one two three four five six seven eight nine ten".split()))
STATES = ("approved", "withdrawn", "experimental", "investigational")

# What is said behind or before a question ({q} inside a sentence, {Q} as a sentence), and what follows on a list.
TAILS = {
    "and": (
        "{Q}, but only those that {0}", "{Q}, and of those only the ones that {0}", "{Q}, as long as they {0}?",
        "{Q}? Only those that {0}.", "{Q}? Keep the ones that {0}.", "{Q}, provided that they {0}",
        "{Q}, restricted to those which {0}", "{Q}; they must also {0}", "{Q}, on condition that they {0}",
        "of the {nouns} that {0}: {q}?", "among {nouns} that {0}, {q}?", "looking only at {nouns} that {0}: {q}",
        "{Q} (only ones that {0})", "{Q}, if they also {0}", "{Q}. They have to {0}.", "{Q} and which also {0}?",
        "Start from the {nouns} that {0}. {Q}?", "{Q}, limited to {nouns} that {0}",
    ),
    "minus": (
        "{Q}, but not those that {0}", "{Q}, leaving out those that {0}", "{Q}, except the ones that {0}",
        "{Q}, minus those that {0}", "{Q}, excluding any that {0}", "{Q}, unless they {0}", "{Q}? Drop those that {0}.",
        "{Q}, without the ones that {0}", "{Q}, ignoring those that {0}", "{Q} (none that {0})",
        "setting aside {nouns} that {0}, {q}?", "not counting {nouns} that {0}: {q}?", "{Q}? Not the ones that {0}.",
        "{Q}, other than the ones that {0}", "{Q}. Skip all that {0}.",
    ),
    "not": (
        "{Q}, as long as they {0}", "{Q}, provided they {0}", "{Q}? Only those that {0}.", "{Q}, but only if they {0}",
        "of the {nouns} that {0}: {q}?", "{Q}; they must be ones that {0}",
    ),
    "having": (
        "{Q}, but only those that {0}", "{Q}? Only those that {0}.", "{Q}, as long as they {0}", "{Q}, if they {0}",
        "of the {nouns} that {0}: {q}?", "among {nouns} that {0}, {q}?", "{Q} (they should {0})",
        "{Q}, keeping those that {0}", "{Q}, provided that they {0}",
    ),
    "top": (
        "{Q}, and which {0}?", "{Q}? Which {0}?", "{Q}: which {0}?", "{Q}. I want to know which {0}.",
    ),
    "count": ("{Q}? How many are there?", "{Q}, how many?", "{Q} - just the number", "{Q}? Only the count, please."),
    "then and": (
        "which of them {0}?", "which of those {0}?", "only those that {0}", "and of these, the ones that {0}",
        "narrow it down to those that {0}", "now just the ones that {0}", "keep those that {0}", "which ones {0}?",
        "and which of these {0}?", "those among them that {0}", "the ones that also {0}, please",
    ),
    "then minus": (
        "without those that {0}", "drop the ones that {0}", "not those that {0}", "and leave out those that {0}",
        "take away the ones that {0}", "minus the {nouns} that {0}", "now without {nouns} that {0}",
        "remove those which {0}",
    ),
    "then not": ("which of them {0}?", "only those that {0}", "and which of these {0}?", "the ones that {0}"),
    "then having": (
        "those that {0}", "which of them {0}?", "only the ones that {0}", "and of those, which {0}?", "which ones {0}?",
    ),
    "then top": ("which {0}?", "and which {0}?", "tell me which {0}"),
    "then count": (
        "how many is that?", "how many are there?", "just the number", "count them", "how many of those are there?",
        "so how many {nouns} is that", "and the count?",
    ),
    "then step": ("which {0}?", "and which {0}?", "what {0}?", "then which {0}?", "so which {0}?", "tell me which {0}"),
    "then step that": (
        "what are the {0}?", "now the {0}", "show {0}", "list the {0}", "what about {0}?", "and the {0}?",
    ),
    "then instead": (
        "and {0}?", "what about {0}?", "same for {0}", "now for {0}", "and for {0}?", "how about {0} instead?",
        "the same question for {0}", "do {0}", "{0}?", "try {0}",
    ),
}  # fmt: skip
