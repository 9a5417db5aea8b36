namespace Deployment.Sql;

/// <summary>Something in a script that a rule finds.</summary>
/// <param name="Rule">The rule, with why it matters and what to do instead.</param>
/// <param name="FileName">The file that it stands in: a script, or its undo.</param>
/// <param name="Line">The line, from 1.</param>
/// <param name="What">What stands there.</param>
/// <param name="IgnoredBecause">The reason by which the file ignores the rule; null where it doesn't.</param>
public sealed record SqlFinding(SqlLintRule Rule, string FileName, int Line, string What, string? IgnoredBecause)
{
    /// <summary>Whether the file says that the rule is not for it.</summary>
    public bool IsIgnored => IgnoredBecause is not null;

    /// <summary>The finding in one line, as tools print it.</summary>
    public override string ToString() => IgnoredBecause is null
        ? $"{FileName}:{Line}: {Rule.Severity} {Rule.Id}: {What} {Rule.Why} {Rule.Instead}"
        : $"{FileName}:{Line}: ignored {Rule.Id}: {What} (reason: {Tokens.SqlChars.Printable(IgnoredBecause)})";
}
