using Deployment.Commands;
using Deployment.Health;
using Deployment.Migrations;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Targets;
using Deployment.Testing;
using Deployment.Tests.Execution;
using FluentAssertions;
using NUnit.Framework;

namespace Deployment.Tests.Migrations;

/// <summary>A database is backed up before it is changed.</summary>
[Category("Unit")]
public sealed class BackupTests
{
    private static readonly Migration AddEmail = FakeMigrator.Migration("001_add_email");
    private static readonly Migration FillEmail = FakeMigrator.Migration("002_fill_email", MigrationPhase.Backfill);
    private static readonly Migration DropMail = FakeMigrator.Migration("003_drop_mail", MigrationPhase.Contract);

    [Test]
    public void Deploy_BackupRequired_StandsBeforeTheExpandsWithItsEvidence()
    {
        (World world, FakeMigrator database, NotedBackup backup) = Create();

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        backup.Transcript.Should().Equal("secure db");
        database.Applied.Should().Equal("001_add_email", "002_fill_email");
        result.Runbook.Steps.Take(3).Select(step => step.Phase).Should().Equal(Phase.Backup, Phase.Expand, Phase.Backfill);
        JournalEntry done = result.Log.Entries.Single(entry => entry.Kind == JournalEntryKind.StepSucceeded && entry.Step == "db/backup-db");
        done.Detail.Should().BeEquivalentTo(new Dictionary<string, string> { ["file"] = "db.dump" }, "what decides is the engine's to say, whatever the evidence is called");
        world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.2.0"))).Steps.Should().NotContain(step => step.Phase == Phase.Backup, "nothing is changed");
    }

