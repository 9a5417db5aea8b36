using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint.Rules;

/// <summary>A foreign key or check that looks at every row when it is added.</summary>
internal sealed class ConstraintNotValid() : SqlRule(SqlLintScope.Forward, new(
    "constraint-not-valid",
    SqlSeverity.Error,
    "PostgreSQL looks at every row under a lock that stops writes, for a foreign key in both tables.",
    "Add it NOT VALID, which holds for new rows at once, and VALIDATE CONSTRAINT in a later script."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from alter in context.AltersOfOldTables
        from action in alter.Actions
        let what = What(action)
        where what is not null
        select new SqlHit(action[0].Line, $"{what} of {alter.Table} is added without NOT VALID.");

    /// <summary>A new column without a default holds nothing that a foreign key would have to look for; a check looks all the same.</summary>
    private static string? What(IReadOnlyList<SqlToken> action) =>
        SqlNewConstraint.Read(action) is { Kind: "check" or "foreign" } constraint ? (constraint.IsNotValid ? null : constraint.Title)
        : SqlNewColumn.Read(action) is not { } column ? null
        : column.IsChecked ? $"The check of the new column {column.Name}"
        : column.References && column.HasDefault ? $"The foreign key of the new column {column.Name}"
        : null;
}
