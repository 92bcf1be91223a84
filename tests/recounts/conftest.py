"""The full register with the seed's services and no events, on both databases."""

import pytest

from marketplace.actions.context import Context
from marketplace.actions.seed import seed


@pytest.fixture
def bare_seed(context: Context) -> Context:
    seed(context, with_demo=False)
    return context
