"""Questions to begin with, one for each kind, and answers to what is no question: hello, help, what can you do."""

from __future__ import annotations

from llm.wishes import wish

# (kind of question, an example that the shipped sample answers)
EXAMPLES: tuple[tuple[str, str], ...] = (
    ("drugs of a disease", "What drugs treat gout?"),
    ("diseases of a drug", "Which diseases does prednisone treat?"),
    ("relief of symptoms", "Which drugs palliate migraine?"),
    ("side effects", "What are the side effects of colchicine?"),
    ("drugs with a side effect", "Which drugs cause nausea?"),
    ("targets", "Which genes does ibuprofen bind?"),
    ("drugs of a target", "Which drugs bind PTGS2?"),
    ("genes of a disease", "Which genes are associated with asthma?"),
    ("diseases of a gene", "Which diseases is PTGS2 associated with?"),
    ("symptoms", "What are the symptoms of gout?"),
    ("similar drugs", "Which drugs resemble ibuprofen?"),
    ("a class", "Which drugs are Aldosterone Antagonists?"),
    ("a count", "How many drugs treat asthma?"),
    ("yes or no", "Does colchicine treat gout?"),
    ("is it approved", "Is colchicine approved?"),
    ("two conditions", "Which drugs treat both gout and asthma?"),
    ("one of two", "Which drugs treat gout or migraine?"),
    ("but not", "Which drugs palliate migraine but do not treat it?"),
    ("a restriction", "Which approved drugs treat gout?"),
    ("a source", "Which drugs treat gout according to PharmacotherapyDB?"),
    ("two steps", "Which drugs bind genes associated with gout?"),
    ("at least so many", "Which drugs treat at least two diseases?"),
    ("none recorded", "Which diseases have no known treatments?"),
    ("the most", "Which drug treats the most diseases?"),
    ("a comparison", "Which treats more diseases, prednisone or colchicine?"),
    ("one of a list", "Which of colchicine, ibuprofen and prednisone treat gout?"),
    ("a thing", "What is allopurinol?"),
    ("how two things are tied", "How are allopurinol and gout connected?"),
    ("papers", "What does the literature say about myotonic dystrophy?"),
    ("in two ways", "Which drugs treat gout and cause nausea?"),
)

_WHAT = """Galenic answers questions on drugs, diseases, genes, side effects, symptoms, pathways and what ties them
together, from one release of sources, with the evidence of every sentence. It gives no advice for one person."""


def small_talk(text: str) -> str | None:
    """The answer to what is no question of the graph; None for everything else.

    >>> small_talk("hello").startswith("Hello"), small_talk("What drugs treat gout?")
    (True, None)
    """
    match wish(text):
        case "hello":
            return f"Hello. {_WHAT}\nFor a start: {EXAMPLES[0][1]} (`examples` lists more)"
        case "help":
            few = "\n".join(f"  {question}" for _, question in EXAMPLES[:6])
            return f"{_WHAT}\n\nFor a start:\n{few}\n`examples` lists one question of each kind."
        case "examples":
            width = max(len(kind) for kind, _ in EXAMPLES)
            return "\n".join(f"{kind:{width}}  {question}" for kind, question in EXAMPLES)
        case "goodbye":
            return "Goodbye."
        case _:
            return None
