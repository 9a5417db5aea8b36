using Deployment.Sql.Scripts;
using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Lint;

/// <summary>Lets the rules look at migrations that are code, one after another. A comment <c>-- lint: ignore RULE REASON</c> counts wherever it stands in one.</summary>
internal sealed class SqlCodeLinter
{
    private readonly SqlNotNullProofs _proofs = new();

    /// <summary>What the rules find, and what is wrong with the comments that ignore them, each a sentence.</summary>
    internal (IReadOnlyList<SqlFinding> Findings, IReadOnlyList<string> Problems) Check(SqlCode code)
    {
        SqlStatements[] read = [.. code.Commands.Select(command => SqlSplitter.Read(command.Sql, command.Line))];
        List<SqlProblem> problems = [];
        SqlHeader header = SqlHeader.Empty with
        {
            DestroysData = code.DestroysData,
            Ignores = SqlHeaderReader.Ignores(read.SelectMany(statements => statements.Header.Concat(statements.Comments)), problems),
        };
        var file = new SqlLintFile(code.Name, SqlLinter.ScopeOf(code.Phase), header, Parts(code, read));
        return (SqlLinter.Check(file, code.Phase is null ? new SqlNotNullProofs() : _proofs), [.. problems.Select(problem => $"{code.Name}, line {problem.Line}: {problem.Message}")]);
    }

    private static List<SqlLintPart> Parts(SqlCode code, SqlStatements[] read)
    {
        List<SqlLintPart> parts = [];
        foreach ((SqlStatements statements, bool inTransaction) in read.Zip(code.Commands.Select(command => command.InTransaction)))
        {
            if (inTransaction && parts is [.., { RunsInTransaction: true } last])
            {
                parts[^1] = new SqlLintPart([.. last.Statements, .. statements.All], RunsInTransaction: true);
            }
            else
            {
                parts.Add(new SqlLintPart(statements.All, inTransaction));
            }
        }

        return parts;
    }
}
