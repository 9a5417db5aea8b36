using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint.Rules;

/// <summary><c>DROP</c> of a view, type, schema and the like while the old release may still use it.</summary>
internal sealed class DropObject() : SqlRule(SqlLintScope.BeforeContract, new(
    "drop-object",
    SqlSeverity.Error,
    "The release that runs may still use it.",
    "Leave it until the contract. A view or function that only changes is replaced: CREATE OR REPLACE, or dropped and created again in one script."))
{
    private static readonly string[] _kinds =
        ["view", "materialized view", "type", "domain", "schema", "sequence", "function", "procedure", "routine", "aggregate", "extension", "owned", "database"];

    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from drop in context.Drops
        where _kinds.Contains(drop.Kind)
        from name in drop.Names
        where !context.Created.IsNew(drop.Kind, name, drop.Index) && !IsReplaced(context, drop, name)
        select new SqlHit(drop.Line, $"The {drop.Kind} {name} is dropped.");

    /// <summary>In one transaction nobody sees that it was away.</summary>
    private static bool IsReplaced(SqlLintContext context, SqlDrop drop, SqlName name) =>
        context.RunsInTransaction && (drop.Kind is "view" or "function" or "procedure") && context.Created.ComesBack(drop.Kind, name, drop.Index);
}
