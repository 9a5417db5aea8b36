using Deployment.Migrations;
using Deployment.Providers.EntityFrameworkCore.Tests.Contexts;
using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Strategies;

namespace Deployment.Providers.EntityFrameworkCore.Tests;

/// <summary>Whole deployments that migrate a real database.</summary>
[Category("PostgreSql")]
public sealed class PipelineTests
{
    private InMemoryDeploymentStore _store = null!;
    private FakeTarget _target = null!;

    [SetUp]
    public void Create() => (_store, _target) = (new InMemoryDeploymentStore(), new FakeTarget("web"));

    [Test]
    public async Task Deploy_ExpandsAndFills_ContractsLater()
    {
        await using Database database = await Database.CreateAsync();
        (await Pipeline(migrations: null).DeployAsync(Version("1.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        await database.ApplyAsync(database.Shop(), ShopContext.Users);
        await database.RunAsync("INSERT INTO users (id, mail) VALUES (1, 'ann@example.com')");
        DeploymentPipeline pipeline = Pipeline(migrations => migrations
            .FromDbContext(() => new ShopContext(database.Address), options => options.Name = "shop-db")
            .With(options => options.RollbackWindow = TimeSpan.Zero));

        DeploymentResult deployed = await pipeline.DeployAsync(Version("1.1.0"));

        deployed.Outcome.Should().Be(DeploymentOutcome.Succeeded, deployed.Reason);
        (await database.AppliedAsync()).Should().Equal(ShopContext.Users, ShopContext.AddEmail, ShopContext.FillEmail, ShopContext.AddPhone);
        (await database.AskAsync<string>("SELECT email FROM users")).Should().Be("ann@example.com");
        deployed.Runbook.Steps.OfType<EffectStep>().Where(step => step.Phase is Phase.Expand or Phase.Backfill).Select(step => step.Title).Should().Equal(
            $"Expand: {ShopContext.AddEmail}", $"Expand: {ShopContext.AddPhone}", $"Backfill: {ShopContext.FillEmail}");
        deployed.Runbook.ToMarkdown().Should().Contain("dotnet ef migrations script").And.NotContain(database.Address);

        Task<IReadOnlyList<DeploymentResult>> completing = pipeline.CompleteAsync();
        await ApproveAsync(pipeline);
        IReadOnlyList<DeploymentResult> later = await completing.WaitAsync(TimeSpan.FromSeconds(60));

        later.Should().ContainSingle(result => result.Runbook.Kind == RunKind.Contract).Which.Outcome.Should().Be(DeploymentOutcome.Succeeded);
        (await database.ColumnsAsync()).Should().Equal("email", "id", "phone");
        (await database.Shop().ObserveAsync(CancellationToken.None)).Problems.Should().BeEmpty();
    }

    [Test]
    public async Task Deploy_MigrationIsNotVerified_GoesBackAloneByItsDown()
    {
        await using Database database = await Database.CreateAsync();
        await database.ApplyAsync(database.Shop(), ShopContext.Users);
        // Somebody has filled the column by the time that it is verified.
        await database.RunAsync("""
            CREATE FUNCTION fill() RETURNS event_trigger LANGUAGE plpgsql AS $x$
            BEGIN
                IF EXISTS (SELECT 1 FROM information_schema.columns WHERE table_name = 'users' AND column_name = 'email') THEN
                    INSERT INTO users (id, email) VALUES (1, 'x') ON CONFLICT DO NOTHING;
                END IF;
            END $x$;
            CREATE EVENT TRIGGER filling ON ddl_command_end WHEN TAG IN ('ALTER TABLE') EXECUTE FUNCTION fill();
            """);
        DeploymentPipeline pipeline = Pipeline(migrations => migrations.FromDbContext(() => new ShopContext(database.Address), options => options.Name = "shop-db"));

        DeploymentResult result = await pipeline.DeployAsync(Version("1.1.0"));

        result.Reason.Should().Contain("answers 1, where 0 was expected");
        result.Outcome.Should().BeOneOf(DeploymentOutcome.RolledBack, DeploymentOutcome.Rejected);
        (await database.AppliedAsync()).Should().Equal(ShopContext.Users);
        (await database.ColumnsAsync()).Should().Equal("id", "mail");
    }

    /// <summary>What was applied by a deployment is undone by a run of its own, when no release needs it: the dump of the database, with EF Core's history, is what it was.</summary>
    [Test]
    public async Task UndoMigrations_AfterGoingBack_GivesSchemaAndHistoryBack()
    {
        await using Database database = await Database.CreateAsync();
        (await Pipeline(migrations: null).DeployAsync(Version("1.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        await database.ApplyAsync(database.Shop(), ShopContext.Users);
        await database.RunAsync("INSERT INTO users (id, mail) VALUES (1, 'ann@example.com')");
        string before = await database.DumpAsync();
        DeploymentPipeline pipeline = Pipeline(migrations => migrations
            .FromDbContext(() => new ShopContext(database.Address), options => options.Name = "shop-db")
            .With(options => options.RollbackWindow = TimeSpan.Zero));
        (await pipeline.DeployAsync(Version("1.1.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        (await pipeline.RollBackAsync()).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        await pipeline.CompleteAsync();
        string expanded = await database.DumpAsync();

        Runbook undo = await pipeline.PlanUndoMigrationsAsync("shop-db", [ShopContext.AddEmail, ShopContext.AddPhone, ShopContext.FillEmail]);
        Task<DeploymentResult> undoing = pipeline.ExecuteAsync(undo);
        await ApproveAsync(pipeline);
        DeploymentResult result = await undoing.WaitAsync(TimeSpan.FromSeconds(60));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        result.Runbook.Kind.Should().Be(RunKind.UndoMigrations);
        expanded.Should().Contain("email text").And.Contain(ShopContext.FillEmail).And.NotBe(before);
        (await database.DumpAsync()).Should().Be(before);
        (await pipeline.DeployAsync(Version("1.2.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        (await database.AppliedAsync()).Should().Equal([ShopContext.Users, ShopContext.AddEmail, ShopContext.FillEmail, ShopContext.AddPhone], "a release that needs them brings them again");
    }

    [TestCase($"before applying '{ShopContext.AddEmail}'")]
    [TestCase($"after applying '{ShopContext.AddEmail}'")]
    [TestCase($"after applying '{ShopContext.FillEmail}'")]
    public async Task Resume_DiedAroundAMigration_EachRunsOnce(string point)
    {
        await using Database database = await Database.CreateAsync();
        await database.ApplyAsync(database.Shop(), ShopContext.Users);
        SimulatedProcess dying = null!;
        dying = new SimulatedProcess((_, where) =>
        {
            if (where == point)
            {
                dying.Kill(where);
                dying.Point(where);
            }
        });
        await FluentActions.Awaiting(() => Pipeline(dying, database).DeployAsync(Version("1.1.0"))).Should().ThrowAsync<Exception>();
        dying.Death.Should().NotBeNull();

        DeploymentResult result = await Pipeline(new SimulatedProcess(), database).ResumeAsync((await _store.ListRunsAsync(CancellationToken.None)).Single().Id, force: true);

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        (await database.AppliedAsync()).Should().Equal(ShopContext.Users, ShopContext.AddEmail, ShopContext.FillEmail, ShopContext.AddPhone);
    }

    private static Release Version(string version) => Release.Of("shop", version, Artifact.Process("shop", "{port}"));

    /// <summary>Says yes to the run that waits for a person.</summary>
    private async Task ApproveAsync(DeploymentPipeline pipeline)
    {
        long begin = TimeProvider.System.GetTimestamp();
        RunRecord? held;
        while ((held = (await _store.ListRunsAsync(CancellationToken.None)).FirstOrDefault(run => run.State == RunState.Held)) is null)
        {
            TimeProvider.System.GetElapsedTime(begin).Should().BeLessThan(TimeSpan.FromSeconds(30), "the contract asks before it destroys data");
            await Task.Delay(20);
        }

        await pipeline.SignalAsync(held.Id, Signal.Approve("ada", held.RunbookHash!));
    }

    private DeploymentPipeline Pipeline(SimulatedProcess process, Database database) => DeploymentPipeline.Create("shop")
        .DeployTo(process.Reach(_target))
        .UseStore(process.Reach(_store))
        .UseRecreate()
        .Migrate(migrations => migrations.From(process.Reach(database.Shop())))
        .Build();

    private DeploymentPipeline Pipeline(Action<MigrationsBuilder>? migrations)
    {
        DeploymentPipelineBuilder pipeline = DeploymentPipeline.Create("shop").DeployTo(_target).UseStore(_store).UseRecreate();
        return (migrations is null ? pipeline : pipeline.Migrate(migrations)).Build();
    }
}
