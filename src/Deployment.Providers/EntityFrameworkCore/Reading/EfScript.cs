using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore.Migrations;

namespace Deployment.Providers.EntityFrameworkCore.Reading;

/// <summary>The commands that EF Core makes of a migration as one text, which stands in the runbook, and back again. A line before each command says where it begins.</summary>
internal static class EfScript
{
    private const string InTransaction = "-- command";
    private const string Alone = "-- command, without a transaction";

    /// <exception cref="DeploymentException">A command has a line in it that begins a command.</exception>
    internal static string Write(string id, IEnumerable<MigrationCommand> commands)
    {
        var text = new StringBuilder();
        foreach (MigrationCommand command in commands)
        {
            // What stands in it may be data: only its end is nobody's.
            string sql = command.CommandText.TrimEnd('\r', '\n');
            if (sql.Split('\n').Any(line => IsMark(line.TrimEnd('\r'))))
            {
                throw new DeploymentException($"The SQL of {id} has a line '{InTransaction}', which the migrator takes for itself. Write that comment otherwise.");
            }

            text.Append(command.TransactionSuppressed ? Alone : InTransaction).Append('\n').Append(sql).Append('\n');
        }

        return text.ToString();
    }

    internal static IReadOnlyList<EfCommand> Read(string script)
    {
        List<EfCommand> commands = [];
        foreach ((int number, string line) in script.TrimEnd('\n').Split('\n').Index())
        {
            if (IsMark(line))
            {
                commands.Add(new EfCommand("", number + 2, line == InTransaction));
            }
            else if (commands.Count > 0)
            {
                commands[^1] = commands[^1] with { Sql = commands[^1].Sql + line + '\n' };
            }
            else if (line.Length > 0)
            {
                throw new DeploymentException("The script in the runbook is none that this migrator has written. Plan again.");
            }
        }

        return commands;
    }

    /// <summary>Whichever line endings the machine has that made it.</summary>
    internal static string Checksum(string script) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(script.ReplaceLineEndings("\n"))));

    private static bool IsMark(string line) => line is InTransaction or Alone;
}
