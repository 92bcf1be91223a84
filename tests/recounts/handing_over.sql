-- On one day regions were made anew (:day). One that says nothing itself takes over what all before it said alike,
-- with the weakest proof and the earliest confirmation.

INSERT INTO word
SELECT
    w.entry, m.new, 'own', 0, min(w.status), min(w.confirmed_on),
    CASE WHEN count(w.proof_until) = count(*) THEN min(w.proof_until) END, min(w.is_confirmed), NULL
FROM made_of m JOIN word w ON w.authority_id = m.old AND w.scope = 'own' AND w.is_claim = 0
WHERE m.effective_on = :day AND NOT EXISTS (
    SELECT 1 FROM word own
    WHERE own.authority_id = m.new AND own.scope = 'own' AND own.is_claim = 0 AND own.entry = w.entry
)
GROUP BY w.entry, m.new
HAVING count(*) = (SELECT count(*) FROM made_of all_of WHERE all_of.new = m.new) AND min(w.status) = max(w.status)
