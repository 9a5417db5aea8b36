using System.Data.Common;
using System.Globalization;
using Deployment.Targets;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Storage;

namespace Deployment.Providers.EntityFrameworkCore.Running;

/// <summary>Makes one change under EF Core's lock, together with its row in the history.</summary>
internal sealed class EfRunner(Func<DbContext> create, EfMigratorOptions options, Random random)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    /// <summary>Makes the change unless the history says that it was made; tries again while locks can't be had.</summary>
    internal Task RunAsync(EfChange change, EffectContext context, CancellationToken cancellationToken) =>
        WithLocksAsync(change, () => AttemptAsync(change, context, cancellationToken), context, cancellationToken);

    private async Task AttemptAsync(EfChange change, EffectContext context, CancellationToken cancellationToken)
    {
        await using EfSession session = await EfSession.OpenAsync(create, options, cancellationToken).ConfigureAwait(false);
        await using EfLock own = await EfLock.TakeAsync(session, options, context.TimeProvider, cancellationToken).ConfigureAwait(false);
        if (await session.HasAsync(change.Id, cancellationToken).ConfigureAwait(false) == change.Applies)
        {
            context.Report(change.Applies ? $"{change.Id} was applied already." : $"{options.Name} has no {change.Id}.");
            return;
        }

        // On PostgreSQL this also ends the snapshot of the question before, for which an index that is made beside running writers would wait.
        await LockTimeouts.LimitAsync(session, options.LockTimeout, cancellationToken).ConfigureAwait(false);
        if (change.IsWhole)
        {
            await RunAsync(session, change, 0, change.Commands.Count, cancellationToken).ConfigureAwait(false);
        }
        else
        {
            await AloneAsync(change, cancellationToken).ConfigureAwait(false);
        }

        await session.RecordAsync(change.Id, change.Applies, cancellationToken).ConfigureAwait(false);
        await CommitAsync(own, change, context).ConfigureAwait(false);
    }

    /// <summary>On a connection of its own: the other one has the lock until all is done, whatever is committed in between.</summary>
    private async Task AloneAsync(EfChange change, CancellationToken cancellationToken)
    {
        await using EfSession session = await EfSession.OpenAsync(create, options, cancellationToken).ConfigureAwait(false);
        int next = 0;
        while (next < change.Commands.Count)
        {
            int end = next + change.Commands.Skip(next).TakeWhile(command => command.InTransaction).Count();
            if (end > next)
            {
                await using IDbContextTransaction transaction = await session.Connection.BeginTransactionAsync(cancellationToken).ConfigureAwait(false);
                await LockTimeouts.LimitAsync(session, options.LockTimeout, cancellationToken).ConfigureAwait(false);
                await RunAsync(session, change, next, end, cancellationToken).ConfigureAwait(false);
                await transaction.CommitAsync(CancellationToken.None).ConfigureAwait(false);
            }
            else
            {
                await RunAsync(session, change, next, ++end, cancellationToken).ConfigureAwait(false);
            }

            next = end;
        }
    }

    private static async Task RunAsync(EfSession session, EfChange change, int first, int end, CancellationToken cancellationToken)
    {
        for (int i = first; i < end; i++)
        {
            try
            {
                await session.RunAsync(change.Commands[i].Sql, cancellationToken).ConfigureAwait(false);
            }
            catch (DbException error) when (!LockTimeouts.IsOne(error) || !(change.IsWhole || (first == 0 && change.Commands[0].InTransaction)))
            {
                throw new DeploymentException(string.Create(CultureInfo.InvariantCulture, $"{change.What}, command {i + 1} of {change.Commands.Count}: {error.Message}"), error);
            }
        }
    }

    /// <summary>When the connection is lost in the middle of a commit only the database knows whether it happened. A session that still commits has the lock: who has it after that one sees what it did.</summary>
    private async Task CommitAsync(EfLock own, EfChange change, EffectContext context)
    {
        try
        {
            await own.CommitAsync().ConfigureAwait(false);
        }
        catch (Exception lost) when (lost is DbException or IOException or InvalidOperationException)
        {
            if (await HappenedAsync(change, lost, context).ConfigureAwait(false) != change.Applies)
            {
                throw new DeploymentException($"{change.What} was not committed: {lost.Message}", lost);
            }
        }
    }

    private async Task<bool> HappenedAsync(EfChange change, Exception lost, EffectContext context)
    {
        try
        {
            await using EfSession session = await EfSession.OpenAsync(create, options, CancellationToken.None).ConfigureAwait(false);
            await using EfLock other = await EfLock.TakeAsync(session, options, context.TimeProvider, CancellationToken.None).ConfigureAwait(false);
            return await session.HasAsync(change.Id, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception error) when (error is DbException or DeploymentException or IOException or InvalidOperationException or RetryLimitExceededException)
        {
            throw new DeploymentException($"{change.What}: the connection was lost in the middle of the commit ({lost.Message}), and whether it happened can't be asked: {error.Message}", error);
        }
    }

    /// <summary>Counts what is waited, not what attempts do besides.</summary>
    private async Task WithLocksAsync(EfChange change, Func<Task> attempt, EffectContext context, CancellationToken cancellationToken)
    {
        TimeSpan waited = TimeSpan.Zero;
        for (TimeSpan delay = FirstDelay; ; delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay)
        {
            try
            {
                await attempt().ConfigureAwait(false);
                return;
            }
            catch (DbException error) when (LockTimeouts.IsOne(error))
            {
                waited += options.LockTimeout;
                if (waited > options.LockPatience)
                {
                    throw new DeploymentException($"{change.What} could not have its locks for {options.LockPatience}: {error.Message}. Find the session that holds them, or raise LockPatience; then resume.", error);
                }

                context.Report($"{change.What} could not have its locks within {options.LockTimeout}, so that nobody queues behind it; it is tried again.");
            }
            catch (Exception error) when (error is DbException or RetryLimitExceededException)
            {
                throw new DeploymentException($"{change.What}: {(error as RetryLimitExceededException)?.InnerException?.Message ?? error.Message}", error);
            }

            long begin = context.TimeProvider.GetTimestamp();
            await Task.Delay(Jittered(delay), context.TimeProvider, cancellationToken).ConfigureAwait(false);
            waited += context.TimeProvider.GetElapsedTime(begin);
        }
    }

    private TimeSpan Jittered(TimeSpan delay)
    {
        lock (random)
        {
            return delay * (0.5 + random.NextDouble());
        }
    }
}
