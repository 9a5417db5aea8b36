using System.Data.Common;
using Deployment.Providers.PostgreSql.Scratch;
using Deployment.Targets;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Backups;

/// <summary>One backup of a database at a time; the server frees it when its holder dies, so that who has it knows that nobody uses what others left.</summary>
internal sealed class BackupLock : IAsyncDisposable
{
    private const string Lock = "SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended('deployment/backup', 0))";
    private const string Unlock = "SELECT pg_catalog.pg_advisory_unlock(pg_catalog.hashtextextended('deployment/backup', 0))";
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(200);
    private readonly NpgsqlConnection _server;

    private BackupLock(NpgsqlConnection server) => _server = server;

    internal static async Task<BackupLock> TakeAsync(NpgsqlConnection server, EffectContext context, CancellationToken cancellationToken)
    {
        long begin = context.TimeProvider.GetTimestamp();
        while (!await PgSession.AskAsync<bool>(server, Lock, cancellationToken).ConfigureAwait(false))
        {
            if (context.TimeProvider.GetElapsedTime(begin) > Patience)
            {
                throw new DeploymentException($"Another backup of this database has been at work for longer than {Patience}. Wait until it has ended, or end its session; then try again.");
            }

            await Task.Delay(Interval, context.TimeProvider, cancellationToken).ConfigureAwait(false);
        }

        return new BackupLock(server);
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            await PgSession.RunAsync(_server, Unlock, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DbException or InvalidOperationException or ObjectDisposedException)
        {
            // A connection that is broken has lost it already.
        }
    }
}
