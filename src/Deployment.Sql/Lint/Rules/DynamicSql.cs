using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint.Rules;

/// <summary>Code in a <c>DO</c> block that can't be read before it runs.</summary>
internal sealed class DynamicSql() : SqlRule(SqlLintScope.All, new(
    "dynamic-sql",
    SqlSeverity.Warning,
    "What it does is put together when it runs, so that no rule can look at it.",
    "Write the statements out, or ignore this rule with a reason."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context)
    {
        foreach (SqlStatement statement in context.Statements)
        {
            if (statement.InBlock && !statement.Tokens[0].IsAny("create", "grant", "revoke") && statement.Tokens.FirstOrDefault(token => token.Is("execute")) is { } execute)
            {
                yield return new SqlHit(execute.Line, "EXECUTE runs a text.");
            }
            else if (!SqlBlock.Body(statement).IsReadable)
            {
                yield return new SqlHit(statement.Line, "The DO block is in another language than plpgsql, or in a string with escapes.");
            }
        }
    }
}
