using System.Text.RegularExpressions;

namespace Deployment.Sql.Lint.Rules;

/// <summary>A script that takes the limit of waiting for a lock away.</summary>
internal sealed partial class LockTimeout() : SqlRule(SqlLintScope.All, new(
    "lock-timeout",
    SqlSeverity.Error,
    "A statement that waits for a lock lets everybody wait behind it: without a limit, one long query stops the table for all.",
    "Leave the limit that the runner sets, or SET LOCAL lock_timeout to another one."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from statement in context.Statements
        let setting = SqlSetting.Read(statement)
        where setting is not null && (setting.Name == "lock_timeout" || (setting.Name == "all" && setting.IsReset))
        where setting.IsReset || Zero().IsMatch(setting.Value)
        select new SqlHit(setting.Line, setting.IsReset ? "The limit of waiting for a lock is reset." : "Locks are waited for without a limit.");

    [GeneratedRegex(@"^\s*[+-]?0+(\.0*)?\s*(us|ms|s|min|h|d)?\s*$")]
    private static partial Regex Zero();
}
