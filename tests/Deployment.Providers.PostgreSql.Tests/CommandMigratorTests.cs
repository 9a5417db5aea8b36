using System.Globalization;
using Deployment.Commands;
using Deployment.Migrations;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Secrets;
using Deployment.Store;
using Deployment.Strategies;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests;

/// <summary>Scripts of one's own migrate a real database, as commands.</summary>
[Category("PostgreSql")]
public sealed class CommandMigratorTests
{
    private InMemoryDeploymentStore _store = null!;
    private Database _database = null!;

    [SetUp]
    public async Task CreateAsync()
    {
        _store = new InMemoryDeploymentStore();
        _database = await Database.CreateAsync();
        Write("migrate.sh", "echo \"password $PGPASSWORD\"\npsql -X -v ON_ERROR_STOP=1 -c \"$1\"\n");
        Write("has_users.sh", "found=$(psql -X -A -t -c \"SELECT to_regclass('users') IS NOT NULL\")\n[ \"$found\" = t ] || exit 10\n");
    }

    [TearDown]
    public async Task EndAsync() => await (_database?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Deploy_Script_ChangesTheDatabaseOnceAndKeepsWhatItPrinted()
    {
        DeploymentPipeline pipeline = Pipeline("CREATE TABLE users (id bigint PRIMARY KEY)", "0");

        DeploymentResult first = await pipeline.DeployAsync(Version("1.0.0"));
        DeploymentResult second = await pipeline.DeployAsync(Version("1.1.0"));

        first.Outcome.Should().Be(DeploymentOutcome.Succeeded, first.Reason);
        second.Outcome.Should().Be(DeploymentOutcome.Succeeded, second.Reason);
        (await _database.AskAsync<bool>("SELECT to_regclass('users') IS NOT NULL")).Should().BeTrue();
        second.Runbook.Steps.Should().NotContain(step => step.Phase == Phase.Expand, "the script says that it was applied");
        IReadOnlyList<JournalEntry> entries = (await pipeline.ReadLogAsync(first.RunId)).Entries;
        entries.Where(entry => entry.Kind == JournalEntryKind.StepSucceeded).Select(entry => entry.Detail?.GetValueOrDefault("output")).OfType<string>()
            .Should().ContainSingle().Which.Should().Be($"password {Secret.Mask}\nCREATE TABLE");
    }

    [Test]
    public async Task Deploy_VerificationDisagrees_UndoesItForReal()
    {
        DeploymentResult result = await Pipeline("CREATE TABLE users AS SELECT 1 AS id", "0").DeployAsync(Version("1.0.0"));

        result.Outcome.Should().NotBe(DeploymentOutcome.Succeeded).And.NotBe(DeploymentOutcome.NeedsAttention);
        result.Reason.Should().Contain("printed '1', where '0' was expected");
        (await _database.AskAsync<bool>("SELECT to_regclass('users') IS NULL")).Should().BeTrue();
    }

    [Test]
    public async Task Deploy_ScriptFails_IsToldWithItsLastLine()
    {
        DeploymentResult result = await Pipeline("CREATE TABEL users (id bigint)", "0").DeployAsync(Version("1.0.0"));

        result.Outcome.Should().NotBe(DeploymentOutcome.Succeeded).And.NotBe(DeploymentOutcome.NeedsAttention);
        result.Reason.Should().Contain("ended with exit code 1").And.Contain("syntax error at or near \"TABEL\"").And.NotContain("hunter2");
    }

    /// <summary>What it started ends with it: the other child of the script would make the table later.</summary>
    [Test]
    public async Task Deploy_ScriptRunsIntoItsTimeout_IsEndedWithAllThatItStarted()
    {
        Write("slow.sh", "(sleep 4; psql -X -c \"$1\") &\nsleep 60\n");

        DeploymentResult result = await Pipeline("CREATE TABLE users (id bigint)", "0", "slow.sh", TimeSpan.FromSeconds(1)).DeployAsync(Version("1.0.0"));

        result.Reason.Should().Contain("ran into its time-out of 1 s and was ended");
        long begin = TimeProvider.System.GetTimestamp();
        while (TimeProvider.System.GetElapsedTime(begin) < TimeSpan.FromSeconds(5))
        {
            (await _database.AskAsync<bool>("SELECT to_regclass('users') IS NULL")).Should().BeTrue("nothing lands late");
            await Task.Delay(200);
        }
    }

    private static Release Version(string version) => Release.Of("shop", version, Artifact.Process("shop", "{port}"));

    private DeploymentPipeline Pipeline(string sql, string count, string script = "migrate.sh", TimeSpan? timeout = null) => DeploymentPipeline.Create("shop")
        .DeployTo(new FakeTarget("web"))
        .UseStore(_store)
        .UseRecreate()
        .Migrate(migrations => migrations.FromCommands("shop-db", commands => commands.Add(
            "001_users",
            MigrationPhase.Expand,
            Script(script, sql) with { Timeout = timeout },
            migration => migration
                .UndoBy(Script("migrate.sh", "DROP TABLE IF EXISTS users"))
                .ProbeBy(Script("has_users.sh"), notApplied: 10)
                .Verify(Reach(Command.Of("psql", "-X", "-A", "-t", "-c", "SELECT count(*) FROM users")), count))))
        .Build();

    private Command Script(string file, params string[] arguments) => Reach(Command.Of("sh", [Path.Combine(_database.Folder, file), .. arguments]));

    private Command Reach(Command command)
    {
        var address = new NpgsqlConnectionStringBuilder(_database.Address);
        return command with
        {
            Environment = new Dictionary<string, string>
            {
                ["PGHOST"] = address.Host!,
                ["PGPORT"] = address.Port.ToString(CultureInfo.InvariantCulture),
                ["PGUSER"] = address.Username!,
                ["PGDATABASE"] = address.Database!,
            },
            SecretEnvironment = new Dictionary<string, Secret> { ["PGPASSWORD"] = new("hunter2-hunter2") },
        };
    }

    private void Write(string file, string script) => File.WriteAllText(Path.Combine(_database.Folder, file), $"set -e\n{script}");
}
