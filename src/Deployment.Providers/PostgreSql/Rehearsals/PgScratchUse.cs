using Deployment.Providers.PostgreSql.Scratch;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Rehearsals;

/// <summary>Says that a scratch name is in use, by a lock of a session: who dies has it no more. A lock is of one database, so all must ask in the same one, the maintenance database.</summary>
internal sealed class PgScratchUse : IAsyncDisposable
{
    private const string Key = "pg_catalog.hashtextextended('deployment/scratch/' || $1, 0)";
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _server;
    private readonly string _name;

    private PgScratchUse(NpgsqlDataSource source, NpgsqlConnection server, string name) => (_source, _server, _name) = (source, server, name);

    /// <exception cref="DeploymentException">Somebody else uses it.</exception>
    internal static async Task<PgScratchUse> TakeAsync(NpgsqlDataSource source, string name, CancellationToken cancellationToken)
    {
        NpgsqlConnection? server = null;
        try
        {
            server = await PgSession.OpenAsync(source, cancellationToken).ConfigureAwait(false);
            if (!await TryAsync(server, name, cancellationToken).ConfigureAwait(false))
            {
                throw new DeploymentException($"The database {name} is used by another rehearsal at this moment. Wait until that has ended, or let another name be used.");
            }

            return new PgScratchUse(source, server, name);
        }
        catch
        {
            if (server is not null)
            {
                await server.DisposeAsync().ConfigureAwait(false);
            }

            await source.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Drops what rehearsals for a database left behind when they died: those whose names nobody uses.</summary>
    internal async Task DropUnusedAsync(string owner, string database, string purpose, CancellationToken cancellationToken)
    {
        foreach (string name in (await ScratchDatabases.AllOfAsync(_server, owner, database, purpose, cancellationToken).ConfigureAwait(false)).Where(name => name != _name))
        {
            if (await TryAsync(_server, name, cancellationToken).ConfigureAwait(false))
            {
                await ScratchDatabases.DropAsync(_server, name, cancellationToken).ConfigureAwait(false);
                await PgSession.RunAsync(_server, $"SELECT pg_catalog.pg_advisory_unlock({Key})", cancellationToken, name).ConfigureAwait(false);
            }
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _server.DisposeAsync().ConfigureAwait(false);
        await _source.DisposeAsync().ConfigureAwait(false);
    }

    private static Task<bool> TryAsync(NpgsqlConnection server, string name, CancellationToken cancellationToken) =>
        PgSession.AskAsync<bool>(server, $"SELECT pg_catalog.pg_try_advisory_lock({Key})", cancellationToken, name);
}
