"""Settings: galenic.toml and GALENIC_* variables; the only place that reads the environment."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Literal

import platformdirs
from pydantic import Field, SecretStr
from pydantic_settings import BaseSettings, PydanticBaseSettingsSource, SettingsConfigDict, TomlConfigSettingsSource


class Settings(BaseSettings):
    """Every setting, each also as GALENIC_NAME in the environment or as a line of galenic.toml."""

    model_config = SettingsConfigDict(
        env_prefix="GALENIC_", toml_file="galenic.toml", extra="forbid", env_ignore_empty=True
    )

    home: Path = Field(
        Path(platformdirs.user_data_dir("galenic", appauthor=False)),
        description="folder for releases, graph and indexes",
    )
    shared: bool = Field(
        False, description="let the group of the home's folder read and write it; else its owner alone may"
    )
    history: bool = Field(
        False, description="keep the inputs of `galenic explore` in the home; else nothing asked is kept"
    )
    data: Path | None = Field(
        None, description="folder of source files for `galenic build`; without it the shipped sample is built"
    )
    diseases_by: Literal["DOID", "MONDO"] = Field(
        "DOID", description="vocabulary whose identifiers name diseases that several vocabularies have"
    )
    graph: str | None = Field(
        None, description="Bolt address of a Neo4j to load and read instead of the embedded engine"
    )
    graph_user: str = Field("neo4j", description="account for `graph`")
    graph_password: str = Field("", description="password for `graph`")
    graph_database: str = Field("neo4j", description="database within `graph`")
    graph_port: int | None = Field(None, description="fixed port of the embedded engine; a free one by default")
    graph_heap: str = Field("2g", description="memory of the embedded engine")
    cypher_heap: str = Field(
        "1g", description="memory of the engine for Cypher that somebody wrote, apart from questions"
    )
    query_seconds: float = Field(10.0, gt=0, description="time limit of one graph query, in seconds")
    idle_minutes: float = Field(30.0, gt=0, description="minutes without a question until the embedded engine ends")
    hosts: str = Field(
        "", description="further names of the API's server that a request may be for, with commas; * for any"
    )
    offline: bool = Field(False, description="open no connection to another machine; a setting that names one fails")
    parser: Literal["rules", "tuned", "chat"] = Field(
        "tuned",
        description="what reads questions: the fine-tuned model beside rules, rules alone, or `chat_model` after both",
    )
    parser_adapter: Path | None = Field(
        None, description="folder that `galenic finetune parser` wrote, for `parser = tuned`; else the shipped adapter"
    )
    verifier: Literal["rules", "trained"] = Field(
        "trained",
        description="what checks sentences: rules alone, or a trained model too for sentences that no rule reads",
    )
    verifier_adapter: Path | None = Field(
        None,
        description="folder that `galenic finetune verifier` wrote, for `verifier = trained`; else the shipped one",
    )
    chat_model: str | None = Field(
        None, description="name of a chat model at an OpenAI-compatible server, or path of a folder that holds one"
    )
    chat_url: str = Field("https://api.openai.com/v1", description="address of the server of `chat_model`, up to /v1")
    chat_key: SecretStr = Field(SecretStr(""), description="key for `chat_url`")
    chat_seconds: float = Field(60.0, gt=0, description="time limit of one reply of `chat_model`, in seconds")
    chat_tokens: int = Field(4096, gt=0, description="the most tokens of one reply of `chat_model`")
    encoder: Literal["minilm", "bge-small", "bge-small-fp32"] | None = Field(
        None, description="what embeds passages and questions; else what `galenic models use` chose for the home"
    )
    downloads: Path = Field(
        Path(platformdirs.user_cache_dir("galenic", appauthor=False)) / "models",
        description="folder for fetched models, which all homes share",
    )
    threads: int = Field(0, ge=0, description="threads for embedding; 0 means all cores")

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Arguments win over the environment, the environment over the file."""
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process."""
    return Settings()
