-- The land and the entries of the day asked for, as known at the instant asked for.
-- Reads the table asked (as_of, known_at): one row. What was recorded later than asked for is not known; before the
-- first record the first one applies.

CREATE TABLE known_register AS
SELECT territory_on
FROM register, asked
WHERE recorded_at <= max(known_at, (SELECT min(recorded_at) FROM register));

CREATE TABLE known_version AS
SELECT v.*
FROM region_version v, (
    SELECT max(known_at, (SELECT min(recorded_at) FROM region_version)) AS instant FROM asked
)
WHERE v.recorded_at <= instant AND (v.superseded_at IS NULL OR v.superseded_at > instant);

-- Every region of the day. An association that is none (50) and an unincorporated area (65, 66) have no administration.
CREATE TABLE place AS
SELECT
    v.region_id, v.key, r.kind, a.id AS authority_id, v.population, v.degurba,
    CASE
        WHEN a.id IS NULL THEN 0
        WHEN r.kind = 'association' THEN v.text_code <> '50'
        WHEN r.kind = 'municipality' THEN coalesce(v.text_code, '') NOT IN ('65', '66')
        ELSE 1
    END AS is_office
FROM known_version v
JOIN region r ON r.id = v.region_id
LEFT JOIN authority a ON a.region_id = v.region_id AND a.key IS NULL
JOIN (
    SELECT max(as_of, (SELECT min(territory_on) FROM known_register)) AS day FROM asked
) ON v.valid_from <= day AND (v.valid_to IS NULL OR v.valid_to > day);
CREATE INDEX place_key ON place (key);
CREATE INDEX place_region ON place (region_id);

-- Inhabitants of everything are those of its municipalities.
CREATE TABLE people AS
SELECT substr(key, 1, size) AS key, sum(population) AS population
FROM place, (SELECT 2 AS size UNION ALL SELECT 5 UNION ALL SELECT 9 UNION ALL SELECT 12)
WHERE kind = 'municipality'
GROUP BY 1;
CREATE INDEX people_key ON people (key);

-- Who can be eligible: administrations of regions, and authorities with a key of their own.
CREATE TABLE office AS
SELECT authority_id, key, key AS region_key, kind, degurba, 0 AS is_named FROM place WHERE is_office
UNION ALL
SELECT a.id, a.key, p.key, a.kind, p.degurba, 1
FROM authority a JOIN place p ON p.region_id = a.region_id
WHERE a.key IS NOT NULL;
CREATE INDEX office_key ON office (key);

-- Whose covers reach it, nearest first: itself, association, district, state, federation.
CREATE TABLE reach AS
SELECT o.authority_id, c.authority_id AS covering, 20 - length(c.key) + (c.key = '00') AS distance
FROM office o
JOIN (SELECT 0 AS size UNION ALL SELECT 2 UNION ALL SELECT 5 UNION ALL SELECT 9 UNION ALL SELECT 12)
JOIN place c ON c.key = CASE size WHEN 0 THEN '00' ELSE substr(o.region_key, 1, size) END
WHERE c.is_office AND size <= length(o.region_key) AND (size > 0 OR o.region_key <> '00')
UNION ALL
SELECT authority_id, authority_id, 0 FROM office WHERE is_named;
CREATE INDEX reach_covering ON reach (covering, authority_id);

-- The version of each set, and the facts of each entry, that hold on the day: the last begun, else the first to begin.
CREATE TABLE set_on_day AS
SELECT * FROM (
    SELECT s.*, row_number() OVER (
        PARTITION BY s.set_id
        ORDER BY coalesce(s.valid_from, '') <= as_of DESC,
            CASE WHEN coalesce(s.valid_from, '') <= as_of THEN coalesce(s.valid_from, '') END DESC,
            CASE WHEN coalesce(s.valid_from, '') <= as_of THEN s.id END DESC,
            s.valid_from, s.id
    ) AS choice
    FROM set_version s
    JOIN (SELECT set_id AS one, min(recorded_at) AS first_recorded FROM set_version GROUP BY set_id) ON one = s.set_id
    JOIN asked
    WHERE s.recorded_at <= max(known_at, first_recorded)
        AND (s.superseded_at IS NULL OR s.superseded_at > max(known_at, first_recorded))
) WHERE choice = 1;

CREATE TABLE fact_on_day AS
SELECT * FROM (
    SELECT f.*, row_number() OVER (
        PARTITION BY f.service_id
        ORDER BY coalesce(f.valid_from, '') <= as_of DESC,
            CASE WHEN coalesce(f.valid_from, '') <= as_of THEN coalesce(f.valid_from, '') END DESC,
            CASE WHEN coalesce(f.valid_from, '') <= as_of THEN f.id END DESC,
            f.valid_from, f.id
    ) AS choice
    FROM fact f
    JOIN (SELECT service_id AS one, min(recorded_at) AS first_recorded FROM fact GROUP BY service_id)
        ON one = f.service_id
    JOIN asked
    WHERE f.recorded_at <= max(known_at, first_recorded)
        AND (f.superseded_at IS NULL OR f.superseded_at > max(known_at, first_recorded))
) WHERE choice = 1;
CREATE INDEX fact_on_day_service ON fact_on_day (service_id);

CREATE TABLE developing AS
SELECT service_id, lead_state AS state FROM fact_on_day WHERE lead_state IS NOT NULL
UNION
SELECT f.service_id, j.value FROM fact_on_day f, json_each(f.partner_states) j;

