"""Galenic's pipeline for programs built on LangChain and LangGraph: a retriever, tools, and a graph."""
