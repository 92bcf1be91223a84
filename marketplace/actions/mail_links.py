"""The addresses in mails: all on the marketplace's own host, each saying for itself what it is good for."""

from marketplace.domain.link_tokens import make_token
from marketplace.domain.subscription import Follower, Subscription

CONFIRM_PATH = "/abonnieren/bestaetigen/"
END_PATH = "/abbestellen/"
SUBSCRIPTIONS_PATH = "/abonnements"


def confirm_address(base_url: str, secret: str) -> str:
    """Return the address of the page that confirms a subscription."""
    return f"{base_url}{CONFIRM_PATH}{secret}"


def end_address(base_url: str, follower: Follower, what: str) -> str:
    """Return the address that ends one subscription (its id), or all mails (``EVERYTHING``)."""
    return f"{base_url}{END_PATH}{make_token(follower.id, what, follower.secret)}"


def subscriptions_address(base_url: str) -> str:
    """Return the address of the page where somebody with an account sees all that they follow."""
    return base_url + SUBSCRIPTIONS_PATH


def subscription_path(one: Subscription) -> str:
    """Return the path of the page where a subscription is changed or ended."""
    return f"{SUBSCRIPTIONS_PATH}/{one.id}"
