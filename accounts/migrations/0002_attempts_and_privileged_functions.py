"""What only the owner of the tables may do, as functions with checks of their own; and the table of the database cache.

Insert-only tables are closed to everybody but their owner, whose attempts the triggers refuse. The two erasing
functions run with the owner's rights: the application may call them, but they look for themselves whether an erasure
was asked for, whether its time is over and whether a legal hold stands against it.
"""

from django.db import migrations

# Counts of attempts to sign in, and codes that were used.
ATTEMPTS = """
CREATE TABLE accounts_attempts (
    cache_key varchar(255) NOT NULL PRIMARY KEY,
    value text NOT NULL,
    expires timestamp with time zone NOT NULL
);
CREATE INDEX accounts_attempts_expires ON accounts_attempts (expires);
"""

# May be called again by any later migration that adds an insert-only table.
CLOSE = """
CREATE FUNCTION painplan_close_insert_only() RETURNS void AS $$
DECLARE
    target record;
BEGIN
    FOR target IN
        SELECT DISTINCT c.oid::regclass AS name, g.grantee::regrole AS grantee
        FROM pg_trigger t
        JOIN pg_class c ON c.oid = t.tgrelid
        CROSS JOIN LATERAL aclexplode(c.relacl) g
        WHERE NOT t.tgisinternal AND c.relnamespace = 'public'::regnamespace
        AND (t.tgname LIKE 'pgtrigger\\_no\\_update\\_%' OR t.tgname LIKE 'pgtrigger\\_append\\_only\\_%')
        AND g.grantee <> c.relowner AND g.grantee <> 0
        AND g.privilege_type IN ('UPDATE', 'DELETE', 'TRUNCATE')
    LOOP
        EXECUTE format('REVOKE UPDATE, DELETE, TRUNCATE ON %s FROM %s', target.name, target.grantee);
    END LOOP;
END;
$$ LANGUAGE plpgsql;
"""

# Takes the salts of audit rows away: what is left of them is a digest that nobody can guess at.
UNSALT = """
CREATE FUNCTION painplan_unsalt(source_name text, keys text[], purge uuid) RETURNS void AS $$
BEGIN
    UPDATE accounts_auditsalt s SET salt = '', purge_id = purge
    FROM accounts_auditlink l
    WHERE l.id = s.link_id AND l.source = source_name AND l.row_key = ANY (keys) AND s.salt <> '';
END;
$$ LANGUAGE plpgsql;
"""

# Removes every row that leads to one of `ids` of `target`, however far away, with its history. Keys are checked at
# the end of the transaction, so that a row can go before those that point at it. Returns the counts by table.
REMOVE = """
CREATE FUNCTION painplan_remove_below(target regclass, ids uuid[], purge uuid, counts jsonb) RETURNS jsonb AS $$
DECLARE
    child record;
    history regclass;
    was text;
    keys text[];
    more text[];
    below uuid[];
BEGIN
    IF ids IS NULL OR cardinality(ids) = 0 THEN
        RETURN counts;
    END IF;
    FOR child IN
        SELECT k.conrelid::regclass AS name, c.relname AS plain, a.attname AS column_name,
               p.attname AS key_name, p.atttypid = 'uuid'::regtype AS has_uuid
        FROM pg_constraint k
        JOIN pg_class c ON c.oid = k.conrelid
        JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
        JOIN pg_index i ON i.indrelid = k.conrelid AND i.indisprimary
        JOIN pg_attribute p ON p.attrelid = k.conrelid AND p.attnum = i.indkey[0]
        WHERE k.contype = 'f' AND k.confrelid = target
        AND c.relname NOT IN ('accounts_erasure', 'accounts_auditpurge')
        ORDER BY c.relname, a.attname
    LOOP
        EXECUTE format('WITH gone AS (DELETE FROM %s WHERE %I = ANY ($1) RETURNING %I::text AS key)
                        SELECT coalesce(array_agg(key), ''{}'') FROM gone', child.name, child.column_name, child.key_name)
            INTO keys USING ids;
        counts := painplan_counted(counts, child.plain, cardinality(keys));
        PERFORM painplan_unsalt(child.plain, keys, purge);
        history := to_regclass(format('%I', child.plain || 'history'));
        IF history IS NOT NULL THEN
            -- The history of a table without a name of its own (which conditions somebody has) names no row.
            was := CASE WHEN EXISTS (SELECT 1 FROM pg_attribute WHERE attrelid = history AND attname = 'pgh_obj_id')
                   THEN 'pgh_obj_id::text' ELSE 'NULL::text' END;
            EXECUTE format('WITH gone AS (DELETE FROM %s WHERE %I = ANY ($1) OR ' || was || ' = ANY ($2)
                            RETURNING pgh_id::text AS key, ' || was || ' AS was)
                            SELECT coalesce(array_agg(key), ''{}''),
                                   coalesce(array_agg(DISTINCT was) FILTER (WHERE was IS NOT NULL), ''{}'') FROM gone',
                           history, child.column_name)
                INTO more, below USING ids, keys;
            counts := painplan_counted(counts, child.plain || 'history', cardinality(more));
            PERFORM painplan_unsalt(child.plain || 'history', more, purge);
            keys := keys || below::text[];
        END IF;
        IF child.has_uuid THEN
            counts := painplan_remove_below(child.name, keys::uuid[], purge, counts);
        END IF;
    END LOOP;
    RETURN counts;
END;
$$ LANGUAGE plpgsql;

CREATE FUNCTION painplan_counted(counts jsonb, name text, more integer) RETURNS jsonb AS $$
    SELECT CASE WHEN more = 0 THEN counts
           ELSE counts || jsonb_build_object(name, coalesce((counts ->> name)::integer, 0) + more) END;
$$ LANGUAGE sql IMMUTABLE;

CREATE FUNCTION painplan_let_pass(pass boolean) RETURNS void AS $$
BEGIN
    PERFORM set_config('pgtrigger.ignore', CASE WHEN pass THEN (
        SELECT array_agg(DISTINCT tgname)::text FROM pg_trigger WHERE NOT tgisinternal AND tgname LIKE 'pgtrigger\\_%'
    ) ELSE '{}' END, true);
END;
$$ LANGUAGE plpgsql;
"""