-- Who is added and removed: whoever had the key last as it was known when the set was written, by the key of the day.
CREATE TABLE named_by AS
SELECT
    n.set_id, n.what,
    CASE WHEN n.region_id IS NULL THEN n.key ELSE (SELECT p.key FROM place p WHERE p.region_id = n.region_id) END AS key
FROM (
    SELECT s.set_id, k.what, k.value AS key, (
        SELECT v.region_id FROM region_version v
        WHERE v.key = k.value AND v.recorded_at <= s.recorded_at
            AND (v.superseded_at IS NULL OR v.superseded_at > s.recorded_at)
        ORDER BY v.valid_from DESC LIMIT 1
    ) AS region_id
    FROM set_on_day s
    JOIN (
        SELECT a.id, 'add' AS what, j.value FROM set_on_day a, json_each(a."add") j
        UNION ALL SELECT r.id, 'remove', j.value FROM set_on_day r, json_each(r.remove) j
    ) k ON k.id = s.id
) n;

-- The members of each set: by level, which a state can have otherwise or not at all; then added, then removed.
CREATE TABLE set_level AS
SELECT s.set_id, p.key AS state, CASE WHEN x.key IS NULL THEN s.level ELSE x.value END AS level
FROM set_on_day s JOIN place p ON p.kind = 'state' LEFT JOIN json_each(s.states) x ON x.key = p.key;

CREATE TABLE chosen AS
SELECT l.set_id, o.key
FROM set_level l JOIN office o ON substr(o.region_key, 1, 2) = l.state AND o.is_named = 0
LEFT JOIN place around ON around.key = substr(o.key, 1, 9) AND around.is_office AND o.kind = 'municipality'
WHERE o.kind = l.level
    OR l.level = 'local_administration'
    AND (o.kind = 'association' OR o.kind = 'municipality' AND around.key IS NULL)
UNION
SELECT set_id, key FROM named_by WHERE what = 'add';

CREATE TABLE seat AS
SELECT c.set_id, o.* FROM chosen c JOIN office o ON o.key = c.key
WHERE NOT EXISTS (
    SELECT 1 FROM named_by n WHERE n.what = 'remove' AND n.set_id = c.set_id AND n.key = c.key
);
CREATE INDEX seat_of ON seat (set_id);

-- An authority with a key of its own has the inhabitants of its region only where no other member serves any of them.
CREATE TABLE member AS
SELECT
    o.set_id, o.authority_id, o.key, o.region_key, o.kind, o.degurba, p.population,
    substr(o.region_key, 1, 2) AS state,
    CASE WHEN length(o.region_key) > 2 THEN substr(o.region_key, 1, 5) ELSE 'none' END AS district,
    CASE
        WHEN p.population < 5000 THEN '<5k'
        WHEN p.population < 10000 THEN '5-10k'
        WHEN p.population < 20000 THEN '10-20k'
        WHEN p.population < 50000 THEN '20-50k'
        WHEN p.population < 100000 THEN '50-100k'
        WHEN p.population < 500000 THEN '100-500k'
        WHEN p.population IS NOT NULL THEN '>=500k'
        ELSE 'unknown'
    END AS size_class
FROM seat o
LEFT JOIN people p ON p.key = o.region_key AND (
    o.is_named = 0 OR NOT EXISTS (
        SELECT 1 FROM seat other
        WHERE other.set_id = o.set_id AND other.key <> o.key AND (
            other.region_key = '00' OR substr(other.region_key, 1, length(o.region_key)) = o.region_key
            OR substr(o.region_key, 1, length(other.region_key)) = other.region_key
        )
    )
);
CREATE INDEX member_authority ON member (set_id, authority_id);
CREATE INDEX member_of_authority ON member (authority_id);

-- A town alone in its district, or in its state, is that, too. By set, who is no member but the same as one (the highest).
CREATE TABLE alone AS
SELECT a.key AS area, min(t.key) AS town
FROM place a JOIN place t ON t.kind = 'municipality' AND t.is_office AND substr(t.key, 1, length(a.key)) = a.key
WHERE a.kind IN ('state', 'district')
GROUP BY a.key
HAVING count(*) = 1;

CREATE TABLE body AS
SELECT area, p.key, p.authority_id
FROM alone JOIN place p ON p.is_office AND p.key IN (area, town, substr(town, 1, 5));

CREATE TABLE twin AS
SELECT m.set_id, other.authority_id AS speaker, m.authority_id AS member, min(length(m.key)) AS height
FROM member m JOIN body mine ON mine.authority_id = m.authority_id JOIN body other ON other.area = mine.area
WHERE NOT EXISTS (SELECT 1 FROM member o WHERE o.set_id = m.set_id AND o.authority_id = other.authority_id)
GROUP BY m.set_id, other.authority_id;
CREATE INDEX twin_speaker ON twin (set_id, speaker);

-- What a new region was made of: who stood before is not new.
CREATE TABLE made_of AS
SELECT s.effective_on, old.id AS old, new.id AS new
FROM succession s
JOIN asked ON s.effective_on <= as_of AND s.recorded_at <= known_at
    AND (s.superseded_at IS NULL OR s.superseded_at > known_at)
JOIN authority old ON old.region_id = s.predecessor_id AND old.key IS NULL
JOIN authority new ON new.region_id = s.successor_id AND new.key IS NULL
WHERE s.effective_on = (SELECT min(v.valid_from) FROM known_version v WHERE v.region_id = s.successor_id);
