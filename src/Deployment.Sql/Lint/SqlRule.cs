namespace Deployment.Sql.Lint;

/// <summary>A rule: for which files it is, and what it finds there.</summary>
internal abstract class SqlRule(SqlLintScope scope, SqlLintRule rule)
{
    internal SqlLintRule Rule { get; } = rule;

    internal SqlLintScope Scope { get; } = scope;

    internal abstract IEnumerable<SqlHit> Find(SqlLintContext context);
}
