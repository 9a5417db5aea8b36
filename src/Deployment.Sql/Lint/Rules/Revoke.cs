using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint.Rules;

/// <summary><c>REVOKE</c> while the old release may still need the right.</summary>
internal sealed class Revoke() : SqlRule(SqlLintScope.BeforeContract, new(
    "revoke",
    SqlSeverity.Error,
    "The release that runs may still need the right.",
    "Take rights away in the contract."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from found in context.Statements.Select((statement, index) => (statement, index))
        where found.statement.Tokens[0].Is("revoke") && !IsOfNew(context, found.statement, found.index)
        select new SqlHit(found.statement.Line, "Rights are taken away.");

    private static bool IsOfNew(SqlLintContext context, SqlStatement statement, int index)
    {
        for (int i = 0; i < statement.Tokens.Count; i++)
        {
            if (statement.Tokens[i].Is("on"))
            {
                var cursor = new SqlCursor(statement.Tokens, i + 1);
                string kind = cursor.Current?.IsAny("function", "procedure", "schema", "sequence", "type", "domain", "table") == true ? SqlKind.Take(cursor) : "table";
                IReadOnlyList<SqlName> names = cursor.TakeNames();
                return names.Count > 0 && names.All(name => context.Created.IsNew(kind, name, index) || context.Created.IsNew("view", name, index));
            }
        }

        return false;
    }
}
