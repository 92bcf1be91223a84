"""Webhooks at work: a real receiver over TLS on loopback that fails, comes back, and checks what it gets."""

import json
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from typing import Any

import pytest
import trustme
from sqlalchemy import select
from standardwebhooks import Webhook as Checking

from marketplace.actions import webhook_log, webhooks
from marketplace.actions.context import Context
from marketplace.actions.organisation_merging import merge
from marketplace.actions.paging import PageRequest
from marketplace.actions.webhook_owing import make_deliveries
from marketplace.actions.webhook_sending import deliver_pending
from marketplace.domain.access import Actor, Role
from marketplace.domain.change import MessageKind
from marketplace.domain.telling import Telling
from marketplace.domain.webhook import Delivery, DeliveryState
from marketplace.domain.webhook_attempts import PAUSES, OffReason
from marketplace.errors import Conflict
from marketplace.notify.catalogues import translator
from marketplace.notify.wording import word
from marketplace.store import audit, notifications
from marketplace.store.audit import AuditQuery
from marketplace.store.tables import FollowerRow, NotificationRow, WebhookDeliveryRow
from tests import land
from tests.conftest import Clock
from tests.members import add_person
from tests.receiver import LOOPBACK, NAME, Receiver, certificates, receiving, with_status

ADMIN = Actor.of("admin", "policy", Role.ADMIN)
POLICY = "policy"


@pytest.fixture(scope="module")
def authority() -> trustme.CA:
    return trustme.CA()


@pytest.fixture
def receiver(authority: trustme.CA) -> Iterator[Receiver]:
    with receiving(authority) as opened:
        yield opened


@pytest.fixture
def clock() -> Clock:
    """The time of the machine: the independent library refuses what was signed long ago or will be."""
    return Clock(datetime.now(UTC))


@pytest.fixture
def ctx(context: Context, authority: trustme.CA, tmp_path_factory: pytest.TempPathFactory) -> Context:
    land.settle(context)
    path = certificates(authority, tmp_path_factory.mktemp("authority"))
    allowed = {"webhook_private_targets": "127.0.0.0/8", "webhook_ca_certs": path}
    return replace(context, settings=context.settings.model_copy(update=allowed))


def to_loopback(_host: str, _port: int) -> list[str]:
    return [LOOPBACK]


def no_jitter() -> float:
    return 0.0


def work(ctx: Context, resolve: Callable[[str, int], list[str]] = to_loopback) -> int:
    """Send until nothing is due any more; return how many rounds it took."""
    rounds = 0
    while deliver_pending(ctx, resolve, no_jitter):
        rounds += 1
        assert rounds < 50
    return rounds


def add(ctx: Context, url: str, **fields: Any) -> webhooks.NewSecret:
    return webhooks.add_webhook(ctx, ADMIN, POLICY, {"url": url, "follows": "everything", **fields})


def telling(position: int, service_id: str = "wohnsitz", **more: Any) -> Telling:
    fields: dict[str, Any] = {
        "kind": MessageKind.SERVICE_REVISED,
        "content": {"name": "Wohnsitz", "fields": ["name"], "restricted": ["prices"]},
        **more,
    }
    # What is about no entry is not asked for whether the public sees it.
    object_kind = "service" if service_id in ("wohnsitz", "hundesteuer") else "theme_field"
    return Telling(
        position=position, object_kind=object_kind, object_id=service_id, recorded_at=datetime.now(UTC),
        topics=frozenset(), **fields,
    )  # fmt: skip


def tell(ctx: Context, *tellings: Telling) -> int:
    with ctx.database.writing() as session:
        return make_deliveries(session, tellings, ctx.clock())


def logged(ctx: Context, webhook_id: str) -> list[webhook_log.LoggedDelivery]:
    """The log of an address, the oldest first."""
    page = webhook_log.list_deliveries(ctx, ADMIN, POLICY, webhook_id, PageRequest(1, 200))
    return list(page.items)[::-1]


def one_logged(ctx: Context, webhook_id: str) -> tuple[Delivery, webhook_log.LoggedDelivery]:
    (found,) = logged(ctx, webhook_id)
    return found.delivery, found


def positions(receiver: Receiver) -> list[int]:
    return [json.loads(body)["data"]["position"] for _headers, body in receiver.came]


