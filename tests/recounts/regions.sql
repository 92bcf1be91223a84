-- What each published whole is counted as in a region (:key): a state by its eligible authorities, another region by
-- its own administration. A town alone in its district is the district, too.

WITH inside AS (
    SELECT key FROM place WHERE kind = 'municipality' AND is_office AND substr(key, 1, 5) = substr(:key, 1, 5)
), body AS (
    SELECT authority_id FROM place
    WHERE is_office AND (
        key = :key
        OR length(:key) > 2 AND (SELECT count(*) FROM inside) = 1
        AND key IN (substr(:key, 1, 5), (SELECT key FROM inside))
    )
), whole AS (
    SELECT id, CASE origin WHEN 'federal' THEN 'federal' WHEN 'own' THEN 'own' ELSE 'reused' END AS live_as
    FROM entry WHERE status = 'published' AND part_of IS NULL
), sums AS (
    SELECT
        w.id, w.live_as, sum(r.class <> 'excluded') AS eligible,
        sum(coalesce(r.status, '') = 'live') AS live, sum(r.class = 'own_solution') AS own_solution,
        sum(r.entitled) AS entitled, sum(r.class = 'in_progress') AS in_progress, sum(r.class = 'negative') AS negative,
        sum(r.class = 'ended') AS ended
    FROM whole w JOIN reading r ON r.entry = w.id AND r.state = :key
    GROUP BY w.id, w.live_as
), furthest AS (
    SELECT id, CASE
        WHEN eligible = 0 THEN 'excluded' WHEN entitled THEN 'entitled' WHEN in_progress THEN 'in_progress'
        WHEN negative THEN 'negative' WHEN ended THEN 'ended' ELSE 'unknown'
    END AS counted_as
    FROM sums WHERE live = 0 AND own_solution = 0
)
SELECT id, live_as, live = eligible FROM sums WHERE live > 0
UNION ALL
SELECT id, 'own', own_solution = eligible FROM sums WHERE own_solution > 0 AND NOT (live > 0 AND live_as = 'own')
UNION ALL
SELECT s.id, f.counted_as, CASE f.counted_as
    WHEN 'excluded' THEN 0 WHEN 'entitled' THEN s.entitled = s.eligible WHEN 'in_progress' THEN s.in_progress = s.eligible
    WHEN 'negative' THEN s.negative = s.eligible WHEN 'ended' THEN s.ended = s.eligible ELSE 1
END
FROM sums s JOIN furthest f ON f.id = s.id
UNION ALL
SELECT w.id, CASE
    WHEN r.class = 'counted' THEN w.live_as
    WHEN r.class = 'own_solution' THEN 'own'
    WHEN r.class = 'in_progress' THEN CASE WHEN r.entitled THEN 'entitled' ELSE 'in_progress' END
    ELSE r.class
END, 1
FROM whole w
JOIN reading r ON r.entry = w.id
JOIN body b ON b.authority_id = r.authority_id
WHERE length(:key) > 2
