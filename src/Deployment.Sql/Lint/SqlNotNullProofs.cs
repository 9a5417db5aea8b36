using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>
/// Follows the validated checks by which PostgreSQL knows, without a look at the rows, that a column has no nulls. It is shown the
/// changes of a folder in their order.
/// </summary>
internal sealed class SqlNotNullProofs
{
    private readonly Dictionary<(string Table, string Constraint), List<string>> _pending = [];
    private readonly HashSet<(string Table, string Column)> _given = [];

    /// <summary>Whether a column's check was validated by what was shown until now.</summary>
    internal bool IsGiven(SqlName table, SqlName column) => _given.Contains((table.Key, column.Key));

    /// <summary>Shows a change.</summary>
    internal void See(SqlName table, IReadOnlyList<SqlToken> action)
    {
        if (SqlNewConstraint.Read(action) is { Kind: "check" } check)
        {
            (string, string) key = (table.Key, check.Name?.Key ?? "");
            if (!_pending.TryGetValue(key, out List<string>? columns))
            {
                _pending[key] = columns = [];
            }

            columns.AddRange(Excluded(check.Definition));
            if (check.IsNotValid)
            {
                return;
            }

            Give(table, key.Item2);
        }
        else if (Validated(action) is { } name)
        {
            // A check without a name got one from PostgreSQL, which the script that validates it knows.
            Give(table, name.Key);
            Give(table, "");
        }
    }

    /// <summary>The constraint that an action validates; null where it does something else.</summary>
    internal static SqlName? Validated(IReadOnlyList<SqlToken> action)
    {
        var cursor = new SqlCursor(action);
        return cursor.Take("validate", "constraint") ? cursor.TakeName() : null;
    }

    private void Give(SqlName table, string constraint)
    {
        if (_pending.Remove((table.Key, constraint), out List<string>? columns))
        {
            _given.UnionWith(columns.Select(column => (table.Key, column)));
        }
    }

    /// <summary>The columns that a check says are not null: alone, or and something else.</summary>
    private static IEnumerable<string> Excluded(IReadOnlyList<SqlToken> definition)
    {
        if (definition.Any(token => token.Is("or")))
        {
            yield break;
        }

        for (int i = 1; i < definition.Count; i++)
        {
            if (SqlWords.At(definition, i, "is", "not", "null") && SqlValue.Name(definition[i - 1]) is { } column)
            {
                yield return column;
            }
        }
    }
}