def test_a_receiver_that_fails_for_a_while_gets_everything_signed_and_in_order(
    ctx: Context, clock: Clock, receiver: Receiver
) -> None:
    """The signatures are checked by the convention's own library, of what arrived as bytes."""
    made = add(ctx, receiver.url)
    receiver.answer = with_status(500)
    changes = [
        telling(n, service_id) for n, service_id in enumerate(["wohnsitz", "hundesteuer"] * 3, start=1)
    ]
    assert tell(ctx, *changes) == 6
    assert work(ctx) == 1
    assert positions(receiver) == [1, 2] or positions(receiver) == [2, 1]
    clock.tick(seconds=6)
    work(ctx)
    assert sorted(positions(receiver)) == [1, 1, 2, 2]
    receiver.answer, receiver.came = with_status(204), []
    clock.tick(seconds=31)
    work(ctx)
    came = positions(receiver)
    assert sorted(came) == [1, 2, 3, 4, 5, 6]
    assert [one for one in came if one % 2] == [1, 3, 5]
    assert [one for one in came if not one % 2] == [2, 4, 6]
    for headers, body in receiver.came:
        checked = Checking(made.secret).verify(body, headers)
        assert headers["webhook-id"] == f"chg_{checked['data']['position']}_service.revised"
        assert checked["type"] == "service.revised"
        assert checked["data"]["content"] == {"name": "Wohnsitz", "fields": ["name"]}
    assert {one.delivery.state for one in logged(ctx, made.shown.webhook.id)} == {DeliveryState.DELIVERED}
    assert webhooks.get_webhook(ctx, ADMIN, POLICY, made.shown.webhook.id).webhook.failing_since is None


def test_what_is_told_twice_is_owed_once(ctx: Context, receiver: Receiver) -> None:
    add(ctx, receiver.url)
    assert tell(ctx, telling(1)) == 1
    assert tell(ctx, telling(1), telling(2)) == 1
    work(ctx)
    assert tell(ctx, telling(2)) == 0
    assert positions(receiver) == [1, 2]


def test_a_write_that_is_rolled_back_is_told_to_nobody(ctx: Context, receiver: Receiver) -> None:
    add(ctx, receiver.url)
    with pytest.raises(RuntimeError), ctx.database.writing() as session:  # noqa: PT012  # the block is the transaction
        assert make_deliveries(session, [telling(1)], ctx.clock()) == 1
        raise RuntimeError("rolled back")
    assert work(ctx) == 0
    assert receiver.came == []


def test_a_worker_that_died_leaves_what_it_had_claimed_due_again_under_the_same_id(
    ctx: Context, clock: Clock, receiver: Receiver
) -> None:
    made = add(ctx, receiver.url)
    tell(ctx, telling(1))

    def killed(_handler: BaseHTTPRequestHandler) -> None:
        with_status(204)(_handler)

    receiver.answer = killed

    class Killed(BaseException):
        pass

    def die() -> float:
        raise Killed

    with pytest.raises(Killed):
        deliver_pending(ctx, to_loopback, die)
    assert one_logged(ctx, made.shown.webhook.id)[0].state is DeliveryState.WAITING
    assert work(ctx) == 0
    clock.tick(seconds=71)
    assert work(ctx) == 1
    assert [headers["webhook-id"] for headers, _body in receiver.came] == ["chg_1_service.revised"] * 2


def test_what_fails_for_a_day_is_parked_and_can_be_sent_again(
    ctx: Context, clock: Clock, receiver: Receiver
) -> None:
    made = add(ctx, receiver.url)
    webhook_id = made.shown.webhook.id
    receiver.answer = with_status(500)
    tell(ctx, telling(1))
    work(ctx)
    for pause in PAUSES:
        clock.tick(seconds=pause.total_seconds() - 1)
        assert work(ctx) == 0
        clock.tick(seconds=1)
        assert work(ctx) == 1
    delivery, found = one_logged(ctx, webhook_id)
    assert (delivery.state, delivery.attempts) == (DeliveryState.PARKED, len(PAUSES) + 1)
    assert [one.status for one in found.attempts] == [500] * (len(PAUSES) + 1)
    clock.tick(days=1)
    assert work(ctx) == 0

    receiver.answer, receiver.came = with_status(200), []
    assert webhook_log.replay_parked(ctx, ADMIN, POLICY, webhook_id) == 1
    work(ctx)
    assert [headers["webhook-id"] for headers, _body in receiver.came] == ["chg_1_service.revised"]
    delivery, found = one_logged(ctx, webhook_id)
    assert (delivery.state, delivery.attempts, len(found.attempts)) == (
        DeliveryState.DELIVERED, 1, len(PAUSES) + 2,
    )  # fmt: skip


