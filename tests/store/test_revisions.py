"""The life of an entry: written, submitted, returned, approved, discarded; who may, and what it leaves behind."""

import threading
from typing import Any

import pytest
from sqlalchemy import select, update

from marketplace.actions.context import Context
from marketplace.actions.reviewing import approve, open_reviews, review_decisions, send_back, submit
from marketplace.actions.revision_comments import comments, resolve_comment, write_comment
from marketplace.actions.revisions import (
    ANY,
    discard_revision,
    missing,
    patch_revision,
    put_revision,
    read_revision,
)
from marketplace.actions.service_import import import_services
from marketplace.actions.service_writing import put_service
from marketplace.actions.services import get_service
from marketplace.actions.tokens import actor_of_token, create_token
from marketplace.domain.access import Actor, Role
from marketplace.domain.lifecycle import EntryStatus
from marketplace.errors import (
    Conflict,
    Forbidden,
    InvalidInput,
    NotFound,
    VersionMismatch,
    VersionRequired,
)
from marketplace.store import audit
from marketplace.store.audit import AuditQuery
from marketplace.store.tables import OrganisationRow, SearchOutboxRow, ServiceFactRow
from tests import shelf
from tests.conftest import Clock
from tests.members import acting_as, add_person
from tests.shelf import ANALYST, NORTH, OPERATOR, SOUTH, entry

REVIEWER = Actor.of("second", "nordwerk", Role.REVIEWER)
RIVAL = Actor.of("rival", "suedwerk", Role.REVIEWER)
ALONE = Actor("north", "nordwerk", frozenset({Role.PUBLISHER, Role.REVIEWER}))


@pytest.fixture
def ctx(context: Context) -> Context:
    return shelf.fill(context)


@pytest.fixture
def published(ctx: Context) -> Context:
    put_service(ctx, OPERATOR, "ehe-online", entry(), None)
    return ctx


def fields(**more: Any) -> dict[str, Any]:
    return {**entry(), "status": None, **more}


def tag(ctx: Context, actor: Actor = NORTH) -> str:
    return read_revision(ctx, actor, "ehe-online").tag


def acts(ctx: Context) -> list[str]:
    with ctx.database.reading() as session:
        found, _ = audit.find(session, AuditQuery(object_kind="service", object_id="ehe-online"), 100, 0)
    return [one.act for _, one in reversed(found)]


def public_name(ctx: Context) -> str:
    return get_service(ctx, "ehe-online").service.name


def test_a_published_entry_stays_as_it_is_until_its_revision_is_approved(
    published: Context, clock: Clock
) -> None:
    clock.tick(hours=1)
    written = patch_revision(published, NORTH, "ehe-online", {"name": "Neu"}, tag(published))
    assert (written.created, written.changed, written.revision.base_version) == (False, True, 1)
    assert written.revision.service.status is EntryStatus.DRAFT
    assert public_name(published) == "Ehe online"
    submit(published, NORTH, "ehe-online", "Bitte ansehen", tag(published))
    assert public_name(published) == "Ehe online"
    standing = approve(published, REVIEWER, "ehe-online", None, tag(published))
    assert (standing.name, standing.version, standing.status) == ("Neu", 2, EntryStatus.PUBLISHED)
    assert get_service(published, "ehe-online").service == standing
    assert not read_revision(published, NORTH, "ehe-online").is_open
    assert acts(published)[-3:] == ["service.revised", "service.submitted", "service.approved"]


def test_an_entry_that_never_was_published_is_its_revision(ctx: Context, clock: Clock) -> None:
    begun = put_revision(ctx, NORTH, "ehe-online", fields(), None)
    assert (begun.created, begun.revision.base_version) == (True, 0)
    clock.tick(minutes=1)
    patch_revision(ctx, NORTH, "ehe-online", {"name": "Zweiter Entwurf"}, begun.revision.tag)
    assert get_service(ctx, "ehe-online", NORTH).service.name == "Zweiter Entwurf"
    submit(ctx, NORTH, "ehe-online", None, tag(ctx))
    assert get_service(ctx, "ehe-online", NORTH).service.status is EntryStatus.IN_REVIEW
    assert approve(ctx, REVIEWER, "ehe-online", None, tag(ctx)).status is EntryStatus.PUBLISHED
    assert public_name(ctx) == "Zweiter Entwurf"


