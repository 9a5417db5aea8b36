using System.Data.Common;

namespace Deployment.Providers.PostgreSql;

/// <summary>What decides, in a session, who writes and where a name leads. Scripts may set it for themselves.</summary>
internal static class PgSettings
{
    // In the order in which they are set: who somebody is decides which roles he may take, and ends the one that he has.
    private static readonly string[] Names = ["session_authorization", "role", "search_path"];

    internal static async Task<IReadOnlyDictionary<string, string>> ReadAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        object? values = await PgValue.OfAsync(connection, "SELECT array(SELECT pg_catalog.current_setting(n) FROM unnest(@names) WITH ORDINALITY AS u (n, i) ORDER BY i)", cancellationToken, ("names", Names)).ConfigureAwait(false);
        return Names.Zip((string[])values!).ToDictionary(pair => pair.First, pair => pair.Second, StringComparer.Ordinal);
    }

    internal static async Task RestoreAsync(DbConnection connection, DbTransaction? transaction, IReadOnlyDictionary<string, string> settings, CancellationToken cancellationToken)
    {
        IReadOnlyDictionary<string, string> now = await ReadAsync(connection, cancellationToken).ConfigureAwait(false);
        if (Names.All(name => now[name] == settings[name]))
        {
            return;
        }

        foreach (string name in Names)
        {
            await PgValue.OfAsync(connection, "SELECT pg_catalog.set_config(@name, @value, @local)", cancellationToken, ("name", name), ("value", settings[name]), ("local", transaction is not null)).ConfigureAwait(false);
        }
    }
}
