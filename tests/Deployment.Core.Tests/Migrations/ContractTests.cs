using Deployment.Health;
using Deployment.Migrations;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Testing;
using Deployment.Tests.Execution;
using FluentAssertions;
using NUnit.Framework;

namespace Deployment.Tests.Migrations;

/// <summary>What only older releases need is taken away when none of them can come back.</summary>
[Category("Unit")]
public sealed class ContractTests
{
    private static readonly Migration AddEmail = FakeMigrator.Migration("001_add_email");
    private static readonly Migration DropMail = FakeMigrator.Migration("002_drop_mail", MigrationPhase.Contract);
    private static readonly TimeSpan Window = TimeSpan.FromHours(24);

    [Test]
    public void Complete_WindowHasClosed_Contracts()
    {
        (World world, FakeMigrator database) = Create();
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        database.Applied.Should().Equal("001_add_email");

        Complete(world).Should().BeEmpty("nothing is due yet");
        world.Time.Clock.Advance(Window);
        IReadOnlyList<DeploymentResult> done = Complete(world);

        done.Should().ContainSingle(result => result.Runbook.Kind == RunKind.Contract).Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        database.Applied.Should().Equal("001_add_email", "002_drop_mail");
        Complete(world).Should().BeEmpty("it is done once");
    }

    [Test]
    public void Plan_ContractPending_IsPrintedWithItsCommand()
    {
        (World world, _) = Create();

        world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.1.0"))).ToMarkdown().Should()
            .Contain("1 d after success, when nothing older than `1.1.0` lives, `db` loses what only older releases need")
            .And.Contain("`fakesql apply 002_drop_mail`");
    }

    [Test]
    public void Complete_OlderRevisionStillRuns_Waits()
    {
        (World world, FakeMigrator database) = Create(retireAfter: TimeSpan.FromDays(3));
        world.Deploy("1.1.0");
        world.Target.Now.Revisions.Should().HaveCount(2, "the old revision stands for going back");
        world.Time.Clock.Advance(Window);

        Complete(world).Should().BeEmpty("1.0.0 may need what it takes away");
        database.Applied.Should().Equal("001_add_email");

        world.Time.Clock.Advance(TimeSpan.FromDays(3));
        Complete(world).Select(result => result.Runbook.Kind).Should().Equal(RunKind.Retire, RunKind.Contract);
        database.Applied.Should().Equal("001_add_email", "002_drop_mail");
    }

    [Test]
    public void RollBack_WithinTheWindow_CancelsTheContract()
    {
        (World world, FakeMigrator database) = Create(retireAfter: TimeSpan.FromDays(3));
        world.Deploy("1.1.0");
        world.Time.Run(() => world.Pipeline().RollBackAsync()).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Time.Clock.Advance(Window * 9);

        Complete(world).Should().NotContain(result => result.Runbook.Kind == RunKind.Contract);

        database.Applied.Should().Equal("001_add_email");
        Contract(world).Should().Match<RunRecord>(run => run.Outcome == DeploymentOutcome.Rejected && run.Reason!.StartsWith("Superseded by run"));
    }

