using System.Data.Common;

namespace Deployment.Sql.Running;

/// <summary>A connection that holds the lock of migrators: what is done on it is done by one migrator at a time, and ends with the lock.</summary>
internal sealed class MigratorLock : IAsyncDisposable
{
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);
    private readonly SqlDialect _dialect;
    private readonly string _name;

    private MigratorLock(SqlDialect dialect, string name, DbConnection connection)
    {
        _dialect = dialect;
        _name = name;
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
            while (await dialect.TryLockAsync(connection, options.HistoryTable, cancellationToken).ConfigureAwait(false) is { } holder)
            {
                if (time.GetElapsedTime(begin) > options.MigratorPatience)
                {
                    throw new DeploymentException($"Another migrator has been at work on {options.Name} for longer than {options.MigratorPatience}: {holder}. Wait until it has ended, or end that session; then resume.");
                }

                await Task.Delay(Interval, time, cancellationToken).ConfigureAwait(false);
            }

            return new MigratorLock(dialect, options.HistoryTable, connection);
        }
        catch
        {
            await connection.DisposeAsync().ConfigureAwait(false);
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        try
        {
            // Where the connection goes back to a pool it would keep the lock.
            await _dialect.UnlockAsync(Connection, _name, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception)
        {
            // A connection that is broken has lost it already.
            await Connection.CloseAsync().ConfigureAwait(false);
        }
        finally
        {
            await Connection.DisposeAsync().ConfigureAwait(false);
        }
    }
}