def test_an_address_that_fails_for_days_is_switched_off_and_the_log_says_so(
    ctx: Context, clock: Clock, receiver: Receiver
) -> None:
    webhook_id = add(ctx, receiver.url).shown.webhook.id
    receiver.answer = with_status(500)
    for day in range(6):
        tell(ctx, telling(day + 1))
        work(ctx)
        clock.tick(days=1)
    shown = webhooks.get_webhook(ctx, ADMIN, POLICY, webhook_id)
    assert shown.webhook.off_reason is OffReason.FAILING
    assert shown.owed.waiting == 0
    assert [entry.act for entry in acts(ctx)] == ["webhook.switched_off", "webhook.added"]
    assert tell(ctx, telling(9)) == 0

    receiver.answer, receiver.came = with_status(200), []
    webhooks.switch(ctx, ADMIN, POLICY, webhook_id, on=True)
    assert tell(ctx, telling(10)) == 1
    work(ctx)
    assert positions(receiver) == [10]
    assert webhooks.get_webhook(ctx, ADMIN, POLICY, webhook_id).webhook.failing_since is None


def acts(ctx: Context) -> list[Any]:
    with ctx.database.reading() as session:
        found, _total = audit.find(session, AuditQuery(object_id=POLICY), 20)
    return [entry for _id, entry in found]


def test_an_address_that_says_it_is_gone_is_switched_off_at_once(ctx: Context, receiver: Receiver) -> None:
    for person_id, role in (("ada", Role.ADMIN), ("ben", Role.ANALYST)):
        add_person(ctx, person_id, POLICY, role)
    webhook_id = add(ctx, receiver.url).shown.webhook.id
    receiver.answer = with_status(410)
    tell(ctx, telling(1), telling(2), telling(3))
    work(ctx)
    assert len(receiver.came) == 1
    webhook = webhooks.get_webhook(ctx, ADMIN, POLICY, webhook_id).webhook
    assert webhook.off_reason is OffReason.GONE
    assert {one.delivery.state for one in logged(ctx, webhook_id)} == {DeliveryState.PARKED}
    (off, _added) = acts(ctx)
    assert (off.act, off.detail["host"], off.detail["why"]) == (
        "webhook.switched_off", NAME, "gone",
    )  # fmt: skip
    with ctx.database.reading() as session:
        (told,) = session.execute(
            select(NotificationRow, FollowerRow.person_id).join(
                FollowerRow, FollowerRow.id == NotificationRow.follower_id
            )
        )
        message = notifications.by_ids(session, [told.NotificationRow.id])[0]
    assert (told.person_id, message.organisation_id) == ("ada", POLICY)
    wording = word(message, translator("de"), "https://marktplatz.example")
    assert wording.title == f"Webhook ausgeschaltet: {NAME}"
    assert wording.lines[0] == "Die Adresse hat geantwortet, dass es sie nicht mehr gibt (410)."
    assert wording.address == f"https://marktplatz.example/organisation/webhooks/{webhook_id}"


@pytest.mark.parametrize("status", [429, 503])
def test_an_address_that_asks_for_patience_is_left_alone_as_long_as_it_asks(
    ctx: Context, clock: Clock, receiver: Receiver, status: int
) -> None:
    add(ctx, receiver.url)
    receiver.answer = with_status(status, Retry_After="900")
    tell(ctx, telling(1))
    work(ctx)
    tell(ctx, telling(2, "hundesteuer"))
    receiver.came = []
    clock.tick(seconds=1)
    receiver.answer = with_status(status, Retry_After=format_datetime(clock.tick(seconds=0), usegmt=True))
    work(ctx)
    assert positions(receiver) == [2]
    receiver.answer, receiver.came = with_status(204), []
    clock.tick(seconds=890)
    work(ctx)
    assert 1 not in positions(receiver)
    clock.tick(seconds=10)
    work(ctx)
    assert positions(receiver) == [2, 1]


