using System.Data.Common;
using System.Globalization;
using Deployment.Targets;

namespace Deployment.Sql.Running;

/// <summary>Lets a backfill wait while replicas are behind, or while the user's own query says so: users come first.</summary>
internal sealed class BatchThrottle(SqlBatchDialect dialect, SqlMigratorOptions options)
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);

    internal async Task WaitAsync(DbConnection connection, string id, EffectContext context, CancellationToken cancellationToken)
    {
        string? told = null;
        while (await ReasonAsync(connection, cancellationToken).ConfigureAwait(false) is { } reason)
        {
            if (told != reason)
            {
                context.Report($"{id} waits: {reason}.");
                told = reason;
            }

            await Task.Delay(Interval, context.TimeProvider, cancellationToken).ConfigureAwait(false);
        }
    }

    private async Task<string?> ReasonAsync(DbConnection connection, CancellationToken cancellationToken)
    {
        if (options.MaxReplicaLag > TimeSpan.Zero)
        {
            object behind = await AskAsync(connection, dialect.ReplicaLag, cancellationToken).ConfigureAwait(false)
                ?? throw new DeploymentException($"How far replicas are behind can't be seen by this user, so a backfill can't wait for them. Grant it the right (in PostgreSQL: GRANT pg_read_all_stats), or set {nameof(SqlMigratorOptions.MaxReplicaLag)} to 0 to never mind.");
            if (Convert.ToDouble(behind, CultureInfo.InvariantCulture) > options.MaxReplicaLag.TotalSeconds)
            {
                return $"a replica is more than {options.MaxReplicaLag} behind";
            }
        }

        return options.ThrottleQuery is { } query && IsYes(await AskAsync(connection, query, cancellationToken).ConfigureAwait(false)) ? $"`{query}` says so" : null;
    }

    private async Task<object?> AskAsync(DbConnection connection, string query, CancellationToken cancellationToken)
    {
        List<object?[]> rows = await SqlCommands.ReadAsync(connection, null, query, options.StatementTimeout, cancellationToken).ConfigureAwait(false);
        return rows is [{ Length: > 0 } row, ..] ? row[0] : null;
    }

    private static bool IsYes(object? answer) => answer switch
    {
        null => false,
        bool yes => yes,
        IConvertible number and not string => Convert.ToDouble(number, CultureInfo.InvariantCulture) != 0,
        _ => true,
    };
}
