using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint.Rules;

/// <summary>A table, column, view, type … gets another name or schema while the old release uses the old one.</summary>
internal sealed class Rename() : SqlRule(SqlLintScope.BeforeContract, new(
    "rename",
    SqlSeverity.Error,
    "The release that runs knows the old name, the new release the new one, and both run at once.",
    "A column: let SyncedColumns.Rename write the scripts, by which a trigger keeps both names in step until the contract. Else add what has the new name in the expand, such as a view, and drop the old one in the contract."))
{
    private static readonly string[] _kinds = ["table", "view", "materialized view", "type", "domain", "schema", "sequence", "function", "procedure", "routine", "aggregate"];

    internal override IEnumerable<SqlHit> Find(SqlLintContext context)
    {
        for (int i = 0; i < context.Statements.Count; i++)
        {
            SqlCursor cursor = context.Statements[i].Read();
            if (!cursor.Take("alter") || SqlKind.Take(cursor) is not { } kind || !_kinds.Contains(kind))
            {
                continue;
            }

            _ = cursor.TakeIfExists();
            _ = cursor.Take("only");
            SqlName? name = cursor.TakeName();
            cursor.SkipParentheses();
            if (name is not null && Renames(cursor) && !context.Created.IsNew(kind, name, i))
            {
                yield return new SqlHit(context.Statements[i].Line, $"The {kind} {name}, or a part of it, gets another name.");
            }
        }
    }

    /// <summary>The name of a constraint is of no release's concern.</summary>
    private static bool Renames(SqlCursor cursor) => cursor.Take("set", "schema") || (cursor.Take("rename") && !cursor.Looks("constraint"));
}
