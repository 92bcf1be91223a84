-- How every eligible authority stands with every entry, and the class it falls in.

CREATE TABLE cover AS
SELECT
    w.rowid AS id, w.entry, w.authority_id, w.is_claim, w.confirmed_on, w.proof_until, w.is_confirmed, w.except_ids,
    f.authority_set_id AS set_id,
    CASE WHEN f.activation = 'each' AND w.status IN ('connecting', 'live') THEN 'agreed' ELSE w.status END AS status
FROM word w JOIN fact_on_day f ON f.service_id = w.entry
WHERE w.scope = 'below' AND w.status <> 'ended';

CREATE TABLE excepted AS
SELECT c.id, r.authority_id FROM cover c, json_each(c.except_ids) j JOIN reach r ON r.covering = j.value
UNION
SELECT c.id, r.authority_id
FROM cover c JOIN fact_on_day f ON f.service_id = c.entry AND f.part_of IS NOT NULL, json_each(c.except_ids) j
JOIN twin t ON t.set_id = c.set_id AND t.speaker = j.value
JOIN reach r ON r.covering = t.member;
CREATE INDEX excepted_cover ON excepted (id, authority_id);

-- An own negative (1), the furthest along the path (2), the nearest negative cover (3), an own end (4), claims (5, 6).
CREATE TABLE candidate AS
SELECT
    w.entry, w.authority_id, w.status, w.is_claim, 0 AS is_inherited, w.confirmed_on, w.proof_until, w.is_confirmed,
    0 AS distance,
    CASE
        WHEN w.is_claim THEN 5
        WHEN w.status IN ('declined', 'own_solution', 'not_competent') THEN 1
        WHEN w.status = 'ended' THEN 4
        ELSE 2
    END AS step
FROM word w
JOIN fact_on_day f ON f.service_id = w.entry
JOIN member m ON m.set_id = f.authority_set_id AND m.authority_id = w.authority_id
WHERE w.scope = 'own'
UNION ALL
SELECT
    c.entry, m.authority_id, c.status, c.is_claim, 1, c.confirmed_on, c.proof_until, c.is_confirmed,
    1 + r.distance,
    CASE WHEN c.is_claim THEN 6 WHEN c.status IN ('declined', 'own_solution', 'not_competent') THEN 3 ELSE 2 END
FROM cover c
JOIN reach r ON r.covering = c.authority_id
JOIN member m ON m.set_id = c.set_id AND m.authority_id = r.authority_id
WHERE NOT EXISTS (SELECT 1 FROM excepted x WHERE x.id = c.id AND x.authority_id = r.authority_id);

CREATE TABLE result AS
SELECT * FROM (
    SELECT *, row_number() OVER (
        PARTITION BY entry, authority_id
        ORDER BY step,
            CASE WHEN step <> 2 THEN 0 WHEN status = 'live' THEN 1 WHEN status = 'connecting' THEN 2
                WHEN status = 'agreed' THEN 3 ELSE 4 END,
            distance
    ) AS choice
    FROM candidate
) WHERE choice = 1;
CREATE INDEX result_of ON result (entry, authority_id);

-- What all sources together say of an authority, in one line.
CREATE TABLE said AS
SELECT authority_id, name, group_concat(value, ' + ') AS value
FROM (
    SELECT DISTINCT authority_id, name, value
    FROM attribute JOIN asked ON recorded_at <= known_at AND (superseded_at IS NULL OR superseded_at > known_at)
    ORDER BY authority_id, name, value
)
GROUP BY authority_id, name;
CREATE UNIQUE INDEX said_of ON said (authority_id, name);

CREATE TABLE reading AS
SELECT
    f.service_id AS entry, m.authority_id, m.state, m.district, m.size_class, m.kind,
    coalesce(m.degurba, 'unknown') AS degree_of_urbanisation, coalesce(m.population, 0) AS population,
    coalesce(it.value, 'unknown') AS it_provider, coalesce(special.value, 'unknown') AS specialist_system,
    r.status, coalesce(r.is_claim, 0) AS is_claim,
    CASE
        WHEN r.status IS NULL THEN 'unknown'
        WHEN r.is_claim THEN CASE r.status WHEN 'live' THEN 'unconfirmed' ELSE 'unknown' END
        WHEN r.status = 'live' THEN
            CASE
                WHEN julianday(as_of) - julianday(r.confirmed_on) > 730 AND coalesce(r.proof_until, '') < as_of
                THEN 'unconfirmed' ELSE 'counted'
            END
        WHEN r.status = 'not_competent' THEN CASE WHEN r.is_confirmed THEN 'excluded' ELSE 'negative' END
        WHEN r.status = 'declined' THEN 'negative'
        WHEN r.status IN ('own_solution', 'ended') THEN r.status
        ELSE 'in_progress'
    END AS class,
    coalesce(r.is_claim = 0 AND r.status IN ('agreed', 'connecting', 'live'), 0) AS entitled,
    coalesce(r.is_claim = 0 AND r.status = 'live', 0) AS live,
    coalesce(r.is_claim = 0 AND r.status = 'live' AND r.is_inherited = 0, 0) AS live_own,
    coalesce(own.status IN ('agreed', 'connecting', 'live'), 0) AS contracted
FROM fact_on_day f
JOIN asked
JOIN member m ON m.set_id = f.authority_set_id
LEFT JOIN result r ON r.entry = f.service_id AND r.authority_id = m.authority_id
LEFT JOIN said it ON it.authority_id = m.authority_id AND it.name = 'it_provider'
LEFT JOIN said special ON special.authority_id = m.authority_id AND special.name = 'specialist_system'
LEFT JOIN word own ON own.authority_id = m.authority_id AND own.scope = 'own' AND own.is_claim = 0
    AND own.entry = f.service_id;

-- The same, by all that it is ever grouped by.
CREATE TABLE tally AS
SELECT
    entry, state, district, size_class, kind, degree_of_urbanisation, it_provider, specialist_system, class, coalesce(status = 'live', 0) AS reads_live,
    entitled, live, live_own, contracted, count(*) AS authorities, sum(population) AS population,
    entry IN (SELECT service_id FROM developing d WHERE d.state = reading.state) AS is_developing
FROM reading
GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14;

-- A state has joined by its own word for all below it.
CREATE TABLE joined_state AS
SELECT w.entry, p.key AS state
FROM word w JOIN place p ON p.authority_id = w.authority_id AND p.kind = 'state'
WHERE w.scope = 'below' AND w.is_claim = 0 AND w.status IN ('agreed', 'connecting', 'live');
