using Deployment.Sql.Statements;

namespace Deployment.Sql.Running;

/// <summary>The statements of a script that is about to run.</summary>
internal static class ScriptStatements
{
    /// <exception cref="DeploymentException">It is no script that could run.</exception>
    internal static IReadOnlyList<SqlStatement> Of(string what, string script)
    {
        SqlStatements read = SqlSplitter.Read(script);
        return read.Problems.Count == 0
            ? read.All
            : throw new DeploymentException($"{what} is no script that could run: {string.Join(' ', read.Problems.Select(problem => $"line {problem.Line}: {problem.Message}"))}");
    }

    /// <summary>Those of one without a transaction.</summary>
    /// <exception cref="DeploymentException">What one of them would leave when it fails nobody could find again.</exception>
    internal static IReadOnlyList<SqlStatement> Alone(string what, string script)
    {
        IReadOnlyList<SqlStatement> statements = Of(what, script);
        return statements.FirstOrDefault(ConcurrentIndex.HasNoName) is { } nameless
            ? throw new DeploymentException($"{what}, line {nameless.Line}: {ConcurrentIndex.NoName}")
            : statements;
    }
}
