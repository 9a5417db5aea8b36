using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>A constraint that <c>ALTER TABLE … ADD CONSTRAINT</c> adds.</summary>
/// <param name="Name">Its name; null where PostgreSQL finds one.</param>
/// <param name="Kind">check, unique, primary, foreign or exclude.</param>
/// <param name="Line">Its line.</param>
/// <param name="Definition">What stands behind its kind.</param>
internal sealed record SqlNewConstraint(SqlName? Name, string Kind, int Line, IReadOnlyList<SqlToken> Definition)
{
    internal bool IsNotValid => SqlWords.Outside(Definition, "not", "valid");

    internal bool UsesIndex => SqlWords.Outside(Definition, "using", "index");

    /// <summary>How it reads in a message.</summary>
    internal string Title => Name is null ? $"A {Words} constraint" : $"The {Words} constraint {Name}";

    private string Words => Kind switch { "primary" => "primary key", "foreign" => "foreign key", "exclude" => "exclusion", _ => Kind };

    internal static SqlNewConstraint? Read(IReadOnlyList<SqlToken> action)
    {
        var cursor = new SqlCursor(action);
        if (!cursor.Take("add"))
        {
            return null;
        }

        SqlName? name = cursor.Take("constraint") ? cursor.TakeName() : null;
        string kind = cursor.Current?.Text.ToLowerInvariant() ?? "";
        bool isConstraint = cursor.TakeAny("check", "unique")
            || cursor.Take("primary", "key")
            || cursor.Take("foreign", "key")
            || (cursor.Looks("exclude") && (cursor.Looks("using", 1) || cursor.LooksSymbol("(", 1)));
        return isConstraint ? new SqlNewConstraint(name, kind, action[0].Line, cursor.Rest) : null;
    }
}
