using Microsoft.EntityFrameworkCore.Migrations;
using Microsoft.EntityFrameworkCore.Storage;

namespace Deployment.Providers.EntityFrameworkCore.Running;

/// <summary>A transaction with EF Core's lock of migrations. On some databases (PostgreSQL) the lock is the transaction's, on others the connection's or a row's.</summary>
internal sealed class EfLock : IAsyncDisposable
{
    private readonly IMigrationsDatabaseLock _lock;
    private readonly IDbContextTransaction _transaction;

    private EfLock(IMigrationsDatabaseLock taken, IDbContextTransaction transaction)
    {
        _lock = taken;
        _transaction = transaction;
    }

    /// <exception cref="DeploymentException">Another migrator has it for too long.</exception>
    internal static async Task<EfLock> TakeAsync(EfSession session, EfMigratorOptions options, TimeProvider time, CancellationToken cancellationToken)
    {
        using var patience = new CancellationTokenSource(options.MigratorPatience, time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(patience.Token, cancellationToken);
        bool isTransactions = session.History.LockReleaseBehavior == LockReleaseBehavior.Transaction;
        bool isExplicit = session.History.LockReleaseBehavior == LockReleaseBehavior.Explicit;
        IMigrationsDatabaseLock? taken = null;
        IDbContextTransaction? transaction = null;
        try
        {
            // It locks the table of the history, so that must be there.
            await session.History.CreateIfNotExistsAsync(either.Token).ConfigureAwait(false);
            taken = isTransactions ? null : await session.History.AcquireDatabaseLockAsync(either.Token).ConfigureAwait(false);
            transaction = await session.Connection.BeginTransactionAsync(either.Token).ConfigureAwait(false);
            taken ??= await session.History.AcquireDatabaseLockAsync(either.Token).ConfigureAwait(false);
            return new EfLock(taken, transaction);
        }
        catch (Exception error)
        {
            await EndAsync(taken, transaction).ConfigureAwait(false);
            if (error is OperationCanceledException && patience.IsCancellationRequested && !cancellationToken.IsCancellationRequested)
            {
                throw new DeploymentException($"Another migrator has been at work on {options.Name} for longer than {options.MigratorPatience}. Wait until it has ended, or end its session; then resume.{(isExplicit ? " One that died has left its lock behind: take that away as EF Core's documentation says." : "")}", error);
            }

            throw;
        }
    }

    /// <summary>Not to be cancelled: a commit that was sent happens, whoever waits for it.</summary>
    internal Task CommitAsync() => _transaction.CommitAsync(CancellationToken.None);

    public ValueTask DisposeAsync() => EndAsync(_lock, _transaction);

    /// <summary>The lock of a transaction ends with it, and rolling back what was committed does nothing.</summary>
    private static async ValueTask EndAsync(IMigrationsDatabaseLock? taken, IDbContextTransaction? transaction)
    {
        if (transaction is not null)
        {
            await transaction.DisposeAsync().ConfigureAwait(false);
        }

        if (taken is not null)
        {
            await taken.DisposeAsync().ConfigureAwait(false);
        }
    }
}
