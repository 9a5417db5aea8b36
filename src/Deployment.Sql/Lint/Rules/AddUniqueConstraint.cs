using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint.Rules;

/// <summary>A constraint whose index is built while nobody may write.</summary>
internal sealed class AddUniqueConstraint() : SqlRule(SqlLintScope.Forward, new(
    "add-unique-constraint",
    SqlSeverity.Error,
    "PostgreSQL builds its index under a lock that stops reads and writes.",
    "CREATE UNIQUE INDEX CONCURRENTLY in a script with `-- transaction: none`, and then ADD CONSTRAINT … UNIQUE USING INDEX."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context) =>
        from alter in context.AltersOfOldTables
        from action in alter.Actions
        let what = What(action)
        where what is not null
        select new SqlHit(action[0].Line, $"{what} of {alter.Table} builds its index under a lock.");

    private static string? What(IReadOnlyList<SqlToken> action) =>
        SqlNewConstraint.Read(action) is { Kind: "unique" or "primary" or "exclude" } constraint ? (constraint.UsesIndex ? null : constraint.Title)
        : SqlNewColumn.Read(action) is { } column && (column.IsUnique || column.IsPrimaryKey) ? $"The unique column {column.Name}"
        : null;
}
