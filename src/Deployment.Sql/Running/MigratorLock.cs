using System.Data.Common;

namespace Deployment.Sql.Running;

/// <summary>A connection that holds the lock of migrators: what is done on it is done by one migrator at a time, and ends with the lock.</summary>
internal sealed class MigratorLock : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly SqlDialect _dialect;
    private readonly string _name;
    private readonly IReadOnlyDictionary<string, string> _session;
    private bool _isReleased;

    private MigratorLock(SqlDialect dialect, string name, DbConnection connection, IReadOnlyDictionary<string, string> session)
    {
        _dialect = dialect;
        _name = name;
        _session = session;
        Connection = connection;
    }

    internal DbConnection Connection { get; }

    /// <exception cref="DeploymentException">Another migrator has it for too long; the message says which.</exception>
    internal static async Task<MigratorLock> TakeAsync(SqlDialect dialect, DbDataSource dataSource, SqlMigratorOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        if (await dialect.RefusesLocksAsync(dataSource, cancellationToken).ConfigureAwait(false) is { } refusal)
        {
            throw new DeploymentException(refusal);
        }

        long begin = time.GetTimestamp();
        DbConnection connection = await dataSource.OpenConnectionAsync(cancellationToken).ConfigureAwait(false);
        try
        {
            IReadOnlyDictionary<string, string> session = await dialect.SessionAsync(connection, cancellationToken).ConfigureAwait(false);
            while (await dialect.TryLockAsync(connection, options.HistoryTable, cancellationToken).ConfigureAwait(false) is { } holder)
            {
                if (time.GetElapsedTime(begin) > options.MigratorPatience)
                {
                    throw new DeploymentException($"Another migrator has been at work on {options.Name} for longer than {options.MigratorPatience}: {holder}. Wait until it has ended, or end that session; then resume.");
                }

                await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
            }

            return new MigratorLock(dialect, options.HistoryTable, connection, session);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    /// <summary>Whether a pooler lends sessions on is not always seen beforehand, so each transaction asks whether the lock is its own.</summary>
    /// <param name="transaction">The transaction that is to change something; null where there is none.</param>
    /// <param name="what">What is about to be done, in messages.</param>
    /// <param name="cancellationToken">Cancels.</param>
    /// <exception cref="DeploymentException">It is not.</exception>
    internal async Task EnsureHeldAsync(DbTransaction? transaction, string what, CancellationToken cancellationToken)
    {
        if (!await _dialect.HoldsLockAsync(Connection, transaction, _name, cancellationToken).ConfigureAwait(false))
        {
            throw Lost(what);
        }
    }

    /// <summary>Sets the session back for what the migrator itself writes: for the rest of a transaction, or for good.</summary>
    internal Task RestoreAsync(DbTransaction? transaction, CancellationToken cancellationToken) => _dialect.RestoreSessionAsync(Connection, transaction, _session, cancellationToken);

    /// <summary>Gives it back after work that went well.</summary>
    /// <exception cref="DeploymentException">It was not held any more, so another migrator may have been at work beside this one.</exception>
    internal async Task ReleaseAsync(string what)
    {
        bool wasOpen = Connection.State == System.Data.ConnectionState.Open;
        if (await GiveBackAsync().ConfigureAwait(false) == false && wasOpen)
        {
            throw Lost(what);
        }
    }

    public async ValueTask DisposeAsync()
    {
        await GiveBackAsync().ConfigureAwait(false);
        await Connection.DisposeAsync().ConfigureAwait(false);
    }

    private static DeploymentException Lost(string what) => new($"{what}: this connection has not got the lock of migrators, which it took. Either the script gave it away, or a pooler of transactions stands before the database; then another migrator may be at work beside this one. Give the migrator an address that reaches the database itself, or a pool of sessions, and look whether two have been at work.");

    /// <summary>Null where nobody can tell whether it was held: a connection that is broken has lost it.</summary>
    private async Task<bool?> GiveBackAsync()
    {
        if (_isReleased)
        {
            return null;
        }

        _isReleased = true;
        // Where the connection goes back to a pool it would keep both.
        bool isRestored = await TriedAsync(() => RestoreAsync(null, CancellationToken.None)).ConfigureAwait(false);
        bool? wasHeld = null;
        if (!await TriedAsync(async () => wasHeld = await _dialect.UnlockAsync(Connection, _name, CancellationToken.None).ConfigureAwait(false)).ConfigureAwait(false) || !isRestored)
        {
            await Connection.CloseAsync().ConfigureAwait(false);
        }

        return wasHeld;
    }

    private static async Task<bool> TriedAsync(Func<Task> work)
    {
        try
        {
            await work().ConfigureAwait(false);
            return true;
        }
        catch (Exception)
        {
            return false;
        }
    }
}
