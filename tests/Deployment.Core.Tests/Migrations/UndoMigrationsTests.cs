using Deployment.Migrations;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Testing;
using Deployment.Tests.Execution;
using FluentAssertions;
using NUnit.Framework;

namespace Deployment.Tests.Migrations;

/// <summary>Going back leaves the schema as it is; who wants it as before says so, when no release needs it.</summary>
[Category("Unit")]
public sealed class UndoMigrationsTests
{
    private static readonly Migration AddEmail = FakeMigrator.Migration("001_add_email");
    private static readonly Migration FillEmail = FakeMigrator.Migration("002_fill_email", MigrationPhase.Backfill);
    private static readonly Migration DropMail = FakeMigrator.Migration("003_drop_mail", MigrationPhase.Contract);
    private static readonly string[] Both = ["001_add_email", "002_fill_email"];

    [Test]
    public void Execute_AfterGoingBackAndApproved_UndoesThemInReverse()
    {
        (World world, FakeMigrator database) = WentBack();

        DeploymentResult result = Undo(world, Both, run => Signal.Approve("ada", run.RunbookHash!));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Runbook.Kind.Should().Be(RunKind.UndoMigrations);
        database.Transcript.Should().Equal("apply 001_add_email", "apply 002_fill_email", "undo 002_fill_email", "undo 001_add_email");
        world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
        world.Store.ListClaimsAsync(default).Result.Should().BeEmpty();
        world.Deploy("1.2.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        database.Applied.Should().Equal(Both, "a release that needs them brings them again");
    }

    [Test]
    public void Execute_Refused_ChangesNothing()
    {
        (World world, FakeMigrator database) = WentBack();

        Undo(world, Both, _ => Signal.Reject("ada", "we bring 1.1.1 tomorrow")).Outcome.Should().Be(DeploymentOutcome.Rejected);

        database.Applied.Should().Equal(Both);
    }

    [Test]
    public void Plan_SaysWhatIsLostAndHowItIsDoneByHand()
    {
        (World world, _) = WentBack();

        string text = Plan(world, Both).ToMarkdown();

        text.Should().StartWith("# Undo migrations of shop in production")
            .And.Contain("fakesql undo 001_add_email")
            .And.Contain("| point of no return | **Undo Backfill: 002_fill_email**: What was written to it since goes with it.")
            .And.Contain("Go/No-Go before the point of no return")
            .And.Contain("`web`: it must stay as it is meanwhile, and is claimed");
    }

    [Test]
    public void Plan_AReleaseThatNeedsThemIsLive_IsRefused()
    {
        (World world, _) = Create();
        world.Deploy("1.1.0");

        Errors(world, Both).Should().Equal(
            "shop_1.1.0_1 takes traffic or runs on web, and may need what was applied for 1.1.0. Go back to an older release first (RollBackAsync), and let the rollback window close (CompleteAsync).",
            $"Run {world.Runs().First(run => run.Version == "1.1.0").Id}-contract-1 is to take out of db what only releases before 1.1.0 need, which would be all that is left. Go back from 1.1.0 first: that cancels it.");
    }

    [Test]
    public void Plan_WhatCannotBeUndone_SaysAllAtOnce()
    {
        (World world, FakeMigrator database) = WentBack();
        database.Seed(FakeMigrator.Migration("000_by_hand"));
        database.Seed(DropMail);
        database.Known = [AddEmail with { Checksum = new string('a', 64) }, FillEmail with { Undo = null }, DropMail];

        Errors(world, [.. Both, "003_drop_mail", "000_by_hand", "009_never"]).Should().Equal(
            "The migration '001_add_email' of db was changed since it was applied, so its undo may be another one. Take the source that it was applied from.",
            "The migration '002_fill_email' of db has no undo. Say how it is taken back.",
            "The migration '003_drop_mail' of db is a contract: what it took away doesn't come back. Bring what is needed by a new migration.",
            "The migration '000_by_hand' of db is not in the source, so nobody knows how it is undone. Take the source that has it, or undo it by hand.",
            "The migration '009_never' of db was not applied, so there is nothing to undo.",
            "No deployment of 'shop' in production applied the migration '003_drop_mail' of db, so nobody knows which releases need it. If it is to go, undo it by hand.",
            "No deployment of 'shop' in production applied the migration '000_by_hand' of db, so nobody knows which releases need it. If it is to go, undo it by hand.");
    }

    /// <summary>A fix of the older line was deployed when the schema had it: it may use it.</summary>
    [Test]
    public void Plan_AnOlderVersionWasDeployedSince_IsRefused()
    {
        (World world, _) = WentBack();
        world.Deploy("1.0.9").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Time.Clock.Advance(TimeSpan.FromHours(2));
        world.Time.Run(() => world.Pipeline().CompleteAsync());

        Errors(world, Both).Should().ContainSingle().Which.Should().StartWith("shop_1.0.9_1 takes traffic or runs on web, and may need what was applied for 1.1.0.");
    }

    [Test]
    public void Plan_ExpandHasNothingThatUndoesIt_IsRefused()
    {
        (World world, FakeMigrator database) = WentBack();
        database.Known = [AddEmail with { Undo = MigrationUndo.Nothing("It is a comment.") }, FillEmail, DropMail];

        Errors(world, Both).Should().Equal("The migration '001_add_email' of db has nothing that undoes it, so that only its record would go: It is a comment. If it is to go, undo it by hand.");
    }

    [Test]
    public void Plan_OneThatCameAfterItIsLeftOut_IsRefused()
    {
        (World world, _) = WentBack();

        Errors(world, ["001_add_email"]).Should().Equal("The migration '002_fill_email' of db was applied after '001_add_email' and may rest on it. Undo it, too.");
        Plan(world, ["002_fill_email"]).Steps.OfType<EffectStep>().Should().ContainSingle("the last one may go alone");
    }

    [Test]
    public void Plan_NoSuchDatabase_IsAnError()
    {
        (World world, _) = Create();

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().PlanUndoMigrationsAsync("other", Both))).Should().Throw<DeploymentException>().WithMessage("The pipeline 'shop' migrates no 'other'.");
        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().PlanUndoMigrationsAsync("db", []))).Should().Throw<ArgumentException>();
    }

    [Test]
    public void Execute_DiesAtEveryPoint_UndoesEachOnce()
    {
        int died = 0;
        for (int point = 1; ; point++)
        {
            (World world, FakeMigrator database) = WentBack();
            Action<DeploymentPipelineBuilder> alive = world.Configure;
            var process = new SimulatedProcess(point);
            world.Configure = pipeline => pipeline.UseBlueGreen().Migrate(migrations => migrations.From(process.Reach(database)));
            try
            {
                Undo(world, Both, run => Signal.Approve("ada", run.RunbookHash!), process);
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
            RunRecord? run = world.Runs().LastOrDefault(run => run.Kind == RunKind.UndoMigrations);
            if (run is not null)
            {
                world.Time.Run(async () =>
                {
                    if (run.State != RunState.Ended)
                    {
                        await world.Pipeline().SignalAsync(run.Id, Signal.Approve("ada", run.RunbookHash!));
                    }

                    return await world.Pipeline().ResumeAsync(run.Id);
                }).Outcome.Should().Be(DeploymentOutcome.Succeeded, $"died {process.Death}");
                database.Transcript.Skip(2).Should().Equal(["undo 002_fill_email", "undo 001_add_email"], $"died {process.Death}");
            }

            world.Store.ListClaimsAsync(default).Result.Should().BeEmpty($"died {process.Death}");
        }

        died.Should().BeGreaterThan(15);
    }

    private static Runbook Plan(World world, string[] migrations) => world.Time.Run(() => world.Pipeline().PlanUndoMigrationsAsync("db", migrations));

    private static IReadOnlyList<string> Errors(World world, string[] migrations) =>
        FluentActions.Invoking(() => Plan(world, migrations)).Should().Throw<DeploymentValidationException>().Which.Errors;

    /// <summary>Plans, executes, and decides at the Go/No-Go.</summary>
    private static DeploymentResult Undo(World world, string[] migrations, Func<RunRecord, Signal> decide, SimulatedProcess? process = null) => world.Time.Run(async () =>
    {
        DeploymentPipeline pipeline = world.Pipeline(process);
        Task<DeploymentResult> undoing = pipeline.ExecuteAsync(await pipeline.PlanUndoMigrationsAsync("db", migrations));
        while (!undoing.IsCompleted && world.Runs().LastOrDefault(run => run.Kind == RunKind.UndoMigrations) is not { State: RunState.Held })
        {
            await Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock);
        }

        if (!undoing.IsCompleted)
        {
            RunRecord run = world.Runs().Last(run => run.Kind == RunKind.UndoMigrations);
            await world.Pipeline().SignalAsync(run.Id, decide(run));
        }

        return await undoing;
    });

    /// <summary>1.1.0 brought both and went back; nothing of it runs any more.</summary>
    private static (World World, FakeMigrator Database) WentBack()
    {
        (World world, FakeMigrator database) = Create();
        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Time.Run(() => world.Pipeline().RollBackAsync()).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Time.Clock.Advance(TimeSpan.FromHours(2));
        world.Time.Run(() => world.Pipeline().CompleteAsync());
        world.Target.Now.Revisions.Should().ContainSingle();
        return (world, database);
    }

    private static (World World, FakeMigrator Database) Create()
    {
        var world = new World();
        var database = new FakeMigrator("db", AddEmail, FillEmail, DropMail);
        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Configure = pipeline => pipeline.UseBlueGreen(options => options.RollbackWindow = TimeSpan.FromHours(1)).Migrate(migrations => migrations.From(database));
        return (world, database);
    }
}
