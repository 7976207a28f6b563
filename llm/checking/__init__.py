"""Whether what a claim rests on carries what it says: each kind of support is read by rules of its own."""

from llm.checking.free import FreeVerifier
from llm.checking.verifier import FreeWording, RuleVerifier

__all__ = ["FreeVerifier", "FreeWording", "RuleVerifier"]
