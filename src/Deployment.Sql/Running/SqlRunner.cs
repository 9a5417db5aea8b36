using System.Data;
using System.Data.Common;
using Deployment.Sql.Statements;
using Deployment.Targets;

namespace Deployment.Sql.Running;

/// <summary>Runs one script, statement by statement, so that an error names its line.</summary>
internal sealed class SqlRunner(SqlDialect dialect, SqlMigratorOptions options, DbDataSource dataSource, Random random)
{
    private readonly LockRetry _locks = new(dialect, options, random);

    /// <summary>Runs a script and records that, in one transaction; tries again while locks can't be had.</summary>
    /// <param name="own">The lock of migrators.</param>
    /// <param name="what">What it is called in messages.</param>
    /// <param name="script">The script.</param>
    /// <param name="record">Writes or takes away the record.</param>
    /// <param name="happened">Whether the record is as it should be, asked on a new connection when nobody knows whether the commit happened.</param>
    /// <param name="context">The effect.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task RunInTransactionAsync(
        MigratorLock own, string what, string script, Func<DbTransaction, Task> record, Func<DbConnection, Task<bool>> happened, EffectContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<SqlStatement> statements = ScriptStatements.Of(what, script);
        await InTransactionAsync(
            own,
            what,
            async transaction =>
            {
                foreach (SqlStatement statement in statements)
                {
                    await RunAsync(own.Connection, transaction, what, statement, cancellationToken).ConfigureAwait(false);
                }

                // What the script has set for itself decides neither where its record goes, nor who writes it.
                await own.RestoreAsync(transaction, cancellationToken).ConfigureAwait(false);
                await own.EnsureHeldAsync(transaction, what, cancellationToken).ConfigureAwait(false);
                await record(transaction).ConfigureAwait(false);
            },
            happened,
            context,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Does work in one transaction, within the limits; tries again while locks can't be had.</summary>
    /// <param name="own">The lock of migrators.</param>
    /// <param name="what">What it is called in messages.</param>
    /// <param name="work">The work, done anew in each attempt.</param>
    /// <param name="happened">Whether it happened, asked on a new connection when nobody knows whether the commit did.</param>
    /// <param name="context">The effect.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal Task InTransactionAsync(
        MigratorLock own, string what, Func<DbTransaction, Task> work, Func<DbConnection, Task<bool>> happened, EffectContext context, CancellationToken cancellationToken) => _locks.RunAsync(
        what,
        async () =>
        {
            await using DbTransaction transaction = await own.Connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
            await own.EnsureHeldAsync(transaction, what, cancellationToken).ConfigureAwait(false);
            await dialect.LimitAsync(own.Connection, transaction, options.LockTimeout, options.StatementTimeout, cancellationToken).ConfigureAwait(false);
            await work(transaction).ConfigureAwait(false);
            await CommitAsync(own.Connection, transaction, what, happened, context).ConfigureAwait(false);
        },
        context,
        cancellationToken);

