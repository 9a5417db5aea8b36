using Deployment.Commands;
using Deployment.Migrations;
using Deployment.Runbooks;
using Deployment.Secrets;
using Deployment.Store;
using Deployment.Testing;
using Deployment.Tests.Execution;
using FluentAssertions;
using NUnit.Framework;

namespace Deployment.Tests.Migrations;

/// <summary>Any tool migrates a database, and is asked whether it did.</summary>
[Category("Unit")]
public sealed class CommandMigratorTests
{
    private static readonly Command Migrate = Command.Of("flyway", "migrate", "-target=2") with { SecretEnvironment = new Dictionary<string, Secret> { ["FLYWAY_PASSWORD"] = new("hunter2-hunter2") } };
    private static readonly Command Back = Command.Of("flyway", "undo", "-target=1");
    private static readonly Command Ask = Command.Of("./asks.sh", "2");
    private const int NotApplied = 10;
    private static readonly Command Count = Command.Of("psql", "-c", "SELECT count(*) FROM users");
    private readonly List<string> _database = [];
    private World _world = null!;
    private RecordingCommandRunner _runner = null!;

    [SetUp]
    public void Create()
    {
        _world = new World();
        _database.Clear();
        _runner = new RecordingCommandRunner();
        _runner.When("flyway", "migrate").Answers((_, _) => Do("migrated", "Successfully applied 1 migration"));
        _runner.When("flyway", "undo").Answers((_, _) => Do("undone", "undone"));
        _runner.When("./asks.sh").Answers((_, _) => Task.FromResult(new CommandResult(_database.LastOrDefault() == "migrated" ? 0 : NotApplied, "", "", TimeSpan.Zero)));
        _runner.When("psql").Returns(" 0 \n");
        _world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
    }

    [Test]
    public void Deploy_CommandWithProbe_RunsOnceAndKeepsItsOutput()
    {
        Declare(migration => migration.UndoBy(Back).ProbeBy(Ask, NotApplied).Verify(Count, "0"));

        DeploymentResult first = _world.Deploy("1.1.0");
        DeploymentResult second = _world.Deploy("1.2.0");

        first.Outcome.Should().Be(DeploymentOutcome.Succeeded, first.Reason);
        second.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _database.Should().Equal("migrated");
        second.Runbook.Steps.Should().NotContain(step => step.Phase == Phase.Expand);
        EffectStep step = first.Runbook.Steps.OfType<EffectStep>().Single(step => step.Phase == Phase.Expand);
        step.Commands.Should().Equal("FLYWAY_PASSWORD=\"$FLYWAY_PASSWORD\" flyway migrate '-target=2'");
        step.Undo.Commands.Should().Equal("flyway undo '-target=1'");
        step.VerificationCommands.Should().Equal("psql -c 'SELECT count(*) FROM users'");
        first.Runbook.ToJson().Should().NotContain("hunter2");
        _world.Entries.Single(entry => entry.Kind == JournalEntryKind.StepSucceeded && entry.Step == step.Id).Detail!["output"].Should().Be("Successfully applied 1 migration");
    }

