using Deployment.Sql.Scripts;

namespace Deployment.Sql.Lint;

/// <summary>What the lint reads as one: a script, its undo, or a migration that is code.</summary>
/// <param name="Name">What findings call it.</param>
/// <param name="Scope">Which rules are for it.</param>
/// <param name="Header">What it declares.</param>
/// <param name="Parts">What it runs, in order.</param>
internal sealed record SqlLintFile(string Name, SqlLintScope Scope, SqlHeader Header, IReadOnlyList<SqlLintPart> Parts)
{
    internal static SqlLintFile Of(SqlSource source, SqlLintScope scope) =>
        new(source.FileName, scope, source.Header, [new SqlLintPart(source.Statements.All, source.Header.RunsInTransaction)]);
}
