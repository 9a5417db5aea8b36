using System.Data.Common;
using Deployment.Targets;

namespace Deployment.Sql.Running;

/// <summary>Tries work again while its locks can't be had, at growing intervals with jitter.</summary>
internal sealed class LockRetry(SqlDialect dialect, SqlMigratorOptions options, Random random)
{
    private static readonly TimeSpan FirstDelay = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestDelay = TimeSpan.FromSeconds(10);

    /// <summary>Counts what is waited, not what attempts do besides.</summary>
    internal async Task RunAsync(string what, Func<Task> work, EffectContext context, CancellationToken cancellationToken)
    {
        TimeSpan waited = TimeSpan.Zero;
        TimeSpan delay = FirstDelay;
        while (true)
        {
            long begin = context.TimeProvider.GetTimestamp();
            try
            {
                await work().ConfigureAwait(false);
                return;
            }
            catch (DbException error) when (dialect.IsLockTimeout(error))
            {
                TimeSpan attempt = context.TimeProvider.GetElapsedTime(begin);
                waited += attempt < options.LockTimeout ? attempt : options.LockTimeout;
                if (waited > options.LockPatience)
                {
                    throw new DeploymentException($"{what} could not have its locks for {options.LockPatience}: {error.Message}. Find the session that holds them, or raise LockPatience; then resume.", error);
                }

                context.Report($"{what} could not have its locks within {options.LockTimeout}, so that nobody queues behind it; it is tried again.");
            }

            begin = context.TimeProvider.GetTimestamp();
            await Task.Delay(Jittered(delay), context.TimeProvider, cancellationToken).ConfigureAwait(false);
            waited += context.TimeProvider.GetElapsedTime(begin);
            delay = delay * 2 < LongestDelay ? delay * 2 : LongestDelay;
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
