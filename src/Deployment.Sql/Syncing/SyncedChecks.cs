using Deployment.Sql.Tokens;

namespace Deployment.Sql.Syncing;

/// <summary>What scripts make sure of before they go on; they run in a transaction, so that what is refused has changed nothing.</summary>
internal sealed class SyncedChecks(SyncedNames names)
{
    private readonly SyncedChange _change = names.Change;

    /// <summary>The condition of a row that is in step on neither way.</summary>
    internal string Apart =>
        $"ROW({names.Old})::record *<> ROW({BackTyped})::record AND ROW({string.Join(", ", names.News)})::record *<> ROW({string.Join(", ", ForwardsTyped)})::record";

    private string BackTyped => $"({_change.Back})::{_change.Old.Type}";

    private IEnumerable<string> ForwardsTyped => _change.Parts.Select(part => $"({part.Forward})::{part.Column.Type}");

    private string TableText => SyncedNames.Literal(names.Table);

    private string Shown { get; } = SyncedNames.Literal(SqlChars.Printable($"{names.Old} of {names.Table}"));

    /// <summary>Has PostgreSQL look at the assignments as the trigger and the backfill make them; no row is touched.</summary>
    internal IEnumerable<string> Assignable =>
    [
        .. names.News.Zip(_change.Parts).Select(pair => $"EXPLAIN UPDATE {names.Table} SET {pair.First} = ({pair.Second.Forward}) WHERE false;"),
        $"EXPLAIN UPDATE {names.Table} SET {names.Old} = ({_change.Back}) WHERE false;",
    ];

    /// <summary>Refuses columns that a trigger can't keep, and expressions that mean nothing where the trigger reads them.</summary>
    internal string Usable => $"""
        DO $synced$
        DECLARE
            synced_path text := current_setting('search_path');
        BEGIN
            IF EXISTS (SELECT FROM pg_attribute WHERE attrelid = {TableText}::regclass AND attname = {SyncedNames.Unquoted(names.Old)} AND (attgenerated <> '' OR attidentity <> '')) THEN
                RAISE EXCEPTION '%', {Shown} || ' is generated or an identity: no trigger may write it. Add the new column beside it, generated in the same way, and drop the old one in a contract.';
            END IF;
            IF EXISTS (SELECT FROM pg_partition_tree({TableText}::regclass) t JOIN pg_partitioned_table p ON p.partrelid = t.relid JOIN pg_attribute a ON a.attrelid = p.partrelid AND a.attnum = ANY (p.partattrs::smallint[]) WHERE a.attname = {SyncedNames.Unquoted(names.Old)}) THEN
                RAISE EXCEPTION '%', {Shown} || ' says in which partition a row is: a trigger can''t move it to another one. Make a table that is partitioned by the new column.';
            END IF;
            IF EXISTS (SELECT FROM pg_trigger WHERE tgrelid = {TableText}::regclass AND tgname LIKE {SyncedNames.Literal(SyncedNames.Prefix.Replace("_", @"\_", StringComparison.Ordinal) + "%")} AND ({string.Join(" OR ", names.Columns.Select(Takes))})) THEN
                RAISE EXCEPTION '%', {Shown} || ' or a new column is kept in step by another change. Let that one come to its contract first.';
            END IF;
            PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);
            PERFORM {string.Join(", ", ForwardsTyped)} FROM (SELECT {names.Old} FROM {names.Table}) AS synced LIMIT 0;
            PERFORM {BackTyped} FROM (SELECT {string.Join(", ", names.News)} FROM {names.Table}) AS synced LIMIT 0;
            PERFORM set_config('search_path', synced_path, true);
        END $synced$;
        """;

    /// <summary>Refuses to drop the old column while a row is not in step: one that no trigger saw, or that no backfill filled. It reads beside running writers.</summary>
    internal string InStep => $"""
        DO $synced$
        DECLARE
            synced_path text := current_setting('search_path');
            synced_apart bigint;
            synced_key text;
        BEGIN
            PERFORM set_config('search_path', 'pg_catalog, pg_temp', true);
            SELECT count(*) INTO synced_apart FROM {names.Table} WHERE {Apart};
            IF synced_apart > 0 THEN
                SELECT {names.Key}::text INTO synced_key FROM {names.Table} WHERE {Apart} LIMIT 1;
                RAISE EXCEPTION '%', format('%s rows have {Plain(names.Old)} and the new columns not in step, such as the one with the key %s: they were not filled, or were written while triggers were off. Bring them in step, and resume.', synced_apart, synced_key);
            END IF;
            PERFORM set_config('search_path', synced_path, true);
        END $synced$;
        """;

    /// <summary>A trigger's arguments are bytes that end with a zero each.</summary>
    private static string Takes(string literal) => $@"position('\x00'::bytea || convert_to({literal}, getdatabaseencoding()) || '\x00'::bytea IN '\x00'::bytea || tgargs) > 0";

    /// <summary>A name within a string that format reads.</summary>
    private static string Plain(string name) => SqlChars.Printable(name).Replace("\\", @"\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal).Replace("%", "%%", StringComparison.Ordinal);
}