def test_where_nobody_answers_the_rest_waits_and_comes_at_once_when_somebody_does(
    ctx: Context, clock: Clock, receiver: Receiver
) -> None:
    webhook_id = add(ctx, receiver.url).shown.webhook.id
    tell(ctx, *(telling(n, f"dienst-{n}") for n in range(1, 7)))
    nobody = "127.0.0.77"
    assert work(ctx, lambda _host, _port: [nobody]) == 1
    for pause in PAUSES[:4]:
        clock.tick(seconds=pause.total_seconds())
        assert work(ctx, lambda _host, _port: [nobody]) == 1
    assert sum(len(one.attempts) for one in logged(ctx, webhook_id)) == 10
    clock.tick(minutes=30)
    work(ctx)
    assert sorted(positions(receiver)) == [1, 2, 3, 4, 5, 6]


def test_a_name_that_leads_inside_only_later_is_refused_then(ctx: Context, receiver: Receiver) -> None:
    webhook_id = add(ctx, receiver.url).shown.webhook.id
    tell(ctx, telling(1))
    answers = iter([["10.0.0.8"]])
    assert work(ctx, lambda _host, _port: next(answers)) == 1
    _delivery, found = one_logged(ctx, webhook_id)
    assert [(one.status, one.error) for one in found.attempts] == [
        (None, f"target: {NAME} stands for 10.0.0.8 is a private address: such targets are not called")
    ]
    assert receiver.came == []


def test_a_message_that_cannot_be_sent_for_a_fault_of_ours_keeps_no_other_from_its_address(
    ctx: Context, clock: Clock, receiver: Receiver
) -> None:
    webhook_id = add(ctx, receiver.url).shown.webhook.id
    too_long_for_json = {"name": "Wohnsitz", "fields": ["name"], "number": 1 << 70}
    tell(ctx, telling(1, content=too_long_for_json), telling(2, "hundesteuer"))
    work(ctx)
    assert positions(receiver) == [2]
    failed, _taken = logged(ctx, webhook_id)
    assert [one.error for one in failed.attempts] == ["fault: TypeError"]
    assert failed.delivery.state is DeliveryState.WAITING
    clock.tick(seconds=6)
    work(ctx)
    assert len(logged(ctx, webhook_id)[0].attempts) == 2


def test_a_redirect_is_a_failure_and_what_an_answer_says_is_kept_in_part(
    ctx: Context, receiver: Receiver
) -> None:
    webhook_id = add(ctx, receiver.url).shown.webhook.id

    def answer(handler: BaseHTTPRequestHandler) -> None:
        said = b"\0moved " + b"x" * 9000
        handler.send_response(302)
        handler.send_header("Location", "https://elsewhere.example/")
        handler.send_header("Content-Length", str(len(said)))
        handler.end_headers()
        handler.wfile.write(said)

    receiver.answer = answer
    tell(ctx, telling(1))
    work(ctx)
    delivery, found = one_logged(ctx, webhook_id)
    assert delivery.state is DeliveryState.WAITING
    (attempt,) = found.attempts
    assert (attempt.status, attempt.answer) == (302, "moved " + "x" * 494)


def test_a_test_is_sent_once_and_its_failure_is_no_failure_of_the_address(
    ctx: Context, clock: Clock, receiver: Receiver
) -> None:
    made = add(ctx, receiver.url)
    webhook_id = made.shown.webhook.id
    webhook_log.send_test(ctx, ADMIN, POLICY, webhook_id)
    work(ctx)
    ((headers, body),) = receiver.came
    assert Checking(made.secret).verify(body, headers)["type"] == "webhook.test"
    receiver.answer = with_status(500)
    clock.tick(seconds=1)
    webhook_log.send_test(ctx, ADMIN, POLICY, webhook_id)
    work(ctx)
    clock.tick(days=1)
    assert work(ctx) == 0
    assert [one.delivery.state for one in logged(ctx, webhook_id)] == [
        DeliveryState.DELIVERED,
        DeliveryState.PARKED,
    ]
    assert webhooks.get_webhook(ctx, ADMIN, POLICY, webhook_id).webhook.failing_since is None


