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

/// <summary>A schema changes with a release, and stays when the release goes back.</summary>
[Category("Unit")]
public sealed class MigrationTests
{
    private static readonly Migration AddEmail = FakeMigrator.Migration("001_add_email");
    private static readonly Migration FillEmail = FakeMigrator.Migration("002_fill_email", MigrationPhase.Backfill);
    private static readonly Migration DropMail = FakeMigrator.Migration("003_drop_mail", MigrationPhase.Contract);

    [Test]
    public void Deploy_MigrationsPending_ExpandsAndFillsBeforeTheReleaseIsInstalled()
    {
        (World world, FakeMigrator database) = Create();

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Transcript.Where(line => line.StartsWith("    >", StringComparison.Ordinal)).Select(line => line[6..]).Should().Equal(
            "apply 001_add_email", "apply 002_fill_email", "install shop_1.1.0_1", "route shop_1.1.0_1=100");
        database.Applied.Should().Equal("001_add_email", "002_fill_email");
    }

    [Test]
    public void Deploy_BackfillAfterDeployment_FillsWhenTheReleaseTakesAllTraffic()
    {
        (World world, _) = Create(migrations => migrations.With(options => options.BackfillAfterDeployment = true));

        world.Deploy("1.1.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Transcript.Where(line => line.StartsWith("    >", StringComparison.Ordinal)).Select(line => line[6..]).Should().Equal(
            "apply 001_add_email", "install shop_1.1.0_1", "route shop_1.1.0_1=100", "apply 002_fill_email");
    }

    [Test]
    public void Deploy_AllApplied_PlansNoStepForThem()
    {
        (World world, FakeMigrator database) = Create();
        world.Deploy("1.1.0");

        DeploymentResult second = world.Deploy("1.2.0");

        second.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        second.Runbook.Steps.Should().NotContain(step => step.Phase == Phase.Expand || step.Phase == Phase.Backfill);
        database.Transcript.Should().HaveCount(2);
    }

    [Test]
    public void Deploy_ReleaseFails_GoesBackAndTheSchemaStays()
    {
        (World world, FakeMigrator database) = Create();
        world.Smoke = _ => Verdict.Fail("broken");

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("'Expand: 001_add_email' (db)").And.Contain("'Backfill: 002_fill_email' (db)", "what stays is said");
        database.Applied.Should().Equal("001_add_email", "002_fill_email");
        world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");

        world.Smoke = _ => Verdict.Pass("answers");
        world.Deploy("1.1.1").Outcome.Should().Be(DeploymentOutcome.Succeeded, "the next release finds the schema that it needs");
        database.Transcript.Should().HaveCount(2);
    }

    [Test]
    public void Deploy_ConnectionIsLostAfterTheCommit_IsLookedAtAndNotAppliedAgain()
    {
        (World world, FakeMigrator database) = Create();
        database.After = (number, _, _) => number == 1 ? throw new IOException("the connection was lost") : Task.CompletedTask;

        DeploymentResult result = world.Deploy("1.1.0");

        // The first attempt took effect, and a probe tells so.
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        database.Transcript.Should().Equal("apply 001_add_email", "apply 002_fill_email");
    }

    [Test]
    public void Deploy_MigrationCannotBeApplied_RollsBackToTheSchemaBefore()
    {
        (World world, FakeMigrator database) = Create();
        database.Before = (_, text, _) => text == "apply 001_add_email" ? throw new DeploymentException("syntax error at or near \"ADD\"") : Task.CompletedTask;

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("syntax error").And.NotContain("These stay");
        database.Applied.Should().BeEmpty();
        world.Target.Transcript.Should().HaveCount(2, "nothing was installed");
    }

    [Test]
    public void Deploy_VerificationAnswersOtherwise_TakesThatMigrationBackAlone()
    {
        (World world, FakeMigrator database) = Create();
        Migration verified = FakeMigrator.Migration("002_add_phone") with { Verifications = [new("SELECT count(*) FROM t", "0")] };
        database.Known = [AddEmail, verified];
        database.Answer = _ => "7";

        DeploymentResult result = world.Deploy("1.1.0");

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("answers 7, where 0 was expected").And.Contain("These stay: 'Expand: 001_add_email' (db)");
        database.Applied.Should().Equal("001_add_email");
        database.Transcript.Should().Equal("apply 001_add_email", "apply 002_add_phone", "undo 002_add_phone");
    }

