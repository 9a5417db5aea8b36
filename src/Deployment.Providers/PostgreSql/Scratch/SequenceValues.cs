using Npgsql;

namespace Deployment.Providers.PostgreSql.Scratch;

/// <summary>How far sequences have come. No snapshot holds them: others go on with them meanwhile, so a copy has a value between those from before and after.</summary>
internal static class SequenceValues
{
    private const string Sql = """
        SELECT format('%I.%I', n.nspname, c.relname), coalesce(pg_catalog.pg_sequence_last_value(c.oid), s.seqstart - s.seqincrement)
        FROM pg_catalog.pg_sequence s JOIN pg_catalog.pg_class c ON c.oid = s.seqrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
        WHERE NOT s.seqcycle AND n.nspname !~ '^pg_'
          AND NOT EXISTS (SELECT FROM pg_catalog.pg_depend d WHERE d.classid = 'pg_catalog.pg_class'::regclass AND d.objid = c.oid AND d.deptype = 'e')
        """;

    internal static async Task<IReadOnlyDictionary<string, long>> OfAsync(NpgsqlConnection connection, CancellationToken cancellationToken) =>
        (await PgSession.ReadAsync(connection, Sql, row => (row.GetString(0), row.GetInt64(1)), cancellationToken).ConfigureAwait(false)).ToDictionary(row => row.Item1, row => row.Item2, StringComparer.Ordinal);

    /// <summary>What can't be, a sentence each.</summary>
    internal static IReadOnlyList<string> Differences(IReadOnlyDictionary<string, long> before, IReadOnlyDictionary<string, long> after, IReadOnlyDictionary<string, long> copy) =>
        [.. from pair in before
            where after.ContainsKey(pair.Key)
            let least = Math.Min(pair.Value, after[pair.Key])
            let most = Math.Max(pair.Value, after[pair.Key])
            where !copy.TryGetValue(pair.Key, out long value) || value < least || value > most
            orderby pair.Key
            select $"the sequence {pair.Key}: {least} to {most}, then {(copy.TryGetValue(pair.Key, out long there) ? there : "missing")}"];
}
