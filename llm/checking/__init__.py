"""Whether what a claim rests on carries what it says: each kind of support is read by rules of its own."""

from llm.checking.verifier import RuleVerifier

__all__ = ["RuleVerifier"]
