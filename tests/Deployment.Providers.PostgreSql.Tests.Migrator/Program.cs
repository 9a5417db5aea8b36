using Deployment.Migrations;
using Deployment.Secrets;
using Deployment.Sql;
using Deployment.Targets;
using Deployment.Testing;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests.Migrator;

/// <summary>A process that applies what a database lacks of a folder, and says what it begins and what it has done. Whoever started it may kill it at any time.</summary>
public static class Program
{
    /// <summary>Arguments: the database's address, the folder, and <c>stepwise</c> if it is to wait for a line behind each one that it says.</summary>
    public static async Task<int> Main(string[] arguments)
    {
        string address = arguments[0];
        bool isStepwise = arguments is [_, _, "stepwise"];
        await using NpgsqlDataSource source = NpgsqlDataSource.Create(address);
        var migrator = new SqlMigrator(arguments[1], source, new PostgreSqlDialect(address), options => options.Name = "shop");
        var context = new EffectContext("run-1", "step-1", 1, new RecordingCommandRunner(), new NoSecrets(), TimeProvider.System);
        MigrationsSeen seen = await migrator.ObserveAsync(CancellationToken.None);
        if (seen.Problems.Count > 0)
        {
            await Console.Error.WriteLineAsync(string.Join('\n', seen.Problems));
            return 1;
        }

        HashSet<string> applied = [.. seen.Applied.Select(one => one.Id)];
        foreach (Migration migration in seen.Known.Where(one => !applied.Contains(one.Id)).OrderBy(one => one.Phase))
        {
            await SayAsync($"begin {migration.Id}", isStepwise);
            await migrator.ApplyAsync(migration, context, CancellationToken.None);
            await SayAsync($"end {migration.Id}", isStepwise);
        }

        return 0;
    }

    private static async Task SayAsync(string line, bool waits)
    {
        await Console.Out.WriteLineAsync(line);
        if (waits)
        {
            await Console.In.ReadLineAsync();
        }
    }

    private sealed class NoSecrets : ISecretStore
    {
        public Task<Secret> GetAsync(string name, CancellationToken cancellationToken) => throw new DeploymentException($"There is no secret {name}.");
    }
}