def test_approval_writes_facts_and_search_debt_in_its_transaction(published: Context) -> None:
    patch_revision(published, NORTH, "ehe-online", {"lead_state": "02"}, ANY)
    submit(published, NORTH, "ehe-online", None, ANY)

    def facts() -> list[str | None]:
        with published.database.reading() as session:
            statement = select(ServiceFactRow.lead_state).where(ServiceFactRow.superseded_at.is_(None))
            return list(session.scalars(statement))

    assert facts() == [None], "what is in work is no fact"
    version = approve(published, REVIEWER, "ehe-online", None, ANY).version
    assert facts() == ["02"]
    with published.database.reading() as session:
        assert session.scalar(select(SearchOutboxRow.version)) == version


def test_opening_is_logged_once_and_not_every_keystroke(published: Context) -> None:
    for name in ("Eins", "Zwei", "Drei"):
        patch_revision(published, NORTH, "ehe-online", {"name": name}, ANY)
    assert acts(published).count("service.revised") == 1


def test_saying_the_same_opens_nothing(published: Context) -> None:
    written = put_revision(published, NORTH, "ehe-online", fields(), tag(published))
    assert (written.changed, written.revision.is_open) == (False, False)


@pytest.mark.parametrize("stale", ["abc", "2", "2-public", "0"])
def test_a_write_from_something_else_is_refused(published: Context, stale: str) -> None:
    with pytest.raises(VersionMismatch):
        patch_revision(published, NORTH, "ehe-online", {"name": "Neu"}, stale)
    with pytest.raises(VersionRequired):
        patch_revision(published, NORTH, "ehe-online", {"name": "Neu"}, None)
    assert not read_revision(published, NORTH, "ehe-online").is_open


def test_the_public_version_opens_a_revision_and_does_not_overwrite_one(published: Context) -> None:
    patch_revision(published, NORTH, "ehe-online", {"name": "Neu"}, "1-public")
    with pytest.raises(VersionMismatch):
        patch_revision(published, NORTH, "ehe-online", {"name": "Anders"}, "1-public")
    assert read_revision(published, NORTH, "ehe-online").service.name == "Neu"


