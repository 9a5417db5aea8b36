using Deployment.Sql.Statements;

namespace Deployment.Sql.Lint;

/// <summary>What is run together.</summary>
/// <param name="Statements">Its statements.</param>
/// <param name="RunsInTransaction">Whether one transaction has all of them; else each is its own.</param>
internal sealed record SqlLintPart(IReadOnlyList<SqlStatement> Statements, bool RunsInTransaction)
{
    /// <summary>Its statements, each <c>DO</c> block followed by those of its body.</summary>
    internal IReadOnlyList<SqlStatement> All { get; } = [.. Statements.SelectMany(statement => SqlBlock.Body(statement).Statements.Prepend(statement))];
}
