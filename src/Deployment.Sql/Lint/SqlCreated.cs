using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint;

/// <summary>
/// What a file itself creates: nobody else knows it yet, so that nothing done to it harms anybody. <c>IF NOT EXISTS</c> and <c>OR REPLACE</c> don't say
/// that it was not there before; a temporary table is another one than the table whose name it has.
/// </summary>
internal sealed class SqlCreated
{
    private readonly SqlObjects _objects = new();
    private readonly SqlBranches _branches = new();
    private readonly List<SqlPath> _paths = [];
    private readonly Dictionary<(string Kind, string Key), int> _lastMade = [];
    private readonly Dictionary<(string Kind, string Key), int> _lastDropped = [];

    internal static SqlCreated Of(IReadOnlyList<SqlLintPart> parts)
    {
        var created = new SqlCreated();
        SqlPath path = SqlPath.Start;
        foreach ((SqlStatement statement, bool inTransaction) in parts.SelectMany(part => part.All.Select(statement => (statement, part.RunsInTransaction))))
        {
            int index = created._paths.Count;
            foreach ((string, string) unsure in created._branches.Ended(statement))
            {
                created._objects.Set(unsure, index - 1, isNew: false);
            }

            created._paths.Add(path);
            created.See(statement, index, inTransaction);
            path = path.After(statement, index);
        }

        return created;
    }

    /// <summary>The same, for a part of the file that begins behind so many statements.</summary>
    internal SqlCreatedInPart Behind(int statements) => new(this, statements);

    /// <summary>Whether a statement finds something that nobody else knows.</summary>
    internal bool IsNew(string kind, SqlName name, int index) =>
        SqlPath.IsTemporary(name) || _objects.IsNew((kind, KeyOf(kind, name, index)), index, _paths[index].Forgotten);

    /// <summary>Whether something is created again by a later statement, and stays.</summary>
    internal bool ComesBack(string kind, SqlName name, int index)
    {
        (string, string) what = (kind, KeyOf(kind, name, index));
        return _lastMade.TryGetValue(what, out int made) && made > index && made > _lastDropped.GetValueOrDefault(what);
    }

    private string KeyOf(string kind, SqlName name, int index) => _paths[index].KeyOf(kind, name, index, _objects);

    private void See(SqlStatement statement, int index, bool runsInTransaction)
    {
        if (SqlCreate.Read(statement) is { Name: { } name } create)
        {
            Make(create, name, index, runsInTransaction);
        }
        else if (SqlDrop.Read(statement, index) is { } drop)
        {
            foreach (SqlName gone in drop.Names)
            {
                (string, string) what = (drop.Kind, KeyOf(drop.Kind, gone, index));
                _lastDropped[what] = index;
                Gone(what, index);
            }
        }
        else if (SqlAlterTable.Read(statement, index) is { NewName: { } renamed } alter)
        {
            Rename(alter.Table, renamed, index);
        }
    }

    private void Make(SqlCreate create, SqlName name, int index, bool runsInTransaction)
    {
        if (create.IsTemporary || IsOfTemporary(create, index))
        {
            if (runsInTransaction || !create.EndsWithTransaction)
            {
                Set((create.Kind, SqlPath.TemporaryKey(name.Parts[^1])), index, isNew: true);
            }

            return;
        }

        // An index is where its table is.
        SqlName full = create is { Kind: "index", On.Parts: [var schema, _] } ? new SqlName([schema, name.Parts[^1]]) : name;
        // What a temporary one hides is not what is made.
        SqlPath path = _paths[index] with { IsTemporaryFirst = false };
        (string, string) what = (create.Kind, path.KeyOf(create.Kind, full, index, _objects));
        _lastMade[what] = index;
        if (create.IsSure)
        {
            Set(what, index, isNew: true);
        }
    }

    private bool IsOfTemporary(SqlCreate create, int index) => create is { Kind: "index", On: { } table }
        && (SqlPath.IsTemporary(table) || KeyOf("table", table, index) == SqlPath.TemporaryKey(table.Parts[^1]));

    /// <summary>The new name is as new as the thing that gets it: an old table may get a name that was free.</summary>
    private void Rename(SqlName table, SqlName renamed, int index)
    {
        (string Kind, string Key) old = ("table", KeyOf("table", table, index));
        bool isNew = IsNew("table", table, index);
        string key = old.Key == SqlPath.TemporaryKey(table.Parts[^1]) ? SqlPath.TemporaryKey(renamed.Parts[^1])
            : old.Key[..^table.Parts[^1].Length] + renamed.Parts[^1];
        Gone(old, index);
        Set(("table", key), index, isNew);
    }

    /// <summary>What is made behind a temporary one is the real one again; where a real one was, there is nothing that anybody could miss.</summary>
    private void Gone((string Kind, string Key) what, int index) => Set(what, index, isNew: !what.Key.StartsWith(SqlPath.TemporaryKey(""), StringComparison.Ordinal));

    private void Set((string Kind, string Key) what, int index, bool isNew)
    {
        _objects.Set(what, index, isNew);
        _branches.Note(what);
    }
}