# A login is emptied only when nobody else is behind it: no other record, no work in a clinic.
CONTACT = """
CREATE FUNCTION painplan_login_of(patient uuid) RETURNS uuid AS $$
    SELECT p.user_id FROM accounts_patient p
    WHERE p.id = patient AND p.user_id IS NOT NULL
    AND NOT EXISTS (SELECT 1 FROM accounts_membership m WHERE m.user_id = p.user_id)
    AND NOT EXISTS (SELECT 1 FROM accounts_patient o LEFT JOIN accounts_erasure e ON e.patient_id = o.id
                    WHERE o.user_id = p.user_id AND o.id <> p.id AND e.id IS NULL);
$$ LANGUAGE sql STABLE;

CREATE FUNCTION painplan_erase_contact(erasure uuid, purge uuid, at timestamptz) RETURNS jsonb AS $$
DECLARE
    person uuid;
    login uuid;
    keys text[];
    child record;
    counts jsonb := '{}';
    number integer;
BEGIN
    SELECT e.patient_id INTO person FROM accounts_erasure e
    WHERE e.id = erasure AND e.contact_erased_at IS NULL FOR UPDATE;
    IF person IS NULL THEN
        RAISE EXCEPTION 'no erasure waits for this' USING ERRCODE = '23514', CONSTRAINT = 'erasure_contact_once';
    END IF;
    login := painplan_login_of(person);
    INSERT INTO accounts_auditpurge (id, erasure_id, what, at, rows) VALUES (purge, erasure, 'contact', at, '{}');
    PERFORM painplan_let_pass(true);
    UPDATE accounts_patient SET email = '', locked_at = at WHERE id = person;
    WITH changed AS (UPDATE accounts_patienthistory SET email = '' WHERE pgh_obj_id = person RETURNING pgh_id::text AS key)
        SELECT coalesce(array_agg(key), '{}') INTO keys FROM changed;
    counts := painplan_counted(counts, 'accounts_patienthistory', cardinality(keys));
    PERFORM painplan_unsalt('accounts_patienthistory', keys, purge);
    UPDATE accounts_invitation SET email = 'erased@erased.invalid' WHERE patient_id = person;
    WITH changed AS (UPDATE accounts_invitationhistory SET email = 'erased@erased.invalid' WHERE patient_id = person
                     RETURNING pgh_id::text AS key)
        SELECT coalesce(array_agg(key), '{}') INTO keys FROM changed;
    counts := painplan_counted(counts, 'accounts_invitationhistory', cardinality(keys));
    PERFORM painplan_unsalt('accounts_invitationhistory', keys, purge);
    IF login IS NOT NULL THEN
        UPDATE accounts_user SET email = login || '@erased.invalid', password = '!', is_active = false WHERE id = login;
        WITH changed AS (UPDATE accounts_userhistory SET email = login || '@erased.invalid' WHERE pgh_obj_id = login
                         RETURNING pgh_id::text AS key)
            SELECT coalesce(array_agg(key), '{}') INTO keys FROM changed;
        counts := painplan_counted(counts, 'accounts_userhistory', cardinality(keys));
        PERFORM painplan_unsalt('accounts_userhistory', keys, purge);
        FOR child IN
            SELECT k.conrelid::regclass AS name, a.attname AS column_name, c.relname AS plain
            FROM pg_constraint k
            JOIN pg_class c ON c.oid = k.conrelid
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = k.conkey[1]
            WHERE k.contype = 'f' AND k.confrelid = 'accounts_user'::regclass
            AND (c.relname LIKE 'account\\_%' OR c.relname LIKE 'mfa\\_%' OR c.relname LIKE 'usersessions\\_%')
        LOOP
            EXECUTE format('DELETE FROM %s WHERE %I = $1', child.name, child.column_name) USING login;
            GET DIAGNOSTICS number = ROW_COUNT;
            counts := painplan_counted(counts, child.plain, number);
        END LOOP;
    END IF;
    UPDATE accounts_erasure SET contact_erased_at = at WHERE id = erasure;
    UPDATE accounts_auditpurge SET rows = counts WHERE id = purge;
    PERFORM painplan_let_pass(false);
    RETURN counts;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;
"""