    [Test]
    public void Deploy_NoBackup_IsRejectedWithNothingChangedAndTakenAway()
    {
        (World world, FakeMigrator database, NotedBackup backup) = Create();
        backup.Failure = "The disk is full.";

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.Rejected);
        result.Reason.Should().Contain("The disk is full.");
        database.Transcript.Should().BeEmpty();
        backup.Transcript.Should().Equal("secure db", "clean up db");
        world.Store.ListClaimsAsync(default).Result.Should().BeEmpty();
    }

    [Test]
    public void Deploy_ReleaseFailsLater_KeepsTheBackupAndSaysNothingOfIt()
    {
        (World world, _, NotedBackup backup) = Create();
        world.Smoke = _ => Verdict.Fail("broken");

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("'Expand: 001_add_email' (db)").And.NotContain("Backup");
        backup.Transcript.Should().Equal("secure db");
    }

    [Test]
    public void Deploy_OnlyABackfillAfterwards_IsBackedUpBeforeTheRelease()
    {
        (World world, FakeMigrator database, NotedBackup backup) = Create(migrations => migrations.With(options => options.BackfillAfterDeployment = true));
        database.Known = [FillEmail];

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Runbook.Steps.First().Phase.Should().Be(Phase.Backup);
        backup.Transcript.Should().Equal("secure db");
    }

    [Test]
    public void Complete_ContractIsDue_IsBackedUpAgain()
    {
        (World world, FakeMigrator database, NotedBackup backup) = Create();
        database.Known = [AddEmail, DropMail];
        world.Deploy("1.1.0");
        world.Time.Clock.Advance(TimeSpan.FromDays(2));

        IReadOnlyList<DeploymentResult> done = world.Time.Run(() => world.Pipeline().CompleteAsync());

        done.Single(result => result.Runbook.Kind == RunKind.Contract).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        backup.Transcript.Should().Equal("secure db", "secure db");
        database.Applied.Should().Equal("001_add_email", "003_drop_mail");
    }

    [Test]
    public void Complete_ContractHasNoBackup_EndsAndIsNotTriedForEver()
    {
        (World world, FakeMigrator database, NotedBackup backup) = Create();
        database.Known = [AddEmail, DropMail];
        world.Deploy("1.1.0");
        world.Time.Clock.Advance(TimeSpan.FromDays(2));
        backup.Failure = "The disk is full.";

        world.Time.Run(() => world.Pipeline().CompleteAsync()).Single(result => result.Runbook.Kind == RunKind.Contract).Outcome.Should().Be(DeploymentOutcome.RolledBack);

        database.Applied.Should().Equal("001_add_email");
        world.Time.Clock.Advance(TimeSpan.FromDays(2));
        world.Time.Run(() => world.Pipeline().CompleteAsync()).Should().BeEmpty();
    }

    [Test]
    public void Execute_BackupIsAnotherOneByNow_IsRefused()
    {
        (World world, _, NotedBackup backup) = Create();
        Runbook planned = world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.1.0")));
        backup.Line = "fakedump --to /tmp";

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().ExecuteAsync(planned))).Should().Throw<DeploymentValidationException>()
            .WithMessage("*The backup of db is another one in this build of the pipeline: planned was `fakedump`, and it would do `fakedump --to /tmp`. Plan again*");
    }

    [Test]
    public void Build_BackupOfNothing_SaysEverythingAtOnce() =>
        FluentActions.Invoking(() => DeploymentPipeline.Create("shop").DeployTo(new FakeTarget("web")).UseBlueGreen().Migrate(migrations => migrations
                .RequireBackup(new NotedBackup())
                .From(new FakeMigrator("db"))
                .RequireBackup(new NotedBackup { Timeout = TimeSpan.Zero })
                .RequireBackup(new NotedBackup())).Build())
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().Contain(
                "A backup is required of no database. Add the migrator before it, such as FromScripts(...).RequireBackup(...).",
                "db is to have 2 backups. Say which one.",
                "The time-out of a backup is 00:00:00; it must be 10 ms to 24 h.");

    [TestCase(1, null)]
    [TestCase(5, "The backup b-7 of db is of 2040-01-01 00:00:00 UTC, 5 h ago, and may be 4 h old. Make a new one, then deploy again.")]
    [TestCase(-1, "The backup b-7 of db is said to be of 2040-01-01 00:00:00 UTC, which is yet to come*")]
    public void Attested_Age_Decides(int hours, string? refusal)
    {
        var taken = new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var backup = new AttestedBackup("The newest of the storage is proven", (_, _) => Task.FromResult(new BackupAttestation("b-7", taken)), TimeSpan.FromHours(4));

        (string? error, EffectContext context) = Secure(backup, taken + TimeSpan.FromHours(hours));

        (error is null).Should().Be(refusal is null);
        (error ?? "none").Should().Match(refusal ?? "none");
        context.Recorded["backup"].Should().Be("b-7");
        context.Recorded["taken at"].Should().Be("2040-01-01 00:00:00 UTC");
    }

    [TestCase(0, true)]
    [TestCase(1, false)]
    public void Attested_Command_ProvesByItsExitCode(int exitCode, bool isProven)
    {
        var taken = new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero);
        var proof = Command.Of("pgbackrest", "verify", "--set=b-7");
        var backup = new AttestedBackup(new BackupAttestation("b-7", taken), proof, TimeSpan.FromHours(4));
        var commands = new RecordingCommandRunner();
        commands.When("pgbackrest").Returns(exitCode: exitCode, error: exitCode == 0 ? "" : "no such set");

        backup.Describe("db").Commands.Should().Equal(proof.ToString());
        backup.Describe("db").Expected.Should().Be("The backup b-7 of 2040-01-01 00:00:00 UTC is proven by exit code 0, and is at most 4 h old.");
        (string? error, EffectContext context) = Secure(backup, taken, commands);

        (error is null).Should().Be(isProven);
        (error ?? "none").Should().Match(isProven ? "none" : "No backup of db is proven, so nothing is changed: *no such set");
        context.Recorded.ContainsKey("proof").Should().Be(isProven);
    }

    [Test]
    public void Attested_BadValues_AreNamedTogether() =>
        FluentActions.Invoking(() => new AttestedBackup(new BackupAttestation("", DateTimeOffset.UnixEpoch), Command.Of("true"), TimeSpan.Zero, TimeSpan.Zero))
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().HaveCount(3);

    [Test]
    public void Attested_CodeGivesNone_IsNotProven() =>
        Secure(new AttestedBackup("Looked up", (_, _) => Task.FromResult<BackupAttestation>(null!), TimeSpan.FromHours(1)), new DateTimeOffset(2040, 1, 1, 0, 0, 0, TimeSpan.Zero)).Error
            .Should().Be("No backup of db is proven, so nothing is changed: The proof gave no backup.");

    /// <summary>A person may take days to say yes: what is saved then is saved after that.</summary>
    [Test]
    public void Complete_ContractDestroysData_IsBackedUpAfterTheGo()
    {
        (World world, FakeMigrator database, NotedBackup backup) = Create();
        database.Known = [AddEmail, FillEmail, FakeMigrator.Migration("003_drop_mail", MigrationPhase.Contract) with { DestroysData = "The column mail." }];
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        backup.Transcript.Clear();
        world.Time.Clock.Advance(TimeSpan.FromHours(25));

        world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = world.Pipeline();
            Task<IReadOnlyList<DeploymentResult>> completing = pipeline.CompleteAsync();
            RunRecord Contract() => world.Runs().Last(run => run.Kind == RunKind.Contract);
            while (Contract().State != RunState.Held)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock);
            }

            backup.Transcript.Should().BeEmpty("nobody has said yes");
            await pipeline.SignalAsync(Contract().Id, Signal.Approve("ada", Contract().RunbookHash!));
            return await completing;
        });

        backup.Transcript.Should().Equal("secure db");
        database.Applied.Should().EndWith("003_drop_mail");
    }

    /// <summary>What an undo of its own takes away is saved as well.</summary>
    [Test]
    public void PlanUndoMigrations_BackupIsRequired_IsMadeAfterTheGoAndBeforeTheFirstUndo()
    {
        (World world, _, _) = Create();
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Time.Run(() => world.Pipeline().RollBackAsync()).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Time.Clock.Advance(TimeSpan.FromHours(2));
        world.Time.Run(() => world.Pipeline().CompleteAsync());

        Runbook undo = world.Time.Run(() => world.Pipeline().PlanUndoMigrationsAsync("db", [AddEmail.Id, FillEmail.Id]));

        undo.Steps.Select(step => step.Phase).Should().Equal(Phase.Approval, Phase.Backup, Phase.Finalization, Phase.Finalization);
    }

    private static (string? Error, EffectContext Context) Secure(AttestedBackup backup, DateTimeOffset now, RecordingCommandRunner? commands = null)
    {
        var time = new VirtualTime();
        time.Clock.Advance(now - time.Clock.GetUtcNow());
        var context = new EffectContext("run-1", "step-1", 1, commands ?? new RecordingCommandRunner(), new Secrets.EnvironmentSecretStore(), time.Clock);
        try
        {
            time.Run(() => backup.SecureAsync("db", context, CancellationToken.None));
            return (null, context);
        }
        catch (DeploymentException error)
        {
            return (error.Message, context);
        }
    }

    private static (World World, FakeMigrator Database, NotedBackup Backup) Create(Action<MigrationsBuilder>? more = null)
    {
        var world = new World();
        var database = new FakeMigrator("db", AddEmail, FillEmail);
        var backup = new NotedBackup();
        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Configure = pipeline => pipeline.UseBlueGreen(options => options.RollbackWindow = TimeSpan.FromHours(1)).Migrate(migrations =>
        {
            migrations.From(database).RequireBackup(backup);
            more?.Invoke(migrations);
        });
        return (world, database, backup);
    }

    private sealed class NotedBackup : IDatabaseBackup
    {
        internal List<string> Transcript { get; } = [];

        internal string? Failure { get; set; }

        internal string Line { get; set; } = "fakedump";

        public TimeSpan Timeout { get; init; } = TimeSpan.FromMinutes(1);

        public IReadOnlyList<Prerequisite> Prerequisites => [];

        public VerbDescription Describe(string database) => new([Line], "There is a dump.", "It is there.");

        public Task SecureAsync(string database, EffectContext context, CancellationToken cancellationToken)
        {
            Transcript.Add($"secure {database}");
            context.Record("file", $"{database}.dump");
            // What the engine itself calls something.
            context.Record("ahead", "true");
            return Failure is null ? Task.CompletedTask : throw new DeploymentException(Failure);
        }

        public Task CleanUpAsync(string database, EffectContext context, CancellationToken cancellationToken)
        {
            Transcript.Add($"clean up {database}");
            return Task.CompletedTask;
        }
    }
}