    [Test]
    public void Deploy_CommandFails_IsUndoneAndItsLastLinesAreTheReason()
    {
        _runner.When("flyway", "migrate").Answers((_, _) => Do("migrated", "", 3, "ERROR: relation exists"));
        Declare(migration => migration.UndoBy(Back).ProbeBy(Ask, NotApplied));

        DeploymentResult result = _world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("flyway migrate '-target=2'` ended with exit code 3").And.Contain("ERROR: relation exists");
        _database.Should().Equal("migrated", "undone");
        _world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void Deploy_VerificationPrintsOtherwise_GoesBack()
    {
        _runner.When("psql").Returns("7\n");
        Declare(migration => migration.UndoBy(Back).ProbeBy(Ask, NotApplied).Verify(Count, "0"));

        DeploymentResult result = _world.Deploy("1.1.0");

        result.Reason.Should().Contain("printed '7', where '0' was expected");
        _database.Should().Equal("migrated", "undone");
    }

    [Test]
    public void Deploy_NothingTellsWhetherItWasApplied_RunsWithEachDeployment()
    {
        Declare(migration => migration.UndoBy(Back));

        _world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _world.Deploy("1.2.0").Runbook.Steps.Single(step => step.Phase == Phase.Expand).As<EffectStep>().Notes.Should().ContainSingle().Which.Should().StartWith("Nothing tells whether it was applied");

        _database.Should().Equal("migrated", "migrated");
    }

    [Test]
    public void Resume_DiedWhileItRanAndNothingTells_IsHeldAndNotRunAgain()
    {
        Declare(migration => migration.UndoBy(Back));
        _world.DieAfter(entry => entry.Kind == JournalEntryKind.CommandStarted);
        int before = _runner.Commands.Count(command => command.Program == "flyway");

        _world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = _world.Pipeline();
            Task<DeploymentResult> resuming = pipeline.ResumeAsync(_world.RunOf("1.1.0")!.Id);
            await HeldAsync();
            _runner.Commands.Count(command => command.Program == "flyway").Should().Be(before, "it is not run twice");
            await pipeline.SignalAsync(_world.RunOf("1.1.0")!.Id, Signal.Promote("ada"));
            return await resuming;
        }).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _runner.Commands.Count(command => command.Program == "flyway").Should().Be(before, "who looked has said that it is done");
    }

    /// <summary>The control: one that can be asked is looked at, and nobody is called.</summary>
    [Test]
    public void Resume_DiedWhileItRanAndAProbeTells_GoesOn()
    {
        Declare(migration => migration.UndoBy(Back).ProbeBy(Ask, NotApplied));
        _world.DieAfter(entry => entry is { Kind: JournalEntryKind.CommandStarted } && _runner.Commands[^1].Program == "flyway");

        _world.Resume().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _database.Should().Equal("migrated");
    }

    /// <summary>A run that died after the migration goes on, though nothing tells that it was applied.</summary>
    [Test]
    public void Resume_DiedAfterAnUnrecordedOne_GoesOn()
    {
        Declare(migration => migration.UndoBy(Back));
        _world.DieAfter(entry => entry is { Kind: JournalEntryKind.StepSucceeded });

        _world.Resume().Outcome.Should().Be(DeploymentOutcome.Succeeded);

        _database.Should().Equal("migrated");
    }

    [Test]
    public void Plan_WrongDeclarations_AllErrorsAtOnce()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().UseCommands(_runner).Migrate(migrations => migrations
            .FromCommands("db", commands => commands.Add("1", MigrationPhase.Expand, Migrate, _ => { }).Add("2", MigrationPhase.Expand, Migrate, migration => migration.UndoBy(Back).NothingToUndo("None.")))
            .FromCommands("other", _ => { }));

        _world.Invoking(world => world.Pipeline()).Should().Throw<DeploymentValidationException>().Which.Errors.Should().SatisfyRespectively(
            none => none.Should().StartWith("The migration '1' of db must say once how it is undone").And.EndWith("It says it 0 times."),
            twice => twice.Should().EndWith("It says it 2 times."),
            empty => empty.Should().Be("The database 'other' has no commands that migrate it. Add one."));
    }

    [Test]
    public void Plan_ContractThatNothingTells_IsRefused()
    {
        Declare(migration => migration.UndoBy(Back), MigrationPhase.Contract);

        _world.Invoking(world => world.Deploy("1.1.0")).Should().Throw<DeploymentValidationException>().Which.Errors.Should().ContainSingle()
            .Which.Should().Be("The migration '002_email' of db is a contract, and nothing tells whether it was done: every deployment would do it again. Say how one asks (ProbeBy).");
    }

    [Test]
    public void Plan_ProbeCannotTell_SaysSo()
    {
        _runner.When("./asks.sh").Returns("", 127, "no such database");
        Declare(migration => migration.UndoBy(Back).ProbeBy(Ask, NotApplied));

        _world.Invoking(world => world.Deploy("1.1.0")).Should().Throw<DeploymentException>().WithMessage("*Whether db has 002_email can't be told: `./asks.sh 2` ended with exit code 127*no such database*");
        _database.Should().BeEmpty();
    }

    /// <summary>With 1 most tools end that crash: it is no answer, and nothing runs twice because of it.</summary>
    [Test]
    public void Deploy_ProbeCrashes_IsNeverTakenForNotApplied()
    {
        Declare(migration => migration.UndoBy(Back).ProbeBy(Ask, NotApplied));
        _world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _runner.When("./asks.sh").Returns("", 1, "Traceback: no such module");

        _world.Invoking(world => world.Deploy("1.2.0")).Should().Throw<DeploymentException>()
            .WithMessage("*Whether db has 002_email can't be told: `./asks.sh 2` ended with exit code 1, where 0 (it was applied) or 10 (it was not) was expected. Traceback: no such module*");
        _database.Should().Equal("migrated");
    }

    [Test]
    public void Deploy_ProbeCannotTellAfterTheMigration_IsUndone()
    {
        _runner.When("./asks.sh").Answers((_, _) => Task.FromResult(new CommandResult(_database.LastOrDefault() switch { "migrated" => 1, _ => NotApplied }, "", "", TimeSpan.Zero)));
        Declare(migration => migration.UndoBy(Back).ProbeBy(Ask, NotApplied));

        DeploymentResult result = _world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("`./asks.sh 2` can't tell whether db has 002_email. It must end with exit code 0 (it was applied) or 10 (it was not).");
        _database.Should().Equal("migrated", "undone");
    }

    /// <summary>Whether an undo did what it should is not known then, and nobody says that it did.</summary>
    [Test]
    public void Deploy_ProbeCannotTellAfterTheUndo_NeedsAttention()
    {
        _runner.When("psql").Returns("7\n");
        _runner.When("./asks.sh").Answers((_, _) => Task.FromResult(new CommandResult(_database.LastOrDefault() switch { "migrated" => 0, "undone" => 1, _ => NotApplied }, "", "", TimeSpan.Zero)));
        Declare(migration => migration.UndoBy(Back).ProbeBy(Ask, NotApplied).Verify(Count, "0"));

        DeploymentResult result = _world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.NeedsAttention);
        result.Reason.Should().Contain("It can't be told whether db still has 002_email.");
        _database.Should().StartWith(["migrated", "undone"]);
    }

    [TestCase(0)]
    [TestCase(1)]
    [TestCase(2)]
    [TestCase(126)]
    public void Plan_CodeThatOthersEndWith_IsRefused(int notApplied)
    {
        Declare(migration => migration.UndoBy(Back).ProbeBy(Ask, notApplied));

        _world.Invoking(world => world.Pipeline()).Should().Throw<DeploymentValidationException>().Which.Errors.Should().ContainSingle()
            .Which.Should().StartWith($"The exit code by which `./asks.sh 2` says that db lacks '002_email' is {notApplied}; it must be 3 to 125");
    }

    [Test]
    public void Execute_CommandIsAnotherOneByThen_IsNotRun()
    {
        Declare(migration => migration.UndoBy(Back).ProbeBy(Ask, NotApplied));
        Runbook runbook = _world.Time.Run(() => _world.Pipeline().PlanAsync(World.Version("1.1.0")));
        Declare(migration => migration.UndoBy(Back).ProbeBy(Ask, NotApplied), command: Command.Of("flyway", "migrate"));

        DeploymentResult result = _world.Time.Run(() => _world.Pipeline().ExecuteAsync(runbook));

        result.Outcome.Should().NotBe(DeploymentOutcome.Succeeded);
        result.Reason.Should().Contain("is another one in this build of the pipeline: planned was");
        _database.Should().NotContain("migrated");
    }

    private void Declare(Action<CommandMigrationBuilder> configure, MigrationPhase phase = MigrationPhase.Expand, Command? command = null) => _world.Configure = pipeline => pipeline
        .UseBlueGreen()
        .UseCommands(_runner)
        .Migrate(migrations => migrations.FromCommands("db", commands => commands.Add("002_email", phase, command ?? Migrate, configure)));

    private Task<CommandResult> Do(string what, string output, int exitCode = 0, string error = "")
    {
        _database.Add(what);
        return Task.FromResult(new CommandResult(exitCode, output, error, TimeSpan.Zero));
    }

    private async Task HeldAsync()
    {
        while (_world.RunOf("1.1.0")!.State != RunState.Held)
        {
            await Task.Delay(TimeSpan.FromSeconds(1), _world.Time.Clock);
        }
    }
}
