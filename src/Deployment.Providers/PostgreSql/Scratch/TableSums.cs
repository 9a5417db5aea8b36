using System.Globalization;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Scratch;

/// <summary>What the rows of each table add up to: their number, and a sum over the MD5 of each, whatever their order.</summary>
internal static class TableSums
{
    /// <summary>What belongs to an extension is made by it. Views have no rows of their own, and those of a materialised one may be older than what it is made from.</summary>
    private const string Tables = """
        SELECT format('%I.%I', n.nspname, c.relname) FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE c.relkind = 'r' AND n.nspname <> 'information_schema' AND n.nspname !~ '^pg_'
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        ORDER BY 1
        """;

    private const string LargeObjects = "SELECT count(*) FROM pg_catalog.pg_largeobject_metadata";

    internal static async Task<IReadOnlyDictionary<string, string>> OfAsync(NpgsqlConnection connection, IReadOnlyList<string> without, Action<string> report, CancellationToken cancellationToken)
    {
        IReadOnlyList<string> tables = await PgSession.ReadAsync(connection, Tables, row => row.GetString(0), cancellationToken).ConfigureAwait(false);
        var sums = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (string table in tables.Where(table => !without.Contains(table)))
        {
            report($"Adding up the rows of {table}.");
            // Two numbers of 60 bits each, so that no sum of them is too large for a numeric.
            string sql = $"""
                SELECT format('%s rows, %s-%s', count(*), coalesce(sum(('x' || substr(h, 1, 15))::bit(60)::bigint::numeric), 0), coalesce(sum(('x' || substr(h, 17, 15))::bit(60)::bigint::numeric), 0))
                FROM (SELECT md5((r.*)::text) AS h FROM ONLY {table} AS r) AS hashes
                """;
            sums[table] = await PgSession.AskAsync<string>(connection, sql, cancellationToken).ConfigureAwait(false) ?? "";
        }

        sums["large objects"] = (await PgSession.AskAsync<long>(connection, LargeObjects, cancellationToken).ConfigureAwait(false)).ToString(CultureInfo.InvariantCulture);
        return sums;
    }

    /// <summary>What differs, a sentence each.</summary>
    internal static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, string> source, IReadOnlyDictionary<string, string> other) =>
        [.. source.Keys.Union(other.Keys, StringComparer.Ordinal).Order(StringComparer.Ordinal)
            .Select(table => (Table: table, Before: source.GetValueOrDefault(table), After: other.GetValueOrDefault(table)))
            .Where(pair => pair.Before != pair.After)
            .Select(pair => $"{pair.Table}: {pair.Before ?? "missing"}, then {pair.After ?? "missing"}")];

    /// <summary>How many rows were added up.</summary>
    internal static long Rows(IReadOnlyDictionary<string, string> sums) =>
        sums.Values.Where(sum => sum.Contains(" rows", StringComparison.Ordinal)).Sum(sum => long.Parse(sum[..sum.IndexOf(' ', StringComparison.Ordinal)], CultureInfo.InvariantCulture));
}
