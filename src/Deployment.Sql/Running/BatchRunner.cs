using System.Data.Common;
using System.Globalization;
using Deployment.Migrations;
using Deployment.Targets;

namespace Deployment.Sql.Running;

/// <summary>
/// Fills a table range by range. Each range and how far it came are one transaction, so a process that comes after a dead one goes on after the last
/// range that was committed: no row is left out, and none is done twice.
/// </summary>
internal sealed class BatchRunner(SqlBatchDialect dialect, SqlMigratorOptions options, SqlRunner runner, BatchLedger ledger)
{
    private readonly BatchThrottle _throttle = new(dialect, options);

    /// <param name="own">The lock of migrators.</param>
    /// <param name="migration">The backfill.</param>
    /// <param name="record">Records that all was done, in the transaction of the last word.</param>
    /// <param name="happened">Whether that is recorded, asked on a new connection.</param>
    /// <param name="context">The effect.</param>
    /// <param name="cancellationToken">Cancels; the next attempt goes on.</param>
    internal async Task RunAsync(MigratorLock own, Migration migration, Func<DbTransaction, Task> record, Func<DbConnection, Task<bool>> happened, EffectContext context, CancellationToken cancellationToken)
    {
        await ledger.CreateAsync(own.Connection, cancellationToken).ConfigureAwait(false);
        if (await BeginAsync(own.Connection, migration, context, cancellationToken).ConfigureAwait(false) is { } progress)
        {
            await FillAsync(own, migration, progress, context, cancellationToken).ConfigureAwait(false);
        }

        await runner.InTransactionAsync(
            own,
            migration.Id,
            async transaction =>
            {
                await ledger.EndAsync(own.Connection, transaction, migration.Id, cancellationToken).ConfigureAwait(false);
                await record(transaction).ConfigureAwait(false);
            },
            happened,
            context,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Whether one was begun and not ended: some of its rows are filled.</summary>
    internal async Task<bool> HasBegunAsync(DbConnection connection, string id, CancellationToken cancellationToken)
    {
        await ledger.CreateAsync(connection, cancellationToken).ConfigureAwait(false);
        return await ledger.FindAsync(connection, id, cancellationToken).ConfigureAwait(false) is not null;
    }

    /// <summary>Takes back that one was begun.</summary>
    internal Task ForgetAsync(DbConnection connection, DbTransaction? transaction, string id, CancellationToken cancellationToken) => ledger.EndAsync(connection, transaction, id, cancellationToken);

    /// <summary>Null where there is nothing to fill.</summary>
    private async Task<BatchProgress?> BeginAsync(DbConnection connection, Migration migration, EffectContext context, CancellationToken cancellationToken)
    {
        MigrationBatches batches = migration.Batches!;
        BatchProgress? begun = await ledger.FindAsync(connection, migration.Id, cancellationToken).ConfigureAwait(false);
        if (begun is not null && begun.Run != context.RunId)
        {
            context.Report($"{migration.Id} was filled up to the key {begun.Last ?? "none"} by run {begun.Run}, which gave it up. It begins anew: what that run filled may have been taken back, or written over, since.");
            await ledger.EndAsync(connection, null, migration.Id, cancellationToken).ConfigureAwait(false);
            begun = null;
        }

        if (begun is not null)
        {
            return begun.Checksum == migration.Checksum
                ? begun
                : throw new DeploymentException($"{migration.Id} has filled {begun.Rows} rows, up to the key {begun.Last}, and was changed since. Put back what it was, with the checksum {begun.Checksum[..12]}, and let it end; or take its row out of {options.HistoryTable}_progress, and it begins anew.");
        }

        if (await dialect.LastKeyAsync(connection, batches, cancellationToken).ConfigureAwait(false) is not { } until)
        {
            return null;
        }

        List<object?[]> estimate = await SqlCommands.ReadAsync(connection, null, dialect.EstimateRows, options.StatementTimeout, cancellationToken, ("table", batches.Table)).ConfigureAwait(false);
        var progress = new BatchProgress(migration.Checksum, null, until, 0, Convert.ToInt64(estimate[0][0], CultureInfo.InvariantCulture), context.RunId);
        await ledger.BeginAsync(connection, migration, progress, cancellationToken).ConfigureAwait(false);
        return progress;
    }

    private async Task FillAsync(MigratorLock own, Migration migration, BatchProgress progress, EffectContext context, CancellationToken cancellationToken)
    {
        var meter = new BatchMeter(migration.Id, progress, context);
        while (true)
        {
            await _throttle.WaitAsync(own.Connection, migration.Id, context, cancellationToken).ConfigureAwait(false);
            BatchProgress? next = null;
            await runner.InTransactionAsync(
                own,
                migration.Id,
                async transaction => next = await OneAsync(own.Connection, transaction, migration, progress, cancellationToken).ConfigureAwait(false),
                async other => next is null || (await ledger.FindAsync(other, migration.Id, CancellationToken.None).ConfigureAwait(false))?.Last == next.Last,
                context,
                cancellationToken).ConfigureAwait(false);
            if (next is null)
            {
                return;
            }

            progress = next;
            meter.Show(progress);
            if (options.BatchPause > TimeSpan.Zero)
            {
                await Task.Delay(options.BatchPause, context.TimeProvider, cancellationToken).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Fills the next range; null where there is none any more.</summary>
    private async Task<BatchProgress?> OneAsync(DbConnection connection, DbTransaction transaction, Migration migration, BatchProgress progress, CancellationToken cancellationToken)
    {
        if (await dialect.NextRangeAsync(connection, transaction, migration.Batches!, progress.Last, progress.Until, cancellationToken).ConfigureAwait(false) is not var (first, last))
        {
            return null;
        }

        int changed = await runner.ChangeAsync(connection, transaction, $"{migration.Id}, keys {first} to {last}", migration.Script, command => dialect.AddRange(command, first, last), cancellationToken).ConfigureAwait(false);
        BatchProgress next = progress with { Last = last, Rows = progress.Rows + Math.Max(0, changed) };
        await ledger.AdvanceAsync(connection, transaction, migration.Id, last, next.Rows, cancellationToken).ConfigureAwait(false);
        return next;
    }
}
