"""The phrases that carry the structure of a question: openers, connectors, frames and cues."""

from __future__ import annotations

import re

from llm.words import NOUNS, RELATIONAL

_KIND = "|".join(sorted((re.escape(noun) for noun in (*NOUNS, *RELATIONAL)), key=len, reverse=True))
_PAPERS = r"(?:papers?|publications?|references?|citations?|pmids?|pubmed ids?|articles?|studies|sources|literature)"
# The edges of an answer carry their papers: to ask for these beside things of a kind is not to search the literature.
_BACKED = (
    rf"(?:and|with|plus|including|incl|citing|along with|together with)(?: (?:the|their|its|which|what|all|any|"
    rf"supporting|corresponding|relevant|list))* {_PAPERS}"
    rf"(?: (?:that |which )?(?:show|shows|prove|support|supports|back|say|report|document|stand)s?(?: up)?"
    rf"(?: (?:it|this|that|them|these|so|each))*| (?:behind|for) (?:it|this|that|them|these|each(?: one| of them)?))?"
)

OPENERS = re.compile(
    r"^(?:(?:please|pls|hi|hello|hey|ok|okay|so|um|thanks|well|bot|good day|quick question|out of curiosity|for a "
    r"project|for my thesis)\W*"
    r"|(?:can|could|would|will) you (?:please )?(?:tell|show|give|list|find|name|pull up|explain|enumerate"
    r"|get)(?: me| us)?\b\s*"
    r"|i (?:need|want|would like|was wondering|wonder|am looking|am interested|am trying)(?: to (?:know|see|find"
    r"|learn|find out|get))?(?: in| for| about)?\b\s*"
    r"|do you (?:know|have)\b\s*|(?:tell|show|give|get|find|list|name|enumerate|display|return|fetch|retrieve"
    r"|identify|report|pull up|run me through|provide|"
    r"look up|search(?: for)?)\b(?: me| us| out)?\b\s*|looking for\b\s*|i(?:'d| would) like to (?:see|know"
    r"|have)\b\s*|who knows\b\s*|"
    r"any idea\b\s*|what do we know about\b\s*"
    rf"|(?:the )?(?:{_PAPERS}|evidence) (?:for|behind|supporting|backing)(?: the| all)? (?=(?:{_KIND})\b))+",
    re.IGNORECASE,
)
CLOSERS = re.compile(
    r"[\s,]*\b(?:please|pls|thanks|thank you|cheers|asap|again|exactly|i wonder|in the graph|in the knowledge "
    r"graph|according to hetionet|"
    r"in this database|in the database|in hetionet|in humans|for me|right now|if any|are there|do you know|are "
    r"known|is known|exist|"
    rf"are recorded|are listed|known|{_BACKED})\W*$",
    re.IGNORECASE,
)
AND = (
    "as well as",
    "intersected with",
    "and at the same time",
    "and also",
    "while they also",
    "while also",
    "that also",
    "and which also",
    "and that also",
    "also",
    "and",
    "along with",
    "but also",
    "in addition to",
    "and which",
    "and that",
    "simultaneously",
)
NOT = (
    "but not",
    "but do not",
    "but does not",
    "but are not",
    "and not",
    "yet not",
    "except for",
    "except",
    "excluding",
    "without",
    "other than",
    "apart from",
    "besides",
    "leaving out",
    "leaving aside",
    "but never",
    "yet do not",
    "yet are not",
    "and do not",
    "and are not",
    "that do not",
    "that are not",
    "which do not",
    "which are not",
    "but cannot",
    "rather than",
    "minus",
    "but without",
    "not including",
    "but is not",
    "unless they",
    "if we ignore",
    "ignoring",
    "aside from",
    "although not",
    "though not",
    "and does not",
    "but that do not",
    "but which do not",
    "but that are not",
    "not counting",
)
OR = ("or else", "or that", "or which", "and or", "or", "either", "plus", "together with")
COUNT = re.compile(
    r"\b(how many|number of|^count\b|count of(?: the| all)?|what(?:'s| is) the total of|total of|tally|how large "
    r"is the set|what amount of|"
    r"give me the count)\b",
    re.IGNORECASE,
)
LITERATURE = re.compile(
    r"\b(literature|papers?|publications?|published|articles?|stud(?:y|ies)|pubmed|pmids?|medline|abstracts?|trials?"
    r"|research(?:ers)?|meta-?analys[ei]s|authors?|cohort|"
    r"hazard ratio|randomi[sz]ed|references? for|evidence (?:is there |exists )?(?:for|regarding|that|on|about)"
    r"|written (?:about|on)|findings|journal"
    r"|reviews? |survival outcomes?|scientific evidence|"
    r"passages?|investigated|reported in)\b",
    re.IGNORECASE,
)
# That a drug was in trials, or that they were stopped, is recorded; what they found stands in papers.
TRIALLED = re.compile(
    r"\b(?:failed|terminated|stopped|suspended|withdrawn|unsuccessful) (?:clinical )?trials?"
    r"|\bfail(?:ed|ing)? (?:in )?(?:the )?(?:clinical )?trials?"
    r"|^(?:and |so )?(?:was|were|is|are|has|have) (?:ever )?(?:been )?(?:ever )?(?:tested |tried |studied )?"
    r"in (?:any )?(?:clinical )?trials?(?= (?:for|of|against|in)\b)",
    re.IGNORECASE,
)
# Of these, what is said of other questions too.
WEAK = re.compile(r"trials?|research(?:ers)?|investigated|cohort|reviews? |authors?|findings", re.IGNORECASE)
PATHS = re.compile(
    r"\b(connects?|connections?|(?:how|in what way|in which way|what way)\b.{0,30}connected|(?:what|which \w+) "
    r"(?:links?|ties?|joins?|binds? together) (?!to)|"
    r"(?:links?|ties?|relationship|relations?|connection|association) (?:between|of @.{0,12}(?:to|with)) |related "
    r"to each|relation(?:ship)?$|paths?\b|route|chain of|"
    r"hang together|(?:lies|stands|is there) between|mechanism|"
    r"how (?:does|do|might|could|can|is|are|closely|strongly) .{0,40}\b(?:relate|related|associated|work|influence"
    r"|affect|act on|linked|tied|joined)\b|"
    r"in what way|in which way|to do with(?: each other)?\b|^why (?:is|are|was|were|do|does|did|can|could|may|might"
    r"|would|should)\b|how .{0,30}linked|what (?:do|does|have|has) "
    r"@.{0,12}@.{0,12}in common)",
    re.IGNORECASE,
)
# Three drugs or more and whether they interact with each other; of two it is a question of yes or no.
_LISTED = r"@(?:[ ,;&+/]*(?:\b(?:and|or|plus|with)\b)?[ ,;&+/]*@){2,}"
SCREEN = re.compile(
    rf"^(?:do|does|will|would|can|could|which of|any of) (?:any of |the drugs )?{_LISTED} "
    r"(?:interact|clash|get on)(?: badly)?(?: with (?:each other|one another)| together)?$"
    r"|^(?:(?:are|is) there |check (?:for )?|list |show |what |which |find )?(?:any |all |the )?(?:known )?(?:drug )?"
    r"(?:-drug )?(?:interactions?|ddis?)(?: are there| check)? ?(?:between|among|amongst|within|of|for|in|:)? ?"
    rf"{_LISTED}$",
    re.IGNORECASE,
)
# How one drug works; what ties two things is a path.
MECHANISM = re.compile(
    r"^(?:by what mechanism|through what mechanism|in what way|how) (?:exactly )?(?:does|do|did) (?:the drug )?@"
    r" (?:work|act|function|exert its effects?)(?: in the body)?$"
    r"|^(?:what(?:'s| is| are) |explain |describe )?(?:the )?(?:mechanisms?|modes?|way)(?: of action)?"
    r" (?:of|for|behind) @$"
    r"|^(?:what(?:'s| is) )?@(?: ?'?s)? (?:mechanisms?|mode)(?: of action)?$|^@ moa$|^moa of @$",
    re.IGNORECASE,
)
DESCRIBE = re.compile(
    r"^(?:what|wat|wot|who)(?: ?'?s| is| are|)(?: the| a| an)? ?@$|^(?:describe|define|explain|about|details (?:on"
    r"|of|about)|info(?:rmation)? (?:on|about)|"
    r"(?:everything |facts |what is known |what do you know |more )?about|profile of|summary of|overview of)(?: "
    r"the| a| an)? ?@$|^@$"
)
TOP = re.compile(
    r"\b(?:comes? (?:out )?first|counting how many|most|fewest|least|highest|largest|greatest|smallest|lowest|top"
    r"|leaderboard|rank|champion|best connected|maximum|minimum)\b",
    re.IGNORECASE,
)
FEWEST = re.compile(r"\b(?:fewest|least|smallest|lowest|minimum)\b", re.IGNORECASE)
COMPARE = re.compile(r"\b(?:more|fewer|less|compare|versus|vs|larger|greater|higher)\b", re.IGNORECASE)
YES_NO = re.compile(
    r"^(?:is it (?:true|the case)|true or false|whether|if|is|are|does|do|can|could|has|have|was|were|did|would"
    r"|will|may|might|am i right|can you confirm|i heard|"
    r"do we know (?:if|whether)|tell me (?:if|whether)|check (?:if|whether)|verify|would you say|confirm|has it "
    r"been recorded|so)\b",
    re.IGNORECASE,
)
YES_NO_END = re.compile(
    r"(?:,\s*)?(?:yes or no|is that right|right|correct|true|is it|isn't it|then|or not|true or false)\s*[?.!]*$",
    re.IGNORECASE,
)
YES_NO_START = re.compile(
    r"^(?:whether|if|is it (?:true|the case) that|true or false|can you confirm that|i heard(?: that)?|do we know "
    r"(?:if|whether)|(?:tell me |check |verify )(?:if|whether|that)|"
    r"am i right that|would you say(?: that)?|has it been recorded that|verify|confirm(?: that)?|so|is it known "
    r"(?:that|whether|if)|it is said that)\b[\s:,]*",
    re.IGNORECASE,
)

PRONOUN = re.compile(
    r"\b(?:it|its|that one|this one|them|they|this (?:drug|disease|gene|one)|that (?:drug|disease|gene)|the "
    r"second one|the first one|these|those)\s*[?.!]*$"
    r"|\b(?:its|their) (?:side effects|targets|symptoms|genes)\b|^(?:and )?what about\b|\bdoes (?:it|this|that)\b"
    r"|\bis (?:it|this)\b$",
    re.IGNORECASE,
)
