using System.Globalization;
using System.Text;
using Deployment.Commands;
using Deployment.Sql.Tests.Lint.Support;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests.Lint;

/// <summary>
/// Has PostgreSQL run the corpus of the lint, by psql, which cuts scripts into statements by itself. A case of one script runs in a transaction that is
/// rolled back; any other, and one that ends its transaction, in a copy of the database.
/// </summary>
internal sealed class CorpusServer : IDisposable
{
    private const string CaseMark = "== ";
    private readonly string _folder = Directory.CreateTempSubdirectory("corpus-").FullName;
    private readonly StringBuilder _alone = new("\\set VERBOSITY sqlstate\n\\set ON_ERROR_ROLLBACK on\n");
    private readonly StringBuilder _copies = new();

    /// <summary>The SQLSTATEs with which PostgreSQL refuses statements of each case, in order.</summary>
    internal async Task<IReadOnlyDictionary<string, IReadOnlyList<string>>> RunAsync(string address, IReadOnlyList<CorpusCase> cases)
    {
        string database = new NpgsqlConnectionStringBuilder(address).Database!;
        for (int i = 0; i < cases.Count; i++)
        {
            Add(cases[i], i, database);
        }

        string all = await WriteAsync("all.sql", $"{_alone}{_copies}");
        CommandResult setup = await PsqlAsync(address, "-v", "ON_ERROR_STOP=1", "-f", Path.Combine(AppContext.BaseDirectory, "Lint", "CorpusTables.sql"));
        setup.ExitCode.Should().Be(0, setup.Error);
        CommandResult result = await PsqlAsync(address, "-o", "/dev/null", "-f", all);
        return Read(result.Error.Split('\n'), cases);
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static Dictionary<string, IReadOnlyList<string>> Read(string[] lines, IReadOnlyList<CorpusCase> cases)
    {
        var refused = new Dictionary<string, IReadOnlyList<string>>();
        List<string> current = [];
        foreach (string line in lines)
        {
            int error = line.IndexOf("ERROR:  ", StringComparison.Ordinal);
            if (line.StartsWith(CaseMark, StringComparison.Ordinal))
            {
                refused[cases[int.Parse(line[CaseMark.Length..], CultureInfo.InvariantCulture)].Title] = current = [];
            }
            else if (error >= 0)
            {
                current.Add(line[(error + 8)..].Trim());
            }
        }

        return refused;
    }

    private void Add(CorpusCase tested, int number, string database)
    {
        bool endsTransaction = tested.Expected.Any(finding => finding.EndsWith(" transaction-control", StringComparison.Ordinal));
        bool isOne = tested.Scripts is [{ } only] && RunsInTransaction(only) && !endsTransaction;
        StringBuilder to = isOne ? _alone : _copies;
        to.Append(CultureInfo.InvariantCulture, $"\\warn '{CaseMark.Trim()}' {number}\n");
        if (!isOne)
        {
            to.Append(CultureInfo.InvariantCulture, $"\\connect postgres\nCREATE DATABASE corpus_{number} TEMPLATE {database};\n\\connect corpus_{number}\n");
        }

        // An undo takes back what the script before it did, when all of them ran.
        foreach ((CorpusScript script, int index) in tested.Scripts.Select((script, index) => (script, index)).OrderBy(one => one.script.Phase == "undo"))
        {
            string file = Path.Combine(_folder, string.Create(CultureInfo.InvariantCulture, $"{number}_{index}.sql"));
            File.WriteAllText(file, script.Text);
            to.Append(RunsInTransaction(script) ? $"BEGIN;\n\\i {file}\n{(isOne ? "ROLLBACK" : "COMMIT")};\n" : $"\\i {file}\n");
        }

        if (!isOne)
        {
            to.Append(CultureInfo.InvariantCulture, $"\\connect postgres\nDROP DATABASE corpus_{number} WITH (FORCE);\n");
        }
    }

    private static bool RunsInTransaction(CorpusScript script) => !script.Text.Contains("-- transaction: none", StringComparison.Ordinal);

    private static Task<CommandResult> PsqlAsync(string address, params string[] arguments)
    {
        var server = new NpgsqlConnectionStringBuilder(address);
        string[] reach = ["-X", "-q", "-h", server.Host!, "-p", server.Port.ToString(CultureInfo.InvariantCulture), "-U", server.Username!, "-d", server.Database!];
        return new CommandRunner(TimeProvider.System).RunAsync(Command.Of("psql", [.. reach, .. arguments]), null, CancellationToken.None);
    }

    private async Task<string> WriteAsync(string name, string text)
    {
        string file = Path.Combine(_folder, name);
        await File.WriteAllTextAsync(file, text);
        return file;
    }
}
