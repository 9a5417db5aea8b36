using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint.Rules;

/// <summary>What PostgreSQL refuses to do in a transaction.</summary>
internal sealed class NotInTransaction() : SqlRule(SqlLintScope.All, new(
    "not-in-transaction",
    SqlSeverity.Error,
    "PostgreSQL refuses it in a transaction, and scripts run in one.",
    "Put it in a script of its own with `-- transaction: none` at its top."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from statement in context.Statements
        where context.RunsInTransaction || statement.InBlock
        let what = What(statement)
        where what is not null
        select new SqlHit(statement.Line, $"{what} stands in a transaction.");

    private static string? What(SqlStatement statement)
    {
        SqlToken first = statement.Tokens[0];
        bool concurrently = statement.Tokens.Any(token => token.Is("concurrently"));
        return concurrently && first.IsAny("create", "drop", "reindex") && statement.Tokens.Any(token => token.IsAny("index", "reindex")) ? $"{first.Text.ToUpperInvariant()} … CONCURRENTLY"
            : concurrently && first.Is("alter") && statement.Tokens.Any(token => token.Is("detach")) ? "DETACH PARTITION … CONCURRENTLY"
            : first.Is("vacuum") ? "VACUUM"
            : first.IsAny("create", "drop") && statement.Tokens.Count > 1 && statement.Tokens[1].IsAny("database", "tablespace") ? $"{first.Text.ToUpperInvariant()} {statement.Tokens[1].Text.ToUpperInvariant()}"
            : SqlWords.At(statement.Tokens, 0, "alter", "system") ? "ALTER SYSTEM"
            : null;
    }
}