def test_of_two_editors_at_once_one_is_told(published: Context) -> None:
    seen = tag(published)
    together = threading.Barrier(2)
    outcomes: list[str] = []

    def rename(name: str) -> None:
        together.wait(10)
        try:
            patch_revision(published, NORTH, "ehe-online", {"name": name}, seen)
        except VersionMismatch:
            outcomes.append("told")
        else:
            outcomes.append(name)

    threads = [threading.Thread(target=rename, args=(name,)) for name in ("Eins", "Zwei")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    (winner,) = [outcome for outcome in outcomes if outcome != "told"]
    assert sorted(outcomes) == sorted([winner, "told"])
    assert read_revision(published, NORTH, "ehe-online").service.name == winner


def test_who_wrote_in_a_revision_does_not_approve_it(published: Context) -> None:
    patch_revision(published, NORTH, "ehe-online", {"name": "Neu"}, ANY)
    submit(published, NORTH, "ehe-online", None, ANY)
    with pytest.raises(Forbidden, match="Four eyes"):
        approve(published, ALONE, "ehe-online", None, ANY)
    with pytest.raises(NotFound):
        approve(published, RIVAL, "ehe-online", None, ANY)
    with pytest.raises(Forbidden):
        approve(published, NORTH, "ehe-online", None, ANY)
    assert public_name(published) == "Ehe online"


def test_an_organisation_of_one_reviews_itself_and_the_log_says_so(published: Context) -> None:
    with published.database.writing() as session:
        session.execute(
            update(OrganisationRow).where(OrganisationRow.id == "nordwerk").values(own_review=True)
        )
    patch_revision(published, NORTH, "ehe-online", {"name": "Neu"}, ANY)
    submit(published, NORTH, "ehe-online", None, ANY)
    approve(published, ALONE, "ehe-online", None, ANY)
    with published.database.reading() as session:
        ((_, found), *_), _ = audit.find(session, AuditQuery(act="service.approved"), 1, 0)
    assert found.detail == {"version": 2, "own_review": True}


def test_with_a_second_reviewer_nobody_reviews_themselves_whatever_the_setting_says(
    published: Context,
) -> None:
    add_person(published, "one", "nordwerk", Role.PUBLISHER, Role.REVIEWER)
    with published.database.writing() as session:
        session.execute(
            update(OrganisationRow).where(OrganisationRow.id == "nordwerk").values(own_review=True)
        )
    one = acting_as(published, "one", "nordwerk")
    patch_revision(published, one, "ehe-online", {"name": "Neu"}, ANY)
    submit(published, one, "ehe-online", None, ANY)
    (revision,) = open_reviews(published, one)
    assert [each.allowed for each in review_decisions(published, one, [revision])] == [True]
    add_person(published, "two", "nordwerk", Role.REVIEWER)
    assert [each.allowed for each in review_decisions(published, one, [revision])] == [False]
    with pytest.raises(Forbidden, match="Four eyes"):
        approve(published, one, "ehe-online", None, ANY)
    assert approve(published, acting_as(published, "two", "nordwerk"), "ehe-online", None, ANY).name == "Neu"


def test_what_is_missing_to_publish_is_a_list_of_fields(ctx: Context) -> None:
    put_revision(ctx, NORTH, "ehe-online", fields(summary=None, sources={}), None)
    lacking = {(one.field, one.rule) for one in missing(ctx, NORTH, "ehe-online")}
    assert lacking == {("summary", "required"), ("sources", "required")}
    with pytest.raises(InvalidInput) as refused:
        submit(ctx, NORTH, "ehe-online", None, ANY)
    assert {(one.field, one.rule) for one in refused.value.errors} == lacking


def test_in_review_nobody_writes_and_the_author_recalls(published: Context) -> None:
    patch_revision(published, NORTH, "ehe-online", {"name": "Neu"}, ANY)
    submit(published, NORTH, "ehe-online", None, ANY)
    with pytest.raises(Conflict, match="recall it first"):
        patch_revision(published, NORTH, "ehe-online", {"name": "Neuer"}, ANY)
    with pytest.raises(InvalidInput):
        send_back(published, NORTH, "ehe-online", " ", ANY)
    recalled = send_back(published, NORTH, "ehe-online", "Noch ein Fehler", ANY)
    assert (recalled.service.status, recalled.returned_reason) == (EntryStatus.DRAFT, "Noch ein Fehler")
    assert patch_revision(published, NORTH, "ehe-online", {"name": "Neuer"}, recalled.tag).changed


def test_a_reviewer_returns_with_a_reason_and_the_tag_moves_on(published: Context, clock: Clock) -> None:
    patch_revision(published, NORTH, "ehe-online", {"name": "Neu"}, ANY)
    draft = tag(published)
    submit(published, NORTH, "ehe-online", None, draft)
    clock.tick(minutes=1)
    returned = send_back(published, REVIEWER, "ehe-online", "Der Preis fehlt", ANY)
    assert (returned.returned_by, returned.returned_reason) == ("second", "Der Preis fehlt")
    assert returned.tag != draft, "the same words again, but its author has not seen why"
    submit(published, NORTH, "ehe-online", None, returned.tag)
    with pytest.raises(Conflict):
        submit(published, NORTH, "ehe-online", None, ANY)


def test_no_step_is_taken_where_nothing_is_in_work(published: Context) -> None:
    for step in (
        lambda: submit(published, NORTH, "ehe-online", None, ANY),
        lambda: approve(published, REVIEWER, "ehe-online", None, ANY),
        lambda: send_back(published, REVIEWER, "ehe-online", "Warum", ANY),
        lambda: discard_revision(published, NORTH, "ehe-online", ANY),
    ):
        with pytest.raises(Conflict):
            step()


def test_an_import_in_between_asks_for_a_merge(published: Context) -> None:
    patch_revision(published, NORTH, "ehe-online", {"name": "Neu"}, ANY)
    submit(published, NORTH, "ehe-online", None, ANY)
    import_services(published, OPERATOR, [{"id": "ehe-online", **entry(), "stage": "regular"}])
    with pytest.raises(VersionMismatch, match="merge it first"):
        approve(published, REVIEWER, "ehe-online", None, ANY)
    assert get_service(published, "ehe-online").service.stage == "regular"
    send_back(published, REVIEWER, "ehe-online", "Zusammenführen", ANY)
    merged = patch_revision(published, NORTH, "ehe-online", {"stage": "regular", "version": 2}, ANY).revision
    assert merged.base_version == 2, "who names the public version has taken it in"
    submit(published, NORTH, "ehe-online", None, ANY)
    assert approve(published, REVIEWER, "ehe-online", None, ANY).name == "Neu"


def test_what_is_taken_in_is_the_newest_version_and_not_one_in_between(published: Context) -> None:
    patch_revision(published, NORTH, "ehe-online", {"name": "Neu"}, ANY)
    for stage in ("pilot", "regular"):
        import_services(published, OPERATOR, [{"id": "ehe-online", **entry(), "stage": stage}])
    with pytest.raises(VersionMismatch, match="since version 2"):
        patch_revision(published, NORTH, "ehe-online", {"stage": "pilot", "version": 2}, ANY)
    standing = read_revision(published, NORTH, "ehe-online")
    assert (standing.base_version, standing.service.stage) == (1, None), "nothing is saved half taken in"
    taken = patch_revision(published, NORTH, "ehe-online", {"stage": "regular", "version": 3}, ANY).revision
    assert taken.base_version == 3


def test_a_revision_follows_its_entry_to_another_publisher(published: Context) -> None:
    patch_revision(published, NORTH, "ehe-online", {"name": "Neu"}, ANY)
    put_service(published, OPERATOR, "ehe-online", entry(publisher="suedwerk"), 1)
    with pytest.raises(NotFound):
        read_revision(published, NORTH, "ehe-online")
    taken = read_revision(published, SOUTH, "ehe-online")
    assert (taken.base_version, taken.service.publisher, taken.service.name) == (2, "suedwerk", "Neu")


def test_publishing_without_review_is_for_operators(ctx: Context) -> None:
    with pytest.raises(Forbidden, match="review"):
        put_revision(ctx, NORTH, "ehe-online", entry(), None)
    with pytest.raises(Forbidden, match="review"):
        put_service(ctx, NORTH, "ehe-online", entry(), None)
    put_revision(ctx, NORTH, "ehe-online", fields(), None)
    put_service(ctx, OPERATOR, "ehe-online", entry(), ANY)
    assert public_name(ctx) == "Ehe online"
    assert not read_revision(ctx, NORTH, "ehe-online").is_open, "it was published as it was"


def test_a_discarded_revision_leaves_the_entry_and_a_discarded_draft_nothing(published: Context) -> None:
    patch_revision(published, NORTH, "ehe-online", {"name": "Neu"}, ANY)
    discard_revision(published, NORTH, "ehe-online", ANY)
    assert public_name(published) == "Ehe online"
    assert not read_revision(published, NORTH, "ehe-online").is_open
    put_revision(published, NORTH, "urkunden", fields(name="Urkunden", lead_state="02"), None)
    discard_revision(published, NORTH, "urkunden", ANY)
    with pytest.raises(NotFound):
        read_revision(published, NORTH, "urkunden")
    assert put_revision(published, NORTH, "urkunden", fields(name="Urkunden"), None).created


def test_a_draft_that_something_points_to_is_not_discarded(ctx: Context) -> None:
    put_revision(ctx, NORTH, "bezahlen", fields(kind="component"), None)
    put_revision(ctx, NORTH, "ehe-online", fields(requires=["bezahlen"]), None)
    with pytest.raises(Conflict, match="ehe-online"):
        discard_revision(ctx, NORTH, "bezahlen", ANY)


def test_reviews_wait_for_their_own_organisation(published: Context) -> None:
    patch_revision(published, NORTH, "ehe-online", {"name": "Neu"}, ANY)
    assert open_reviews(published, REVIEWER) == []
    submit(published, NORTH, "ehe-online", None, ANY)
    assert [one.service.name for one in open_reviews(published, REVIEWER)] == ["Neu"]
    assert [one.service.name for one in open_reviews(published, OPERATOR)] == ["Neu"]
    assert open_reviews(published, RIVAL) == []


def test_remarks_pass_between_author_and_reviewer_and_go_with_the_revision(published: Context) -> None:
    with pytest.raises(Conflict):
        write_comment(published, REVIEWER, "ehe-online", "name", "Zu kurz")
    patch_revision(published, NORTH, "ehe-online", {"name": "Neu"}, ANY)
    first = write_comment(published, REVIEWER, "ehe-online", "name", "Zu kurz")
    write_comment(published, NORTH, "ehe-online", "*", "Wird länger")
    assert resolve_comment(published, NORTH, "ehe-online", first.id).resolved_by == "north"
    assert [(one.field, one.resolved_at is None) for one in comments(published, NORTH, "ehe-online")] == [
        ("name", False), ("*", True),
    ]  # fmt: skip
    for field, text in (("colour", "Rot"), (5, "Fünf"), ("name", ""), ("name", "x" * 2001)):
        with pytest.raises(InvalidInput):
            write_comment(published, REVIEWER, "ehe-online", field, text)
    for stranger in (SOUTH, RIVAL):
        with pytest.raises(NotFound):
            write_comment(published, stranger, "ehe-online", "name", "Fremd")
        with pytest.raises(NotFound):
            resolve_comment(published, stranger, "ehe-online", first.id)
    with pytest.raises(NotFound):
        comments(published, ANALYST, "ehe-online")
    submit(published, NORTH, "ehe-online", None, ANY)
    approve(published, REVIEWER, "ehe-online", None, ANY)
    assert comments(published, NORTH, "ehe-online") == []


def test_a_draft_from_a_file_is_submitted_by_whoever_answers_for_it(ctx: Context) -> None:
    import_services(ctx, OPERATOR, [{"id": "ehe-online", **entry(status="draft")}])
    with pytest.raises(Forbidden):
        send_back(ctx, ANALYST, "ehe-online", "Warum", ANY)
    submitted = submit(ctx, NORTH, "ehe-online", None, ANY)
    assert submitted.editors == (OPERATOR.id,)
    assert approve(ctx, REVIEWER, "ehe-online", None, ANY).status is EntryStatus.PUBLISHED


def test_a_machine_is_no_second_pair_of_eyes_for_who_made_its_token(published: Context) -> None:
    add_person(published, "ada", "nordwerk", Role.PUBLISHER, Role.REVIEWER, Role.ADMIN)
    ada = acting_as(published, "ada", "nordwerk")

    def machine_of(by: Actor, role: str) -> Actor:
        found = actor_of_token(published, create_token(published, "nordwerk", role, by=by).secret)
        assert found is not None
        return found

    writes, reviews = machine_of(ada, "publisher"), machine_of(machine_of(ada, "admin"), "reviewer")
    for author, others in ((ada, [reviews]), (writes, [ada, reviews])):
        patch_revision(published, author, "ehe-online", {"name": "Neu"}, ANY)
        submit(published, author, "ehe-online", None, ANY)
        for reviewer in others:
            with pytest.raises(Forbidden, match="Four eyes"):
                approve(published, reviewer, "ehe-online", None, ANY)
        discard_revision(published, author, "ehe-online", ANY)
    patch_revision(published, ada, "ehe-online", {"name": "Neu"}, ANY)
    submit(published, ada, "ehe-online", None, ANY)
    approve(published, machine_of(OPERATOR, "reviewer"), "ehe-online", None, ANY)
    assert public_name(published) == "Neu"
