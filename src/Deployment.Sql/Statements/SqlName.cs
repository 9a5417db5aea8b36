namespace Deployment.Sql.Statements;

/// <summary>The name of something, as PostgreSQL folds it.</summary>
/// <param name="Parts">With its schema, if it is written.</param>
internal sealed record SqlName(IReadOnlyList<string> Parts)
{
    /// <summary>What two names of one thing have in common: <c>public</c> is where names without a schema usually are. A name may have a dot itself.</summary>
    internal string Key => string.Join('\0', Parts is ["public", _, ..] ? Parts.Skip(1) : Parts);

    public bool Equals(SqlName? other) => other is not null && Key == other.Key;

    public override int GetHashCode() => Key.GetHashCode(StringComparison.Ordinal);

    public override string ToString() => Tokens.SqlChars.Printable(string.Join('.', Parts));
}
