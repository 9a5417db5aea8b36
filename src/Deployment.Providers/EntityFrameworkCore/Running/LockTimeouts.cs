using System.Data.Common;
using System.Globalization;

namespace Deployment.Providers.EntityFrameworkCore.Running;

/// <summary>How long a statement waits for locks, where the database lets that be said.</summary>
internal static class LockTimeouts
{
    /// <summary>Limits what comes next in the transaction.</summary>
    internal static Task LimitAsync(EfSession session, TimeSpan timeout, CancellationToken cancellationToken) => session.IsPostgreSql
        ? session.RunAsync(string.Create(CultureInfo.InvariantCulture, $"SET LOCAL lock_timeout = {(long)Math.Ceiling(timeout.TotalMilliseconds)}"), cancellationToken)
        : Task.CompletedTask;

    /// <summary>Lock not available, a deadlock, a failure to serialize: https://www.postgresql.org/docs/15/errcodes-appendix.html. Its transaction is rolled back whole, so it may be tried again.</summary>
    internal static bool IsOne(DbException failure) => failure.SqlState is "55P03" or "40P01" or "40001";
}
