using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint.Rules;

/// <summary>A constraint that is validated by the transaction that adds it.</summary>
internal sealed class ValidateInTransaction() : SqlRule(SqlLintScope.All, new(
    "validate-in-transaction",
    SqlSeverity.Error,
    "The lock that adding took is held while PostgreSQL looks at every row: NOT VALID was for nothing.",
    "VALIDATE it in a later script, such as the backfill."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context)
    {
        HashSet<(SqlName Table, SqlName? Constraint)> added = [];
        foreach (SqlAlterTable alter in context.AltersOfOldTables.Where(_ => context.RunsInTransaction))
        {
            foreach (IReadOnlyList<SqlToken> action in alter.Actions)
            {
                if (SqlNewConstraint.Read(action) is { IsNotValid: true } constraint)
                {
                    added.Add((alter.Table, constraint.Name));
                }
                else if (SqlNotNullProofs.Validated(action) is { } name && added.Contains((alter.Table, name)))
                {
                    yield return new SqlHit(action[0].Line, $"The constraint {name} of {alter.Table} is validated in the transaction that adds it.");
                }
            }
        }
    }
}
