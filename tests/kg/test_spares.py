"""Drivers that are closed in the middle of a read leave nothing open."""

from __future__ import annotations

from typing import cast

import pytest
from neo4j import Driver

from kg.errors import QueryTimeout
from kg.stores.spares import Spares
from tests.fakes.drivers import Torn


def test_a_driver_whose_goodbye_fails_under_its_reader_is_closed() -> None:
    torn = Torn()
    spares = Spares(lambda: cast(Driver, torn))
    with pytest.raises(QueryTimeout), spares.lent(0.01, lambda: QueryTimeout("too long")):
        assert torn.is_closed.wait(30)
    assert torn.line.killed
    spares.close()