    /// <summary>Runs one statement with parameters; gives how many rows it changed.</summary>
    internal async Task<int> ChangeAsync(DbConnection connection, DbTransaction transaction, string what, string statement, Action<DbCommand> parameters, CancellationToken cancellationToken)
    {
        try
        {
            return await SqlCommands.ChangeAsync(connection, transaction, statement, options.StatementTimeout, parameters, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException error) when (!dialect.IsLockTimeout(error))
        {
            throw new DeploymentException($"{what}: {error.Message}", error);
        }
    }

    /// <summary>Runs a script that no transaction can hold, such as one that makes an index beside running writers.</summary>
    /// <param name="own">The lock of migrators.</param>
    /// <param name="what">What it is called in messages.</param>
    /// <param name="script">The script.</param>
    /// <param name="log">How far it came; null where that is not kept, so that each statement may have been done before.</param>
    /// <param name="context">The effect.</param>
    /// <param name="cancellationToken">Cancels.</param>
    internal async Task RunWithoutTransactionAsync(MigratorLock own, string what, string script, StatementLog? log, EffectContext context, CancellationToken cancellationToken)
    {
        IReadOnlyList<SqlStatement> statements = ScriptStatements.Alone(what, script);
        try
        {
            await SetAgainAsync(own, what, [.. statements.Take(log?.Done ?? 0)], cancellationToken).ConfigureAwait(false);
            for (int i = log?.Done ?? 0; i < statements.Count; i++)
            {
                await (ConcurrentIndex.MadeBy(statements[i]) is { } index
                    ? MakeIndexAsync(own, what, statements[i], index, log, i, context, cancellationToken)
                    : RunAloneAsync(own, what, statements[i], log, i, context, cancellationToken)).ConfigureAwait(false);
                await (log?.EndAsync(i) ?? Task.CompletedTask).ConfigureAwait(false);
            }
        }
        finally
        {
            await UnlimitAsync(own.Connection).ConfigureAwait(false);
        }
    }

    /// <summary>What the first statements of a script have set for their session is not so in the one that goes on with it.</summary>
    private async Task SetAgainAsync(MigratorLock own, string what, IReadOnlyList<SqlStatement> done, CancellationToken cancellationToken)
    {
        if (done.FirstOrDefault(SessionStatement.MakesTemporary) is { } temporary)
        {
            throw new DeploymentException($"{what}, line {temporary.Line}: what this makes ended with the session that made it, and the script stopped behind it. Undo what was done by hand, or write the script without temporary tables; then resume.");
        }

        foreach (SqlStatement statement in done.Where(SessionStatement.Sets))
        {
            await own.EnsureHeldAsync(null, what, cancellationToken).ConfigureAwait(false);
            await RunAsync(own.Connection, null, what, statement, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task RunAloneAsync(MigratorLock own, string what, SqlStatement statement, StatementLog? log, int number, EffectContext context, CancellationToken cancellationToken)
    {
        if (log?.MayBeDone(number) == true)
        {
            throw log.Unknown(number, statement.Line);
        }

        await _locks.RunAsync(
            what,
            async () =>
            {
                await own.EnsureHeldAsync(null, what, cancellationToken).ConfigureAwait(false);
                // What works beside running users waits for their transactions, as long as these take, and nobody queues behind it.
                await dialect.LimitAsync(own.Connection, null, SessionStatement.WorksBesideUsers(statement) ? TimeSpan.Zero : options.LockTimeout, options.StatementTimeout, cancellationToken).ConfigureAwait(false);
                await (log?.BeginAsync(number) ?? Task.CompletedTask).ConfigureAwait(false);
                try
                {
                    await RunAsync(own.Connection, null, what, statement, cancellationToken).ConfigureAwait(false);
                }
                catch (DbException) when (log is not null && MayCommit(statement))
                {
                    // It could not have a lock, and what it committed before that stays: to run it again would do that twice.
                    throw log.Unknown(number, statement.Line);
                }
                catch (Exception error) when (log is not null && IsRefused(own.Connection, statement, error))
                {
                    await log.TakeBackAsync(number).ConfigureAwait(false);
                    throw;
                }
            },
            context,
            cancellationToken).ConfigureAwait(false);
    }

    /// <summary>Makes an index beside running writers. Whether one that was begun before was done, the database knows.</summary>
    private Task MakeIndexAsync(MigratorLock own, string what, SqlStatement statement, string index, StatementLog? log, int number, EffectContext context, CancellationToken cancellationToken)
    {
        bool begun = log?.MayBeDone(number) ?? true;
        return _locks.RunAsync(
            what,
            async () =>
            {
                await own.EnsureHeldAsync(null, what, cancellationToken).ConfigureAwait(false);
                // It waits for the transactions of others, as long as these take, and nobody queues behind it.
                await dialect.LimitAsync(own.Connection, null, TimeSpan.Zero, options.StatementTimeout, cancellationToken).ConfigureAwait(false);
                bool? valid = await dialect.IndexIsValidAsync(own.Connection, index, cancellationToken).ConfigureAwait(false);
                if (!begun && valid is not null)
                {
                    throw new DeploymentException($"{what}, line {statement.Line}: an index {index} is there already{(valid == true ? "" : ", half made")}, and this script did not make it. Drop it, or give the new one another name.");
                }

                if (valid == true)
                {
                    context.Report($"{what}: the index {index} is there.");
                    return;
                }

                if (valid == false)
                {
                    context.Report($"{what}: the index {index} was left half made, and is dropped first.");
                    await SqlCommands.RunAsync(own.Connection, null, dialect.DropIndex(index), options.StatementTimeout, cancellationToken).ConfigureAwait(false);
                }

                await (log?.BeginAsync(number) ?? Task.CompletedTask).ConfigureAwait(false);
                begun = true;
                await RunAsync(own.Connection, null, what, statement, cancellationToken).ConfigureAwait(false);
            },
            context,
            cancellationToken);
    }

    /// <summary>Whether the database itself said that a statement was not done. What commits in the midst may have committed a part before.</summary>
    private static bool IsRefused(DbConnection connection, SqlStatement statement, Exception error) =>
        connection.State == ConnectionState.Open
        && !MayCommit(statement)
        && (error as DbException ?? error.InnerException as DbException) is { SqlState: not null };

    /// <summary>To drop an index can be done again, whatever was left of it; CALL, DO and all else that works beside running users can't.</summary>
    private static bool MayCommit(SqlStatement statement) =>
        statement.Tokens[0].Is("call") || statement.Tokens[0].Is("do") || (SessionStatement.WorksBesideUsers(statement) && !statement.Tokens[0].Is("drop"));

    private async Task RunAsync(DbConnection connection, DbTransaction? transaction, string what, SqlStatement statement, CancellationToken cancellationToken)
    {
        try
        {
            await SqlCommands.RunWrittenAsync(dialect, connection, transaction, statement.Text, options.StatementTimeout, cancellationToken).ConfigureAwait(false);
        }
        catch (DbException error) when (!dialect.IsLockTimeout(error))
        {
            throw new DeploymentException($"{what}, line {statement.Line}: {error.Message}", error);
        }
    }

    /// <summary>When the connection is lost in the middle of a commit only the database knows whether it happened.</summary>
    private async Task CommitAsync(DbConnection connection, DbTransaction transaction, string what, Func<DbConnection, Task<bool>> happened, EffectContext context)
    {
        try
        {
            // Not to be cancelled: a commit that was sent happens, whoever waits for it.
            await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DbException or IOException or InvalidOperationException)
        {
            if (!await (connection.State == ConnectionState.Open ? happened(connection) : AskElsewhereAsync(what, happened, error, context)).ConfigureAwait(false))
            {
                throw new DeploymentException($"{what} was not committed: {error.Message}", error);
            }
        }
    }

    /// <summary>The session that was lost may still be committing, and has the lock of migrators until it ends: who has the lock after it sees what it did.</summary>
    private async Task<bool> AskElsewhereAsync(string what, Func<DbConnection, Task<bool>> happened, Exception lost, EffectContext context)
    {
        try
        {
            await using MigratorLock other = await MigratorLock.TakeAsync(dialect, dataSource, options, context.TimeProvider, CancellationToken.None).ConfigureAwait(false);
            return await happened(other.Connection).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DbException or DeploymentException)
        {
            throw new DeploymentException($"{what}: the connection was lost in the middle of the commit ({lost.Message}), and whether it happened can't be asked: {error.Message}", error);
        }
    }

    private async Task UnlimitAsync(DbConnection connection)
    {
        try
        {
            await dialect.UnlimitAsync(connection, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DbException or IOException or InvalidOperationException)
        {
            // A connection that is broken has no limits any more.
        }
    }
}
