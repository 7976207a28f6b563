"""Passages of the release as a LangChain retriever."""

from __future__ import annotations

from typing import Any

from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import ConfigDict, Field

from retrieval.passages import Filters, PassageIndex


class GalenicRetriever(BaseRetriever):
    """Passages by words and meaning, each as a document whose metadata cites it.

    Metadata: citation, passage, section, score, source, title, year, retracted.
    `passages` is `House.passages`, `sources` restricts to sources by name, `k` is
    how many documents come; it may be given to `invoke` too.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    passages: PassageIndex
    k: int = Field(5, ge=1)
    sources: frozenset[str] | None = None

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None, **kwargs: Any
    ) -> list[Document]:
        """The best passages, best first; none where the release holds nothing near."""
        filters = Filters(sources=self.sources) if self.sources is not None else None
        return [
            Document(
                id=hit.passage,
                page_content=hit.text,
                metadata={
                    "citation": hit.citation,
                    "passage": hit.passage,
                    "section": hit.section,
                    "score": round(hit.score, 4),
                    "source": hit.source,
                    "title": hit.title,
                    "year": hit.year,
                    "retracted": hit.retracted,
                },
            )
            for hit in self.passages.search(query, k or self.k, filters)
        ]
