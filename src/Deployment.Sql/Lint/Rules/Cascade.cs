using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint.Rules;

/// <summary><c>CASCADE</c>, which drops or empties what nobody named.</summary>
internal sealed class Cascade() : SqlRule(SqlLintScope.All, new(
    "cascade",
    SqlSeverity.Error,
    "It takes along what depends on it, whatever that is on the day it runs.",
    "Name each thing that goes, and let it fail where there is another."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context)
    {
        foreach (SqlStatement statement in context.Statements)
        {
            bool drops = statement.Tokens[0].IsAny("drop", "truncate");
            if (drops && statement.Tokens[^1].Is("cascade"))
            {
                yield return new SqlHit(statement.Line, "CASCADE takes along what isn't named.");
            }
        }

        foreach (SqlAlterTable alter in context.Alters)
        {
            foreach (IReadOnlyList<SqlToken> action in alter.Actions.Where(action => action[0].Is("drop") && action.Count > 2 && action[^1].Is("cascade")))
            {
                yield return new SqlHit(action[0].Line, $"CASCADE takes along what depends on a part of {alter.Table}.");
            }
        }
    }
}
