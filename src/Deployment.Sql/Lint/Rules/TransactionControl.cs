using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint.Rules;

/// <summary>A script that begins or ends the transaction that it runs in.</summary>
internal sealed class TransactionControl() : SqlRule(SqlLintScope.All, new(
    "transaction-control",
    SqlSeverity.Error,
    "The runner's transaction ends in the middle: half of the script stays when the rest fails, and it is not recorded that it ran.",
    "Leave transactions to the runner, or declare `-- transaction: none`."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from statement in context.Statements
        where context.RunsInTransaction && Controls(statement)
        select new SqlHit(statement.Line, $"{statement.Tokens[0].Text.ToUpperInvariant()} stands in a script that runs in a transaction.");

    /// <summary>Going back to a savepoint ends nothing; in a block, BEGIN and END are its own.</summary>
    private static bool Controls(SqlStatement statement)
    {
        SqlToken first = statement.Tokens[0];
        return first.IsAny("commit", "abort")
            || (first.Is("rollback") && !statement.Tokens.Any(token => token.Is("to")))
            || (!statement.InBlock && (first.IsAny("begin", "end") || SqlWords.At(statement.Tokens, 0, "start", "transaction") || SqlWords.At(statement.Tokens, 0, "prepare", "transaction")));
    }
}
