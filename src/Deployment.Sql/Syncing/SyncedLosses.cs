using Deployment.Sql.Tokens;

namespace Deployment.Sql.Syncing;

/// <summary>
/// What PostgreSQL drops with a column without a word: indexes, constraints, statistics, a sequence that it owns, its default, its comment, rights to it. The
/// contract looks at what there is by then, and refuses where the new columns have nothing like it, unless somebody said that it may go.
/// </summary>
/// <param name="names">The change's names.</param>
/// <param name="mayGo">What may go: names of indexes, constraints and the like, and <c>default</c>, <c>not null</c>, <c>comment</c>, <c>rights</c>.</param>
internal sealed class SyncedLosses(SyncedNames names, IReadOnlyList<string> mayGo)
{
    private readonly SyncedChange _change = names.Change;

    private IEnumerable<SyncedColumn> Columns => _change.Parts.Select(part => part.Column).Prepend(_change.Old);

    private string Table => $"{SyncedNames.Literal(names.Table)}::regclass";

    private string Old => SyncedNames.Unquoted(names.Old);

    private string Both => string.Join(", ", names.Columns);

    private string MayGo => $"ARRAY[{string.Join(", ", mayGo.Select(SyncedNames.Literal))}]::text[]";

    private string Shown { get; } = SyncedNames.Literal(SqlChars.Printable($"{names.Old} of {names.Table}"));

    /// <summary>A default or a need that the contract gives to a new column is not lost; one that was declared of the old column alone somebody has thought of, and the undo gives it back.</summary>
    private IEnumerable<(string Name, string Condition)> OfColumn =>
    [
        .. Columns.Any(column => column.Default is not null) ? Array.Empty<(string, string)>() : [("default", "o.atthasdef AND NOT bool_or(n.atthasdef)")],
        .. Columns.Any(column => column.IsRequired)
            ? Array.Empty<(string, string)>()
            : [("not null", "o.attnotnull AND NOT bool_or(n.attnotnull OR EXISTS (SELECT FROM pg_constraint c WHERE c.conrelid = n.attrelid AND c.contype = 'c' AND n.attnum = ANY (c.conkey) AND pg_get_constraintdef(c.oid) LIKE '%IS NOT NULL%'))")],
        ("comment", "col_description(o.attrelid, o.attnum) IS NOT NULL AND NOT bool_or(col_description(n.attrelid, n.attnum) IS NOT NULL)"),
        ("rights", "o.attacl IS NOT NULL AND NOT bool_or(n.attacl IS NOT NULL)"),
    ];

    internal string Check => $"""
        -- What may go with the old column though the new ones have nothing like it stands in synced_may_go.
        DO $synced$
        DECLARE
            synced_may_go text[] := {MayGo};
            synced_going text;
        BEGIN
            WITH synced_columns AS (
                SELECT a.*, a.attname = {Old} AS is_old
                FROM (SELECT relid FROM pg_partition_tree({Table}) UNION SELECT {Table}) t JOIN pg_attribute a ON a.attrelid = t.relid
                WHERE a.attname IN ({Both}) AND NOT a.attisdropped
            ), synced_hanging AS (
                SELECT d.classid, d.objid, d.refobjid, bool_or(c.is_old) AS is_old
                FROM pg_depend d JOIN synced_columns c ON c.attrelid = d.refobjid AND c.attnum = d.refobjsubid
                WHERE d.refclassid = 'pg_class'::regclass AND d.deptype IN ('a', 'i') AND d.classid <> 'pg_attrdef'::regclass
                    AND NOT EXISTS (SELECT FROM pg_depend p WHERE p.classid = d.classid AND p.objid = d.objid AND p.deptype IN ('P', 'S'))
                GROUP BY d.classid, d.objid, d.refobjid
            ), synced_described AS (
                SELECT h.is_old, pg_describe_object(h.classid, h.objid, 0) AS what, coalesce(r.relname, c.conname, s.stxname, pg_describe_object(h.classid, h.objid, 0)) AS name,
                    ROW(h.classid, h.refobjid, r.relkind, r.relam, i.indisunique, i.indnkeyatts, i.indpred IS NULL, c.contype, c.confrelid, ARRAY(
                        SELECT o.refobjsubid FROM pg_depend o WHERE o.classid = h.classid AND o.objid = h.objid AND o.refclassid = 'pg_class'::regclass AND o.refobjid = h.refobjid AND o.refobjsubid > 0
                        EXCEPT SELECT attnum FROM synced_columns WHERE attrelid = h.refobjid ORDER BY 1))::text AS likeness
                FROM synced_hanging h
                LEFT JOIN pg_class r ON h.classid = 'pg_class'::regclass AND r.oid = h.objid LEFT JOIN pg_index i ON i.indexrelid = r.oid
                LEFT JOIN pg_constraint c ON h.classid = 'pg_constraint'::regclass AND c.oid = h.objid
                LEFT JOIN pg_statistic_ext s ON h.classid = 'pg_statistic_ext'::regclass AND s.oid = h.objid
                -- From PostgreSQL 18 on NOT NULL is a constraint like others; it is asked for below.
                WHERE (h.is_old OR i.indisvalid IS NOT false) AND c.contype IS DISTINCT FROM 'n'
            ), synced_lost AS (
                SELECT what FROM (SELECT what, likeness, row_number() OVER (PARTITION BY likeness ORDER BY what) AS number FROM synced_described WHERE is_old AND name <> ALL (synced_may_go)) o
                WHERE number > (SELECT count(*) FROM synced_described n WHERE NOT n.is_old AND n.likeness = o.likeness)
        {string.Concat(OfColumn.Select(of => $"        UNION ALL SELECT 'its {of.Name}' FROM synced_columns o, synced_columns n WHERE o.attrelid = {Table} AND n.attrelid = {Table} AND o.is_old AND NOT n.is_old AND '{of.Name}' <> ALL (synced_may_go)\n            GROUP BY o.attrelid, o.attnum, o.atthasdef, o.attnotnull, o.attacl HAVING {of.Condition}\n"))}    )
            SELECT string_agg(what, ', ' ORDER BY what) INTO synced_going FROM synced_lost;
            IF synced_going IS NOT NULL THEN
                RAISE EXCEPTION '%', 'With ' || {Shown} || ' would go, and the new columns have nothing like it: ' || synced_going || '. Make it for the new columns in a change that comes before, and resume; or say that it may go: by SyncedColumns.LettingGo, or by its name in synced_may_go.';
            END IF;
        END $synced$;
        """;
}
