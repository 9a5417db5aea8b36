using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint;

/// <summary>Where a statement looks for names without a schema.</summary>
/// <param name="Number">0 for <c>public</c>; else the number of the search path that was set, which is another schema's.</param>
/// <param name="IsTemporaryFirst">Whether a temporary table hides one of the same name.</param>
/// <param name="Forgotten">The last statement that took back what was made before it.</param>
internal readonly record struct SqlPath(int Number, bool IsTemporaryFirst, int Forgotten)
{
    private const string Temporary = "pg_temp";

    internal static SqlPath Start { get; } = new(0, IsTemporaryFirst: true, -1);

    /// <summary>The path behind a statement.</summary>
    internal SqlPath After(SqlStatement statement, int index)
    {
        if (statement.Tokens[0].IsAny("rollback", "abort", "discard"))
        {
            return this with { Forgotten = index };
        }

        if (SqlSetting.Read(statement) is not { Name: "search_path" or "schema" or "all" } setting)
        {
            return this;
        }

        string[] schemas = [.. setting.Value.Split(',').Select(schema => schema.Trim(' ', '"'))];
        return setting.IsReset
            ? Start with { Forgotten = Forgotten }
            : new SqlPath(schemas[0] == "public" ? 0 : index + 1, Array.IndexOf(schemas, Temporary) <= 0, Forgotten);
    }

    /// <summary>What names of one thing have in common here.</summary>
    internal string KeyOf(string kind, SqlName name, int index, SqlObjects objects)
    {
        if (name.Parts is not [var own])
        {
            return name.Key;
        }

        string temporary = TemporaryKey(own);
        return IsTemporaryFirst && objects.IsNew((kind, temporary), index, Forgotten) ? temporary
            : Number == 0 ? own
            : $"{Number}\0\0{own}";
    }

    internal static string TemporaryKey(string name) => $"{Temporary}\0{name}";

    internal static bool IsTemporary(SqlName name) => name.Parts is [Temporary, _];
}
