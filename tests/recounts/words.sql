-- The entries as the public saw them then, before the first of all the first ones.
CREATE TABLE entry AS
WITH seen AS (
    SELECT service_id, max(version) AS version
    FROM service_version, asked
    WHERE published_at <= max(known_at, (SELECT min(published_at) FROM service_version))
    GROUP BY service_id
)
SELECT
    v.service_id AS id, v.status, v.fields ->> '$.part_of' AS part_of, v.fields ->> '$.theme_field' AS theme_field,
    v.fields ->> '$.origin' AS origin, v.fields ->> '$.maturity.model' AS maturity_model,
    v.fields ->> '$.maturity.level' AS maturity_level
FROM service_version v JOIN seen s ON s.service_id = v.service_id AND s.version = v.version;

-- The last word of every sequence, statements and claims apart, with its run: what it says, and since when unbroken.

CREATE TABLE in_force AS
SELECT e.*, e.asserted_by = 'provider' AND e.proof = 'none' AS is_claim
FROM event e, asked
WHERE e.recorded_at <= known_at AND e.effective_on <= as_of AND e.status <> 'void'
    AND NOT EXISTS (SELECT 1 FROM event c WHERE c.corrects = e.id AND c.recorded_at <= known_at);
CREATE INDEX in_force_service ON in_force (service_id);

-- A part has the events of its whole: those that name no part, and those that name it. What somebody says who is no
-- member of its set, but the same administration as one, the member says.
CREATE TABLE heard AS
SELECT
    f.service_id AS entry, e.id, coalesce(t.member, e.authority_id) AS authority_id, e.status, e.scope, e.except_ids,
    e.effective_on, e.recorded_at, e.asserted_by, e.proof, e.proof_until, e.is_claim
FROM fact_on_day f JOIN in_force e ON e.service_id = coalesce(f.part_of, f.service_id)
LEFT JOIN twin t ON f.part_of IS NOT NULL AND e.scope = 'own' AND t.set_id = f.authority_set_id
    AND t.speaker = e.authority_id
WHERE f.part_of IS NULL OR e.parts IS NULL
    OR EXISTS (SELECT 1 FROM json_each(e.parts) j WHERE j.value = f.service_id);

CREATE TABLE word AS
WITH lined AS (
    SELECT *, row_number() OVER latest AS back, first_value(status) OVER latest AS last_status
    FROM heard
    WINDOW latest AS (
        PARTITION BY entry, authority_id, scope, is_claim ORDER BY effective_on DESC, recorded_at DESC, id DESC
    )
), runs AS (
    SELECT *, sum(status <> last_status) OVER (
        PARTITION BY entry, authority_id, scope, is_claim ORDER BY back
    ) AS breaks
    FROM lined
)
SELECT
    entry, authority_id, scope, is_claim, last_status AS status, max(effective_on) AS confirmed_on,
    max(proof_until) AS proof_until, max(asserted_by IN ('coordination', 'register')) AS is_confirmed,
    max(CASE WHEN back = 1 THEN except_ids END) AS except_ids
FROM runs
WHERE breaks = 0
GROUP BY entry, authority_id, scope, is_claim;
CREATE INDEX word_sequence ON word (authority_id, scope, is_claim, entry);
