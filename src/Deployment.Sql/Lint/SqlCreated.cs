using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint;

/// <summary>
/// What a file itself creates: nobody else knows it yet, so that nothing done to it harms anybody. <c>IF NOT EXISTS</c> counts as
/// creating: a script runs once.
/// </summary>
internal sealed class SqlCreated
{
    private readonly Dictionary<(string Kind, string Key), int> _first = [];

    internal static SqlCreated Of(IReadOnlyList<SqlStatement> statements)
    {
        var created = new SqlCreated();
        for (int i = 0; i < statements.Count; i++)
        {
            if (SqlCreate.Read(statements[i]) is { Name: { } name } create)
            {
                created._first.TryAdd((create.Kind, name.Key), i);
            }
            else if (SqlAlterTable.Read(statements[i], i) is { NewName: { } renamed } alter && created.IsNew("table", alter.Table, i))
            {
                created._first.TryAdd(("table", renamed.Key), i);
            }
        }

        return created;
    }

    /// <summary>Whether something was created by a statement before this one.</summary>
    internal bool IsNew(string kind, SqlName name, int index) => _first.TryGetValue((kind, name.Key), out int created) && created < index;

    /// <summary>Whether something is created again by a later statement.</summary>
    internal bool ComesBack(string kind, SqlName name, int index) => _first.TryGetValue((kind, name.Key), out int created) && created > index;
}