RECORD = """
CREATE FUNCTION painplan_purge_record(erasure uuid, purge uuid, at timestamptz) RETURNS jsonb AS $$
DECLARE
    person uuid;
    login uuid;
    keys text[];
    counts jsonb := '{}';
BEGIN
    SELECT e.patient_id INTO person FROM accounts_erasure e
    WHERE e.id = erasure AND e.purged_at IS NULL AND e.contact_erased_at IS NOT NULL FOR UPDATE;
    IF person IS NULL THEN
        RAISE EXCEPTION 'no erasure waits for this' USING ERRCODE = '23514', CONSTRAINT = 'erasure_record_once';
    END IF;
    IF (SELECT e.retention_until >= at::date OR at > now() + interval '5 minutes'
        FROM accounts_erasure e WHERE e.id = erasure) THEN
        RAISE EXCEPTION 'the record has to be kept' USING ERRCODE = '23514', CONSTRAINT = 'erasure_after_retention';
    END IF;
    IF EXISTS (SELECT 1 FROM accounts_legalhold h WHERE h.patient_id = person AND h.released_at IS NULL) THEN
        RAISE EXCEPTION 'a legal hold keeps the record' USING ERRCODE = '23514', CONSTRAINT = 'erasure_not_held';
    END IF;
    login := painplan_login_of(person);
    INSERT INTO accounts_auditpurge (id, erasure_id, what, at, rows) VALUES (purge, erasure, 'record', at, '{}');
    PERFORM painplan_let_pass(true);
    counts := painplan_remove_below('accounts_patient', ARRAY[person], purge, counts);
    UPDATE accounts_patient SET full_name = 'Erased', name_key = 'erased', birth_on = '1900-01-01', clinic_number = NULL,
        email = '', user_id = NULL, time_zone = 'UTC', consented_at = NULL WHERE id = person;
    WITH gone AS (DELETE FROM accounts_patienthistory WHERE pgh_obj_id = person RETURNING pgh_id::text AS key)
        SELECT coalesce(array_agg(key), '{}') INTO keys FROM gone;
    counts := painplan_counted(counts, 'accounts_patienthistory', cardinality(keys));
    PERFORM painplan_unsalt('accounts_patienthistory', keys, purge);
    IF login IS NOT NULL THEN
        UPDATE accounts_user SET full_name = 'Erased', last_login = NULL, time_zone = 'UTC' WHERE id = login;
        WITH gone AS (DELETE FROM accounts_userhistory WHERE pgh_obj_id = login RETURNING pgh_id::text AS key)
            SELECT coalesce(array_agg(key), '{}') INTO keys FROM gone;
        counts := painplan_counted(counts, 'accounts_userhistory', cardinality(keys));
        PERFORM painplan_unsalt('accounts_userhistory', keys, purge);
        DELETE FROM plans_notification WHERE recipient_id = login;
    END IF;
    UPDATE accounts_erasure SET purged_at = at WHERE id = erasure;
    UPDATE accounts_auditpurge SET rows = counts WHERE id = purge;
    PERFORM painplan_let_pass(false);
    RETURN counts;
END;
$$ LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp;
"""

# Only the two erasing functions are for the application; their parts are the owner's.
RIGHTS = """
REVOKE ALL ON FUNCTION painplan_close_insert_only(), painplan_unsalt(text, text[], uuid),
    painplan_remove_below(regclass, uuid[], uuid, jsonb), painplan_let_pass(boolean) FROM PUBLIC;
SELECT painplan_close_insert_only();
"""

UNDO = """
DROP FUNCTION painplan_purge_record(uuid, uuid, timestamptz);
DROP FUNCTION painplan_erase_contact(uuid, uuid, timestamptz);
DROP FUNCTION painplan_login_of(uuid);
DROP FUNCTION painplan_let_pass(boolean);
DROP FUNCTION painplan_remove_below(regclass, uuid[], uuid, jsonb);
DROP FUNCTION painplan_counted(jsonb, text, integer);
DROP FUNCTION painplan_unsalt(text, text[], uuid);
DROP FUNCTION painplan_close_insert_only();
DROP TABLE accounts_attempts;
"""


class Migration(migrations.Migration):
    dependencies = [("accounts", "0001_initial")]

    operations = [migrations.RunSQL([ATTEMPTS, CLOSE, UNSALT, REMOVE, CONTACT, RECORD, RIGHTS], UNDO)]