    [Test]
    public void RollBack_AfterTheContract_IsRefusedWithTheReason()
    {
        (World world, _) = Create();
        world.Deploy("1.1.0");
        world.Time.Clock.Advance(Window);
        Complete(world);

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().RollBackAsync())).Should().Throw<DeploymentValidationException>()
            .Which.Errors.Should().ContainSingle().Which.Should().Contain("Version 1.0.0 needs what run").And.Contain("took out of db").And.Contain("the schema serves 1.1.0 and newer");
        FluentActions.Invoking(() => world.Deploy("1.0.5")).Should().Throw<DeploymentValidationException>().Which.Errors.Should().ContainSingle(error => error.Contains("Version 1.0.5 needs"));
        world.Deploy("1.2.0").Outcome.Should().Be(DeploymentOutcome.Succeeded, "a newer one supersedes it");
    }

    [Test]
    public void Complete_NewerReleaseLeftAContractToo_KeepsTheirOrder()
    {
        (World world, FakeMigrator database) = Create();
        world.Deploy("1.1.0");
        database.Known = [AddEmail, DropMail, FakeMigrator.Migration("003_drop_fax", MigrationPhase.Contract)];
        world.Deploy("1.2.0");
        world.Time.Clock.Advance(Window + TimeSpan.FromMinutes(5));

        Complete(world).Where(result => result.Runbook.Kind == RunKind.Contract).Select(result => result.Runbook.Steps.OfType<EffectStep>().Select(step => step.Title).ToArray()).Should()
            .SatisfyRespectively(first => first.Should().Equal("Contract: 002_drop_mail"), second => second.Should().Equal("Contract: 003_drop_fax"));
        database.Applied.Should().Equal("001_add_email", "002_drop_mail", "003_drop_fax");
    }

    [Test]
    public void Complete_DestroysData_AsksAPersonFirst()
    {
        (World world, FakeMigrator database) = Create(contract: DropMail with { DestroysData = "The column mail." });
        world.Deploy("1.1.0");
        world.Time.Clock.Advance(Window);

        IReadOnlyList<DeploymentResult> done = world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = world.Pipeline();
            Task<IReadOnlyList<DeploymentResult>> completing = pipeline.CompleteAsync();
            while (Contract(world).State != RunState.Held)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock);
            }

            database.Applied.Should().Equal(["001_add_email"], "nobody has said yes");
            await pipeline.SignalAsync(Contract(world).Id, Signal.Approve("ada", Contract(world).RunbookHash!));
            return await completing;
        });

        done.Should().ContainSingle(result => result.Runbook.Kind == RunKind.Contract && result.Outcome == DeploymentOutcome.Succeeded);
        database.Applied.Should().Equal("001_add_email", "002_drop_mail");
    }

    [Test]
    public void Complete_ContractFails_TakesBackWhatItDid()
    {
        (World world, FakeMigrator database) = Create();
        database.Known = [AddEmail, DropMail, FakeMigrator.Migration("003_drop_fax", MigrationPhase.Contract)];
        world.Deploy("1.1.0");
        database.Before = (_, text, _) => text == "apply 003_drop_fax" ? throw new DeploymentException("a view needs it") : Task.CompletedTask;
        world.Time.Clock.Advance(Window);

        Complete(world).Should().ContainSingle(result => result.Runbook.Kind == RunKind.Contract).Which.Should()
            .Match<DeploymentResult>(result => result.Outcome == DeploymentOutcome.RolledBack && result.Reason!.Contains("a view needs it"));
        database.Applied.Should().Equal("001_add_email");
        world.Time.Run(() => world.Pipeline().RollBackAsync()).Outcome.Should().Be(DeploymentOutcome.Succeeded, "nothing was taken away");
    }

    [Test]
    public void Complete_PersonSaysNo_IsNotAskedAgain()
    {
        (World world, FakeMigrator database) = Create(contract: DropMail with { DestroysData = "The column mail." });
        world.Deploy("1.1.0");
        world.Time.Clock.Advance(Window);

        world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = world.Pipeline();
            Task<IReadOnlyList<DeploymentResult>> completing = pipeline.CompleteAsync();
            while (Contract(world).State != RunState.Held)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock);
            }

            await pipeline.SignalAsync(Contract(world).Id, Signal.Reject("ada", "we still need it"));
            return await completing;
        });
        world.Time.Clock.Advance(TimeSpan.FromDays(2));

        Complete(world).Should().NotContain(result => result.Runbook.Kind == RunKind.Contract);
        database.Applied.Should().Equal("001_add_email");
        Contract(world).Outcome.Should().Be(DeploymentOutcome.Rejected);
    }

    [Test]
    public void Complete_NewerReleaseWithdrewTheContract_TakesNothingAway()
    {
        (World world, FakeMigrator database) = Create();
        world.Deploy("1.1.0");
        database.Known = [AddEmail];
        world.Deploy("1.2.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Time.Clock.Advance(Window + TimeSpan.FromMinutes(5));

        Complete(world);

        database.Applied.Should().Equal("001_add_email");
        Contract(world).Should().Match<RunRecord>(run => run.Outcome == DeploymentOutcome.Rejected && run.Reason!.StartsWith("Nothing is left to take out of db"));
        world.Deploy("1.0.5").Outcome.Should().Be(DeploymentOutcome.Succeeded, "nothing was taken away that an older one needs");
    }

    /// <summary>A folder that can't be read looks like one from which everything was withdrawn.</summary>
    [Test]
    public void Complete_SourceHasProblems_IsNotTakenForWithdrawn()
    {
        (World world, FakeMigrator database) = Create();
        world.Deploy("1.1.0");
        world.Time.Clock.Advance(Window);
        IReadOnlyList<Migration> known = database.Known;
        (database.Known, database.Problems) = ([], ["The folder can't be read."]);

        FluentActions.Invoking(() => Complete(world)).Should().Throw<DeploymentException>().WithMessage("*The folder can't be read.*");
        Contract(world).State.Should().Be(RunState.Scheduled);

        (database.Known, database.Problems) = (known, []);
        Complete(world).Should().ContainSingle(result => result.Runbook.Kind == RunKind.Contract && result.Outcome == DeploymentOutcome.Succeeded);
        database.Applied.Should().Equal("001_add_email", "002_drop_mail");
    }

    [Test]
    public void Complete_AnOlderVersionCameInBetween_WaitsForTheNewWindow()
    {
        (World world, FakeMigrator database) = Create();
        world.Deploy("1.1.0");
        world.Deploy("1.0.1").Outcome.Should().Be(DeploymentOutcome.Succeeded, "nothing was contracted yet");
        world.Time.Clock.Advance(Window);
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Time.Clock.Advance(TimeSpan.FromHours(2));

        Complete(world);
        database.Applied.Should().Equal(["001_add_email"], "1.1.0 can still go back to 1.0.1");

        world.Time.Clock.Advance(Window);
        Complete(world);
        database.Applied.Should().Equal("001_add_email", "002_drop_mail");
    }

    [Test]
    public void Execute_PlannedBeforeTheContract_IsRefused()
    {
        (World world, _) = Create(retireAfter: TimeSpan.FromMinutes(1));
        world.Deploy("1.1.0");
        Runbook back = world.Time.Run(() => world.Pipeline().PlanRollBackAsync());
        world.Time.Clock.Advance(Window);
        Complete(world);

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().ExecuteAsync(back))).Should().Throw<DeploymentValidationException>()
            .Which.Errors.Should().ContainSingle().Which.Should().Contain("Version 1.0.0 needs what run");
    }

    [Test]
    public void Build_WindowIsShorterThanTheExtendedWatch_IsRefused() =>
        FluentActions.Invoking(() => DeploymentPipeline.Create("shop").DeployTo(new FakeTarget("web")).UseBlueGreen().Migrate(migrations => migrations.From(new FakeMigrator()))
                .Monitor(TimeSpan.FromMinutes(5), monitor => monitor.RollBackWhen(Deployment.Analysis.Metric.ErrorRate.IsAbove(0.1)).With(options => options.Extended = TimeSpan.FromHours(48))).Build())
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().ContainSingle().Which.Should().Contain("RollbackWindow is 1.00:00:00 and the monitor's Extended is 2.00:00:00");

    [Test]
    public void Complete_DiesAtEveryPoint_ContractsOnce()
    {
        int died = 0;
        for (int point = 1; ; point++)
        {
            (World world, FakeMigrator database) = Create();
            world.Deploy("1.1.0");
            world.Time.Clock.Advance(Window);
            Action<DeploymentPipelineBuilder> alive = world.Configure;
            var process = new SimulatedProcess(point);
            world.Configure = pipeline => pipeline.UseBlueGreen().Migrate(migrations => migrations.From(process.Reach(database)));
            try
            {
                world.Time.Run(() => world.Pipeline(process).CompleteAsync());
            }
            catch (Exception) when (process.Death is not null)
            {
                // Here another process goes on.
            }

            if (process.Death is null)
            {
                break;
            }

            died++;
            world.Configure = alive;
            world.Time.Run(async () =>
            {
                DeploymentPipeline pipeline = world.Pipeline();
                await pipeline.ResumeAllAsync();
                world.Time.Clock.Advance(TimeSpan.FromHours(1));
                return await pipeline.CompleteAsync();
            });
            database.Transcript.Should().Equal(["apply 001_add_email", "apply 002_drop_mail"], $"died {process.Death}");
            world.Store.ListClaimsAsync(default).Result.Should().BeEmpty($"died {process.Death}");
        }

        died.Should().BeGreaterThan(15);
    }

    private static RunRecord Contract(World world) => world.Runs().Last(run => run.Kind == RunKind.Contract);

    private static IReadOnlyList<DeploymentResult> Complete(World world) => world.Time.Run(() => world.Pipeline().CompleteAsync());

    private static (World World, FakeMigrator Database) Create(TimeSpan? retireAfter = null, Migration? contract = null)
    {
        var world = new World();
        var database = new FakeMigrator("db", AddEmail, contract ?? DropMail);
        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Configure = pipeline => pipeline.UseBlueGreen(options => options.RollbackWindow = retireAfter ?? TimeSpan.FromHours(1)).Migrate(migrations => migrations.From(database));
        return (world, database);
    }
}