def test_while_a_secret_is_rotated_both_are_good_and_a_day_later_the_new_one_alone(
    ctx: Context, clock: Clock, receiver: Receiver
) -> None:
    made = add(ctx, receiver.url)
    webhook_id = made.shown.webhook.id
    renewed = webhooks.rotate_secret(ctx, ADMIN, POLICY, webhook_id)
    assert renewed.secret != made.secret
    tell(ctx, telling(1))
    work(ctx)
    ((headers, body),) = receiver.came
    for secret in (made.secret, renewed.secret):
        Checking(secret).verify(body, headers)
    clock.tick(days=1)
    tell(ctx, telling(2))
    work(ctx)
    assert receiver.came[-1][0]["webhook-signature"].count("v1,") == 1


def test_several_addresses_are_served_though_one_never_answers(
    ctx: Context, authority: trustme.CA, receiver: Receiver
) -> None:
    quick = replace(ctx, settings=ctx.settings.model_copy(update={"webhook_timeout": 0.5}))
    add(ctx, receiver.url)
    with receiving(authority) as silent:
        silent.answer = lambda _handler: silent.stopped.wait(20)
        stuck = add(ctx, silent.url).shown.webhook.id
        tell(ctx, *(telling(n) for n in range(1, 4)))
        work(quick)
        assert positions(receiver) == [1, 2, 3]
        assert [one.error for one in logged(ctx, stuck)[0].attempts] == ["late: no answer in time"]


def test_an_address_that_answers_late_holds_nobody_else_up(
    ctx: Context, authority: trustme.CA, receiver: Receiver
) -> None:
    add(ctx, receiver.url)
    with receiving(authority) as late:

        def when_the_others_are_done(handler: BaseHTTPRequestHandler) -> None:
            while len(receiver.came) < 12 and not late.stopped.wait(0.01):
                continue
            with_status(204)(handler)

        late.answer = when_the_others_are_done
        slow = add(ctx, late.url).shown.webhook.id
        tell(ctx, *(telling(n) for n in range(1, 13)))
        assert deliver_pending(ctx, to_loopback, no_jitter)
        assert positions(receiver) == list(range(1, 13))
        first = logged(ctx, slow)[0]
        assert [one.status for one in first.attempts] == [204]
        work(ctx)
        assert positions(late) == list(range(1, 13))


def test_an_organisation_that_goes_into_another_is_told_no_more(ctx: Context, receiver: Receiver) -> None:
    admin = Actor.of("admin", "provider", Role.ADMIN)
    fields = {"url": receiver.url, "follows": "everything"}
    webhook_id = webhooks.add_webhook(ctx, admin, "provider", fields).shown.webhook.id
    tell(ctx, telling(1))
    merge(ctx, land.OPERATOR, "provider", "rival")
    assert webhooks.get_webhook(ctx, admin, "provider", webhook_id).webhook.off_reason is OffReason.MERGED
    assert tell(ctx, telling(2)) == 0
    assert work(ctx) == 0
    for attempt in (
        lambda: webhooks.switch(ctx, admin, "provider", webhook_id, on=True),
        lambda: webhooks.add_webhook(ctx, admin, "provider", fields),
        lambda: webhook_log.replay_parked(ctx, admin, "provider", webhook_id),
    ):
        with pytest.raises(Conflict):
            attempt()
    assert receiver.came == []


def test_several_workers_share_the_work_and_send_nothing_twice(ctx: Context, receiver: Receiver) -> None:
    add(ctx, receiver.url)
    tell(ctx, *(telling(n, f"dienst-{n % 3}") for n in range(1, 31)))
    with ThreadPoolExecutor(3) as pool:
        for sharing in [pool.submit(work, ctx) for _worker in range(3)]:
            sharing.result()
    work(ctx)
    came = positions(receiver)
    assert len(came) == 30
    for rest in range(3):
        assert [one for one in came if one % 3 == rest] == sorted(n for n in range(1, 31) if n % 3 == rest)


def test_an_address_that_was_removed_meanwhile_gets_nothing(ctx: Context, receiver: Receiver) -> None:
    webhook_id = add(ctx, receiver.url).shown.webhook.id
    tell(ctx, telling(1))

    def remove(handler: BaseHTTPRequestHandler) -> None:
        webhooks.remove_webhook(ctx, ADMIN, POLICY, webhook_id, 1)
        with_status(500)(handler)

    receiver.answer = remove
    assert work(ctx) == 1
    with ctx.database.reading() as session:
        assert session.scalars(select(WebhookDeliveryRow)).all() == []
