using Deployment.Providers.PostgreSql.Scratch;
using Deployment.Runbooks;
using Deployment.Sql;
using Deployment.Store;
using Microsoft.Extensions.Logging;
using Npgsql;

namespace Deployment.Providers.PostgreSql.Tests.Backups;

/// <summary>Whole deployments with a backup before they change anything.</summary>
[Category("PostgreSql")]
public sealed class BackupPipelineTests
{
    private const string Password = "hunter2-nobody-else";
    private ShopWorld _world = null!;

    [SetUp]
    public async Task CreateAsync() => _world = await ShopWorld.CreateAsync();

    [TearDown]
    public async Task EndAsync() => await (_world?.DisposeAsync() ?? ValueTask.CompletedTask);

    [Test]
    public async Task Deploy_BackupIsProven_JournalsTheEvidenceAndThenExpands()
    {
        DeploymentResult result = await _world.Shop.DeployAsync("1.0.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Runbook.Steps.Take(2).Select(step => (step.Phase, step.Title)).Should().Equal((Phase.Backup, "Backup: shop-db"), (Phase.Expand, "Expand: 001_email.expand"));
        var backup = (EffectStep)result.Runbook.Steps.First();
        backup.Commands.Should().Contain(line => line.StartsWith("pg_dump '--format=custom'", StringComparison.Ordinal)).And.Contain(line => line.StartsWith("pg_restore --exit-on-error", StringComparison.Ordinal));
        JournalEntry done = result.Log.Entries.Single(entry => entry.Kind == JournalEntryKind.StepSucceeded && entry.Step == backup.Id);
        done.Detail!.Keys.Should().BeEquivalentTo("file", "size", "sha256", "compared", "duration");
        done.Detail!["file"].Should().Be(Path.Combine(_world.Shop.Backups, new PgAddress(_world.Shop.Address, null, null).Identity, result.RunId, "shop-db.dump"));
        done.Detail!["compared"].Should().Be("the schema, 50 rows of 1 tables by their checksums, 0 sequences, 0 large objects");
        _world.BackupFiles().Should().Equal("shop-db.dump");
        (await _world.ScratchAsync()).Should().BeEmpty();

        // With nothing to change there is nothing to save.
        (await _world.Shop.DeployAsync("1.1.0")).Runbook.Steps.Should().NotContain(step => step.Phase == Phase.Backup);
    }

    [Test]
    public async Task Deploy_BackupCantBeRestored_IsRejectedBeforeAnythingChanges()
    {
        _world.Instead("pg_dump", "REAL \"$@\" || exit 1\nfor a; do case \"$a\" in --file=*.partial) truncate -s -40 \"${a#--file=}\";; esac; done");

        DeploymentResult result = await _world.Shop.DeployAsync("1.0.0");

        result.Outcome.Should().Be(DeploymentOutcome.Rejected);
        result.Reason.Should().Contain("There is no backup of shop-db that can be restored, so nothing is changed").And.Contain("pg_restore");
        (await _world.Database.AskAsync<bool>("SELECT to_regclass('deployment_migrations') IS NULL")).Should().BeTrue();
        _world.BackupFiles().Should().BeEmpty();
        (await _world.ScratchAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Deploy_ReleaseFailsLater_KeepsTheBackup()
    {
        DeploymentResult result = await _world.Shop.DeployAsync("1.0.0", pipeline => pipeline.Step("breaks", Moment.BeforeTraffic, step => step.Run((_, _) => throw new DeploymentException("broken")).NothingToUndo()));

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("'Expand: 001_email.expand'").And.NotContain("Backup: shop-db");
        _world.BackupFiles().Should().Equal("shop-db.dump");
    }

    [Test]
    public async Task Resume_HostWasKilledInRestore_DropsWhatItLeftAndMakesTheBackup()
    {
        int orphan = await _world.DieInRestoreAsync("deploy");

        (await _world.RunAsync("resume")).Should().Be("Succeeded");

        (await _world.ScratchAsync()).Should().BeEmpty();
        _world.BackupFiles().Should().Equal("shop-db.dump");
        HasEnded(orphan).Should().BeTrue("the program that the host left behind is ended");
    }

    [Test]
    public async Task Resume_ByAnotherBuildAfterAKill_GoesBackAndDropsWhatItLeft()
    {
        await _world.DieInRestoreAsync("deploy");

        // This host is another build than the one that was killed.
        DeploymentResult result = (await _world.Shop.Compose().ResumeAllAsync()).Single();

        result.Outcome.Should().Be(DeploymentOutcome.Rejected, result.Reason);
        (await _world.ScratchAsync()).Should().BeEmpty();
        _world.BackupFiles().Should().BeEmpty();
        (await _world.Database.AskAsync<bool>("SELECT to_regclass('deployment_migrations') IS NULL")).Should().BeTrue();
    }

    [Test]
    public async Task Rehearse_HostWasKilled_TheNextOneDropsWhatItLeft()
    {
        await _world.Shop.DeployAsync("1.0.0");
        string backup = Directory.GetFiles(_world.Shop.Backups, "*.dump", SearchOption.AllDirectories).Single();
        await _world.DieInRestoreAsync("rehearse", backup);

        RehearsalReport report = await _world.Shop.RehearseAsync(backup);

        report.IsClean.Should().BeTrue(report.ToString());
        report.Scripts.Select(script => (script.Id, script.UndoneIn is not null)).Should().Equal(("001_email.expand", true));
        (await _world.ScratchAsync()).Should().BeEmpty();
    }

    [Test]
    public async Task Deploy_DatabaseAsksForAPassword_ItIsNowhereButInTheEnvironmentOfTheChild()
    {
        await WithPasswordAsync();
        string seen = Path.Combine(_world.Shop.Folder, "seen");
        foreach (string program in new[] { "pg_dump", "pg_restore" })
        {
            // What every process of the machine can see, and whether the password is there where only its owner sees it.
            _world.Instead(program, $"{{ echo \"$@\"; cat /proc/[0-9]*/cmdline | tr '\\0' ' '; echo; test \"$PGPASSWORD\" = \"$(cat {_world.Shop.PasswordFile})\" && echo has it; }} 2> /dev/null >> {seen}\nexec REAL \"$@\"");
        }

        var logs = new LogLines();
        DeploymentResult result = await _world.Shop.DeployAsync("1.0.0", logs: logs);

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        string[] lines = await File.ReadAllLinesAsync(seen);
        lines.Count(line => line == "has it").Should().Be(4, "two dumps of schemas, the dump and its restore");
        lines.Should().NotContain(line => line.Contains(Password, StringComparison.Ordinal));
        logs.Lines.Should().NotBeEmpty().And.NotContain(line => line.Contains(Password, StringComparison.Ordinal));
        result.Runbook.ToString().Should().NotContain(Password);
        foreach (string file in Directory.GetFiles(_world.Shop.Store, "*", SearchOption.AllDirectories))
        {
            (await File.ReadAllTextAsync(file)).Should().NotContain(Password);
        }
    }

    [Test]
    public async Task Deploy_PasswordIsWrong_SaysSoWithoutIt()
    {
        await WithPasswordAsync();
        await _world.Database.RunAsync($"ALTER ROLE {RoleOf(_world)} PASSWORD 'another'");

        DeploymentResult? result = null;
        Exception? error = null;
        try
        {
            result = await _world.Shop.DeployAsync("1.0.0");
        }
        catch (DeploymentException refused)
        {
            error = refused;
        }

        string said = $"{result?.Reason}{error}";
        said.Should().Contain("password authentication failed").And.NotContain(Password);
    }

    /// <summary>A role that the server lets in with its password alone.</summary>
    private async Task WithPasswordAsync()
    {
        string role = RoleOf(_world);
        await _world.Database.RunAsync($"CREATE ROLE {role} LOGIN SUPERUSER PASSWORD '{Password}'");
        string file = await _world.Database.AskAsync<string>("SHOW hba_file");
        string rules = await File.ReadAllTextAsync(file);
        await File.WriteAllTextAsync(file, $"local all {role} scram-sha-256\n{rules}");
        await _world.Database.RunAsync("SELECT pg_reload_conf()");
        _world.AsUser(role, Password);
        await using NpgsqlDataSource without = NpgsqlDataSource.Create(_world.Shop.Address);
        long begin = TimeProvider.System.GetTimestamp();
        while (await LetsInAsync(without))
        {
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(30), "the server asks for the password");
            await Task.Delay(20);
        }
    }

    private static string RoleOf(ShopWorld world) => $"keeper_of_{new NpgsqlConnectionStringBuilder(world.Database.Address).Database}";

    private static async Task<bool> LetsInAsync(NpgsqlDataSource source)
    {
        try
        {
            await using NpgsqlConnection connection = await source.OpenConnectionAsync();
            return true;
        }
        catch (NpgsqlException)
        {
            return false;
        }
    }

    /// <summary>Whose parent has died may wait a while for whoever reaps it.</summary>
    private static bool HasEnded(int processId)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{processId}/stat");
            return stat[stat.LastIndexOf(')') + 2] is 'Z' or 'X';
        }
        catch (IOException)
        {
            return true;
        }
    }

    private sealed class LogLines : ILoggerFactory, ILogger
    {
        internal List<string> Lines { get; } = [];

        public void AddProvider(ILoggerProvider provider)
        {
        }

        public ILogger CreateLogger(string categoryName) => this;

        public void Dispose()
        {
        }

        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            lock (Lines)
            {
                Lines.Add($"{formatter(state, exception)} {exception}");
            }
        }
    }
}
