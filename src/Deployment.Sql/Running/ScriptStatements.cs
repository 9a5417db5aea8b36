using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Running;

/// <summary>The statements of a script that is about to run.</summary>
internal static class ScriptStatements
{
    /// <exception cref="DeploymentException">It is no script that could run.</exception>
    internal static IReadOnlyList<SqlStatement> Of(string what, string script)
    {
        SqlStatements read = SqlSplitter.Read(script);
        if (read.All.Where(TakesValues).SelectMany(statement => statement.Tokens).FirstOrDefault(token => token.Kind == SqlTokenKind.Parameter) is { } parameter)
        {
            throw new DeploymentException($"{what}, line {parameter.Line}: nothing gives {parameter.Text} a value. Ranges have them, in a script that says -- batch: TABLE.KEY ROWS.");
        }

        return read.Problems.Count == 0
            ? read.All
            : throw new DeploymentException($"{what} is no script that could run: {string.Join(' ', read.Problems.Select(problem => $"line {problem.Line}: {problem.Message}"))}");
    }

    /// <summary>What a function, or a prepared statement, calls $1 is its own.</summary>
    private static bool TakesValues(SqlStatement statement) =>
        !statement.Tokens[0].Is("prepare") && !(statement.Tokens[0].Is("create") && statement.Tokens.Skip(1).Take(3).Any(token => token.Is("function") || token.Is("procedure")));

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
