using Deployment.Sql.Statements;
using Deployment.Sql.Tokens;

namespace Deployment.Sql.Scripts;

/// <summary>Reads a file's text: header, statements, and all that is wrong with them.</summary>
internal static class SqlSourceReader
{
    /// <summary>A file that isn't SQL at all has a problem in every line.</summary>
    private const int MaxProblems = 20;

    internal static SqlSource Read(SqlFileName name, string text, List<string> errors)
    {
        SqlStatements statements = SqlSplitter.Read(text);
        List<SqlProblem> problems = [.. statements.Problems];
        SqlHeader header = SqlHeaderReader.Read(name.Part, statements, problems);
        problems.AddRange(statements.All.Where(NeedsClient).Select(statement =>
            new SqlProblem(statement.Line, "COPY from or to the client needs one that sends data, as psql does. Write INSERT, or load the data outside of the migration.")));
        if (statements.All.Count == 0 && problems.Count == 0)
        {
            problems.Add(new SqlProblem(1, "There is no statement in it. Write one, or delete the file."));
        }

        Tell(name.FileName, problems, errors);
        return new SqlSource(name.FileName, text, header, statements);
    }

    /// <summary>The queries of a <c>.verify.sql</c> file, each with the answer that its comment expects.</summary>
    internal static IReadOnlyList<SqlVerification> Verifications(SqlSource source, List<string> errors)
    {
        List<SqlVerification> verifications = [];
        List<SqlProblem> problems = [];
        foreach (SqlStatement statement in source.Statements.All)
        {
            string[] expected = [.. statement.Comments.Select(SqlHeaderReader.Pair).Where(pair => pair is (SqlHeaderReader.Expect, _)).Select(pair => pair!.Value.Value)];
            if (!statement.Tokens[0].IsAny("select", "with", "values", "table", "show"))
            {
                problems.Add(new SqlProblem(statement.Line, "A verification is a query that reads: SELECT, WITH, VALUES, TABLE or SHOW."));
            }

            if (expected is [{ Length: > 0 } answer])
            {
                verifications.Add(new SqlVerification(statement.Text, answer, statement.Line));
            }
            else
            {
                problems.Add(new SqlProblem(statement.Line, "One comment in front of each query says its answer: `-- expect: VALUE`."));
            }
        }

        Tell(source.FileName, problems, errors);
        return verifications;
    }

    private static void Tell(string fileName, List<SqlProblem> problems, List<string> errors)
    {
        errors.AddRange(problems.OrderBy(problem => problem.Line).Take(MaxProblems).Select(problem => $"{fileName}, line {problem.Line}: {problem.Message}"));
        if (problems.Count > MaxProblems)
        {
            errors.Add($"{fileName}: {problems.Count - MaxProblems} more like these. Is it SQL?");
        }
    }

    private static bool NeedsClient(SqlStatement statement) => statement.Tokens[0].Is("copy")
        && statement.Tokens.Zip(statement.Tokens.Skip(1)).Any(pair => pair.First.IsAny("from", "to") && pair.Second.IsAny("stdin", "stdout"));
}
