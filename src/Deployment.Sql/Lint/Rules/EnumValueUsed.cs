using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint.Rules;

/// <summary>A new value of an enum that is used before it is committed.</summary>
internal sealed class EnumValueUsed() : SqlRule(SqlLintScope.All, new(
    "enum-value-used",
    SqlSeverity.Error,
    "PostgreSQL refuses a value in the transaction that adds it.",
    "Use it in a later script, such as the backfill."))
{
    internal override IEnumerable<SqlHit> Find(SqlLintContext context)
    {
        Dictionary<string, SqlName> added = [];
        for (int i = 0; i < context.Statements.Count && context.RunsInTransaction; i++)
        {
            SqlStatement statement = context.Statements[i];
            if (Added(statement) is var (type, value))
            {
                // PostgreSQL before 17 refuses it for an enum that is new itself as well.
                added[value] = type;
            }
            else if (!statement.Tokens[0].Is("comment") && statement.Tokens.FirstOrDefault(token => SqlValue.Text(token) is { } text && added.ContainsKey(text)) is { } used)
            {
                yield return new SqlHit(used.Line, $"The value {SqlChars.Printable(used.Text)} of {added[SqlValue.Text(used)!]} is used in the transaction that adds it.");
            }
        }
    }

    private static (SqlName Type, string Value)? Added(SqlStatement statement)
    {
        SqlCursor cursor = statement.Read();
        if (!cursor.Take("alter", "type") || cursor.TakeName() is not { } type || !cursor.Take("add", "value"))
        {
            return null;
        }

        _ = cursor.TakeIfExists();
        return cursor.Current is { } token && SqlValue.Text(token) is { } value ? (type, value) : null;
    }
}
