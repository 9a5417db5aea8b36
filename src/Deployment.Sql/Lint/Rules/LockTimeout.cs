using System.Text.RegularExpressions;
using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint.Rules;

/// <summary>A script that takes the limit of waiting for a lock away.</summary>
internal sealed partial class LockTimeout() : SqlRule(SqlLintScope.All, new(
    "lock-timeout",
    SqlSeverity.Error,
    "A statement that waits for a lock lets everybody wait behind it: without a limit, one long query stops the table for all.",
    "Leave the limit that the runner sets, or SET LOCAL lock_timeout to another one."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        context.Statements.Select(Find).OfType<SqlHit>();

    private static SqlHit? Find(SqlStatement statement)
    {
        if (SqlWords.At(statement.Tokens, 0, "discard", "all"))
        {
            return new SqlHit(statement.Line, "DISCARD ALL resets the limit of waiting for a lock.");
        }

        return SqlSetting.Read(statement) switch
        {
            { Name: "lock_timeout" or "all", IsReset: true } setting => new SqlHit(setting.Line, "The limit of waiting for a lock is reset."),
            { Name: "lock_timeout" } setting when Zero().IsMatch(setting.Value) => new SqlHit(setting.Line, "Locks are waited for without a limit."),
            _ => null,
        };
    }

    [GeneratedRegex(@"^\s*[+-]?0+(\.0*)?\s*(us|ms|s|min|h|d)?\s*$")]
    private static partial Regex Zero();
}
