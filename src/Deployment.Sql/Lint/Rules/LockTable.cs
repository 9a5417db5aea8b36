using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint.Rules;

/// <summary><c>LOCK TABLE</c>.</summary>
internal sealed class LockTable() : SqlRule(SqlLintScope.All, new(
    "lock-table",
    SqlSeverity.Error,
    "It holds the lock until the script ends, whatever that takes.",
    "Let each statement take the lock that it needs, in scripts that are short."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context)
    {
        for (int i = 0; i < context.Statements.Count; i++)
        {
            SqlCursor cursor = context.Statements[i].Read();
            if (!cursor.Take("lock"))
            {
                continue;
            }

            _ = cursor.Take("table");
            IReadOnlyList<SqlName> names = cursor.TakeNames();
            if (names.Any(name => !context.Created.IsNew("table", name, i)))
            {
                yield return new SqlHit(context.Statements[i].Line, $"{string.Join(", ", names)} is locked.");
            }
        }
    }
}