    [Test]
    public void Deploy_HoldAfterExpand_AsksAPersonBeforeItGoesBack()
    {
        (World world, FakeMigrator database) = Create(migrations => migrations.With(options => options.AfterExpand = MigratedFailure.Hold));
        int looks = 0;
        world.Smoke = _ => ++looks == 1 ? Verdict.Fail("broken") : Verdict.Pass("answers");

        DeploymentResult result = world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = world.Pipeline();
            Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
            while (world.RunOf("1.1.0")?.State != RunState.Held)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock);
            }

            world.RunOf("1.1.0")!.Reason.Should().Contain("broken").And.Contain("'Expand: 001_add_email' was done");
            await pipeline.SignalAsync(world.RunOf("1.1.0")!.Id, Signal.Resume("ada"));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, "it was tried again");
        database.Applied.Should().HaveCount(2);
    }

    [Test]
    public void Deploy_HoldAfterExpandAborted_GoesBack()
    {
        (World world, _) = Create(migrations => migrations.With(options => options.AfterExpand = MigratedFailure.Hold));
        world.Smoke = _ => Verdict.Fail("broken");

        DeploymentResult result = world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = world.Pipeline();
            Task<DeploymentResult> deploying = pipeline.DeployAsync(World.Version("1.1.0"));
            while (world.RunOf("1.1.0")?.State != RunState.Held)
            {
                await Task.Delay(TimeSpan.FromSeconds(1), world.Time.Clock);
            }

            await pipeline.SignalAsync(world.RunOf("1.1.0")!.Id, Signal.Abort("ada", "not today"));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
    }

    [Test]
    public void Deploy_DiesAtEveryPoint_EachMigrationIsAppliedOnce()
    {
        int died = 0;
        for (int point = 1; ; point++)
        {
            (World world, FakeMigrator database) = Create();
            Action<DeploymentPipelineBuilder> alive = world.Configure;
            var process = new SimulatedProcess(point);
            world.Configure = pipeline => pipeline.UseBlueGreen().Migrate(migrations => migrations.From(process.Reach(database)));
            try
            {
                world.Time.Run(() => world.Pipeline(process).DeployAsync(World.Version("1.1.0")));
            }
            catch (SimulatedCrashException)
            {
                // Here another process goes on.
            }

            if (process.Death is null)
            {
                break;
            }

            died++;
            world.Configure = alive;
            DeploymentResult result = world.RunOf("1.1.0") is { } run
                ? world.Time.Run(() => world.Pipeline().ResumeAsync(run.Id))
                : world.Time.Run(() => world.Pipeline().DeployAsync(World.Version("1.1.0")));
            result.Outcome.Should().Be(DeploymentOutcome.Succeeded, $"died {process.Death}: {result.Reason}");
            database.Transcript.Should().Equal(["apply 001_add_email", "apply 002_fill_email"], $"died {process.Death}");
            world.Store.ListClaimsAsync(default).Result.Should().BeEmpty($"died {process.Death}");
        }

        died.Should().BeGreaterThan(40);
    }

    [Test]
    public void Plan_PrintsCommandsVerificationAndUndoOfEach()
    {
        (World world, FakeMigrator database) = Create();
        database.Known = [AddEmail with { Verifications = [new("SELECT 1", "1")], VerificationCommands = ["fakesql query 'SELECT 1'"] }];

        string plan = world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.1.0"))).ToMarkdown();

        plan.Should().Contain("Expand: 001_add_email").And.Contain("fakesql apply 001_add_email").And.Contain("fakesql query 'SELECT 1'")
            .And.Contain("SELECT 1 answers 1").And.Contain("not by a rollback. The schema stays forward").And.Contain("fakesql undo 001_add_email")
            .And.Contain("fakesql login", "what a person needs is said");
    }

    [Test]
    public void Plan_SourceIsWrong_SaysAllErrorsAtOnce()
    {
        (World world, FakeMigrator database) = Create();
        database.Known =
        [
            AddEmail, FakeMigrator.Migration("001_add_email", script: "other"), FillEmail with { Undo = null, DestroysData = "All mail." },
            DropMail with { Undo = null }, FakeMigrator.Migration("004_x") with { Undo = MigrationUndo.Impossible("No.") }, FakeMigrator.Migration("005_y") with { Checksum = "abc" },
        ];
        database.Problems = ["The folder has 'x.txt', which is no script."];

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.1.0"))))
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().SatisfyRespectively(
                error => error.Should().Be("The folder has 'x.txt', which is no script."),
                error => error.Should().Contain("'002_fill_email' of db has no undo"),
                error => error.Should().Contain("'002_fill_email' of db destroys data"),
                error => error.Should().Contain("'003_drop_mail' of db has no undo. Say how"),
                error => error.Should().Contain("'004_x' of db can't be undone, and only a contract may be so"),
                error => error.Should().Contain("'005_y' of db has the checksum 'abc'"),
                error => error.Should().Contain("2 migrations of db are called '001_add_email'"));
    }

    [Test]
    public void Plan_HistoryDoesNotFit_IsRefused()
    {
        (World world, FakeMigrator database) = Create();
        Migration second = FakeMigrator.Migration("002_add_phone"), third = FakeMigrator.Migration("003_add_fax");
        database.Known = [AddEmail, second, third];
        database.Seed(FakeMigrator.Migration("000_gone"));
        database.Seed(AddEmail with { Checksum = new string('a', 64) });
        database.Seed(third);
        database.Seed(FakeMigrator.Migration("999_of_a_newer_release"));

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.1.0"))))
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().SatisfyRespectively(
                error => error.Should().Contain("'001_add_email' of db was applied with the checksum aaaaaaaaaaaa and is"),
                error => error.Should().Contain("db has the migration '000_gone', which the source doesn't have"),
                error => error.Should().Contain("'002_add_phone' of db was not applied, though '003_add_fax' after it was"));
    }

    [Test]
    public void RollBack_DatabaseIsUnreachable_GoesBackAllTheSame()
    {
        (World world, FakeMigrator database) = Create();
        world.Deploy("1.1.0");
        database.Problems = ["The folder is gone."];

        world.Time.Run(() => world.Pipeline().RollBackAsync()).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        world.Target.Now.Traffic.ToString().Should().Be("shop_1.0.0_1=100");
        database.Applied.Should().HaveCount(2, "the schema stays forward");
    }

    [Test]
    public void Deploy_RepeatableChanged_IsAppliedAgainAfterTheOthers()
    {
        (World world, FakeMigrator database) = Create();
        Migration view = FakeMigrator.Migration("R_view", script: "one") with { IsRepeatable = true, Undo = null };
        database.Known = [view, AddEmail];
        world.Deploy("1.1.0");
        database.Known = [FakeMigrator.Migration("R_view", script: "two") with { IsRepeatable = true, Undo = null }, AddEmail];

        world.Deploy("1.2.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);

        database.Transcript.Should().Equal("apply 001_add_email", "apply R_view", "apply R_view");
    }

    [Test]
    public void Build_OptionsAreWrong_SaysAll() =>
        FluentActions.Invoking(() => DeploymentPipeline.Create("shop").DeployTo(new FakeTarget("db")).UseBlueGreen()
                .Migrate(migrations => migrations.From(new FakeMigrator("db")))
                .Migrate(migrations => migrations.With(options => (options.RollbackWindow, options.Timeout, options.AfterExpand) = (TimeSpan.FromDays(31), TimeSpan.Zero, (MigratedFailure)9)))
                .Build())
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().Contain(error => error.Contains("migrates twice"))
            .And.Contain(error => error.Contains("migrates nothing")).And.Contain(error => error.Contains("RollbackWindow is 31")).And.Contain(error => error.Contains("Timeout is 00:00:00"))
            .And.Contain(error => error.Contains("AfterExpand is 9"));

    [Test]
    public void Build_DatabaseIsCalledLikeATarget_IsRefused() =>
        FluentActions.Invoking(() => DeploymentPipeline.Create("shop").DeployTo(new FakeTarget("db")).UseBlueGreen().Migrate(migrations => migrations.From(new FakeMigrator("db"))).Build())
            .Should().Throw<DeploymentValidationException>().Which.Errors.Should().Contain("2 targets or resources are called 'db'. Give each its own name.");

    private static (World World, FakeMigrator Database) Create(Action<MigrationsBuilder>? more = null)
    {
        var world = new World();
        var database = new FakeMigrator("db", AddEmail, FillEmail);
        world.Deploy("1.0.0").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        world.Configure = pipeline => pipeline.UseBlueGreen().Migrate(migrations =>
        {
            migrations.From(database);
            more?.Invoke(migrations);
        });
        world.Record();
        database.After = (_, text, _) =>
        {
            world.Transcript.Add("    > " + text);
            return Task.CompletedTask;
        };
        return (world, database);
    }
}
