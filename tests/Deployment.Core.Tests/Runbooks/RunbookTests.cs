using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Tests.Execution;

namespace Deployment.Tests.Runbooks;

[Category("Unit")]
public sealed class RunbookTests
{
    private World _world = null!;
    private Runbook _plan = null!;

    [SetUp]
    public void Plan()
    {
        _world = new World();
        _world.Configure = pipeline => pipeline.UseBlueGreen().InEnvironment("staging");
        _world.Deploy("1.0.0");
        _world.Configure = pipeline => pipeline.UseBlueGreen()
            .InEnvironment("staging")
            .RequireApproval()
            .Step("warm the cache", Moment.BeforeTraffic, step => step.Command(Deployment.Commands.Command.Of("curl", "-fsS", "http://cache.invalid/warm?q=it's")).MayBeRepeated().NothingToUndo())
            .Role("rollback owner", "Ada | \"the\" <b>owner</b>");
        _plan = PlanOf(World.Version("1.1.0").WithSetting("GREETING", "hello `world`\nsecond line").WithSecret("DB_PASSWORD", "shop-db"));
    }

    [Test]
    public void Markdown_ReadsWell() => Approved.Verify("deployment-plan", _plan.ToMarkdown());

    [Test]
    public void Json_IsStable() => Approved.Verify("deployment-plan-json", _plan.ToJson());

    [Test]
    public void Markdown_FirstDeployment_SaysThatThereIsNothingToGoBackTo()
    {
        var world = new World();

        world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.0.0"))).ToMarkdown()
            .Should().Contain("Nothing ran on `web` before: there is nothing to go back to, and going back removes what was made.");
    }

    [Test]
    public void Markdown_CheckOfAnAddress_LooksTheAddressUpFirst()
    {
        var world = new World();
        world.Deploy("1.0.0");
        world.Configure = pipeline => pipeline.UseBlueGreen().RequireHealthy(health => health.Http("/health"));

        string plan = world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.1.0"))).ToMarkdown();

        plan.Should().Contain("ADDRESS=$(fakectl web address shop_1.1.0_1)\ncurl ", "the release is checked");
        plan.Should().Contain("ADDRESS=$(fakectl web address shop_1.0.0_1)\ncurl ", "after going back the old one is checked");
    }

    [Test]
    public void Titles_CheckThatStandsTwice_SayWhere()
    {
        var world = new World { Configure = pipeline => pipeline.UseBlueGreen().RequireHealthy(health => health.Http("/health")) };

        Runbook plan = world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.0.0")));

        plan.Steps.Select(step => step.Title).Should().Equal("Install shop_1.0.0_1", "health", "health 2, before traffic", "smoke", "Switch all traffic to shop_1.0.0_1", "health 2, under traffic");
        plan.Triggers.Should().ContainSingle(trigger => trigger.Contains("'health 2'", StringComparison.Ordinal));
    }

    [Test]
    public void Titles_StrategyThatShiftsAtOnce_ClaimNothingBeforeTraffic()
    {
        var world = new World { Configure = pipeline => pipeline.UseRecreate().RequireHealthy(health => health.Http("/health")) };

        world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.0.0"))).Steps.Select(step => step.Title)
            .Should().Contain("health 2, under traffic").And.NotContain(title => title.Contains("before traffic"));
    }

    [Test]
    public void Verification_ByACommand_IsWordsAndALine()
    {
        var world = new World
        {
            Configure = pipeline => pipeline.UseBlueGreen()
                .Step("by command", Moment.BeforeTraffic, step => step.Command(Deployment.Commands.Command.Of("one")).Verify(Deployment.Commands.Command.Of("two", "a b")).NothingToUndo())
                .Step("by code", Moment.BeforeTraffic, step => step.Command(Deployment.Commands.Command.Of("one")).Verify("The cache is warm.", (_, _) => Task.FromResult<string?>(null)).NothingToUndo()),
        };

        Runbook plan = world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.0.0")));

        EffectStep command = plan.Steps.OfType<EffectStep>().Single(step => step.Title == "by command");
        command.Verification.Should().Be("The command ends with exit code 0.");
        command.VerificationCommands.Should().Equal("two 'a b'");
        EffectStep code = plan.Steps.OfType<EffectStep>().Single(step => step.Title == "by code");
        code.Verification.Should().Be("The cache is warm.");
        code.VerificationCommands.Should().BeEmpty();
        plan.ToMarkdown().Should().Contain("- Verification: The command ends with exit code 0.\n\n```sh\ntwo 'a b'\n```\n");
    }

    [Test]
    public void Prerequisites_OfTargetsThatNeedTheSame_StandOnceAndAreHashed()
    {
        var world = new World { Configure = pipeline => pipeline.DeployTo(new FakeTarget("web-2")).UseBlueGreen() };

        Runbook plan = world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.0.0")));

        plan.Prerequisites.Should().ContainSingle().Which.Commands.Should().Equal("fakectl login");
        plan.ToMarkdown().Should().Contain("## To do it by hand\n\n- The program fakectl must be installed, and logged in:\n\n```sh\nfakectl login\n```\n");
        FluentActions.Invoking(() => Runbook.FromJson(plan.ToJson().Replace("fakectl login", "fakectl logout", StringComparison.Ordinal))).Should().Throw<DeploymentException>().WithMessage("*was changed after*");
    }

    [TestCase(0, "0 s")]
    [TestCase(0.25, "0.25 s")]
    [TestCase(90, "1 min 30 s")]
    [TestCase(3600, "1 h")]
    [TestCase(90000, "1 d 1 h")]
    public void Duration_IsSaidAsPeopleDo(double seconds, string said) => Deployment.Reports.Duration.Of(TimeSpan.FromSeconds(seconds)).Should().Be(said);

    [Test]
    public void Plan_Twice_HasTheSameHash() => PlanOf(_plan.Release!).Hash.Should().Be(_plan.Hash);

    [Test]
    public void Plan_OtherSettings_HasAnotherHash() => PlanOf(_plan.Release!.WithSetting("GREETING", "hi")).Hash.Should().NotBe(_plan.Hash);

    [Test]
    public void FromJson_Changed_IsRefused()
    {
        string changed = _plan.ToJson().Replace("warm the cache", "warm the cash", StringComparison.Ordinal);

        FluentActions.Invoking(() => Runbook.FromJson(changed)).Should().Throw<DeploymentException>().WithMessage($"The runbook's hash is *, but the file says {_plan.Hash}: it was changed*Plan again*");
    }

    [TestCase("")]
    [TestCase("{}")]
    [TestCase("[]")]
    [TestCase("null")]
    [TestCase("{\"hash\":1}")]
    [TestCase("{\"format\":2}")]
    [TestCase("{\"root\":{\"node\":\"unknown\"}}")]
    public void FromJson_SomethingElse_IsRefusedInOneSentence(string json) =>
        FluentActions.Invoking(() => Runbook.FromJson(json)).Should().Throw<DeploymentException>().WithMessage("*Plan again*");

    [Test]
    public void FromJson_ThenExecute_IsThatVeryRunbook()
    {
        Runbook read = Runbook.FromJson(_plan.ToJson());
        _world.Configure += pipeline => pipeline.UseCommands(Succeeding());

        DeploymentResult result = _world.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = _world.Pipeline();
            Task<DeploymentResult> running = pipeline.ExecuteAsync(read);
            await pipeline.SignalAsync(_world.RunOf("1.1.0")!.Id, Deployment.Store.Signal.Approve("ada", _plan.Hash));
            return await running;
        });

        result.Outcome.Should().Be(Deployment.Store.DeploymentOutcome.Succeeded, result.Reason);
        result.Runbook.Hash.Should().Be(_plan.Hash);
    }

    [Test]
    public void Execute_ByAPipelineThatLacksAStep_IsRefusedBeforeAnythingChanges()
    {
        _world.Configure = pipeline => pipeline.UseBlueGreen().InEnvironment("staging");

        FluentActions.Invoking(() => _world.Time.Run(() => _world.Pipeline().ExecuteAsync(_plan)))
            .Should().Throw<DeploymentValidationException>().WithMessage("*has no step 'warm the cache'*");
        _world.RunOf("1.1.0").Should().BeNull();
    }

    [Test]
    public async Task Save_WritesBothForms()
    {
        string folder = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            await _plan.SaveAsync(folder);

            (await File.ReadAllTextAsync(Path.Combine(folder, "deployment-plan.md"))).Should().Be(_plan.ToMarkdown());
            Runbook.FromJson(await File.ReadAllTextAsync(Path.Combine(folder, "deployment-plan.json"))).Should().Be(_plan);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static RecordingCommandRunner Succeeding()
    {
        var runner = new RecordingCommandRunner();
        runner.When("curl").Returns("");
        return runner;
    }

    private Runbook PlanOf(Release release) => _world.Time.Run(() => _world.Pipeline().PlanAsync(release));

    [Test]
    public void Execute_CheckOfThatNameLooksElsewhere_IsRefusedBeforeAnythingChanges()
    {
        var world = new World();
        world.Configure = pipeline => pipeline.UseBlueGreen().RequireHealthy(health => health.Http("/health"));
        Runbook planned = world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.0.0")));
        world.Configure = pipeline => pipeline.UseBlueGreen().RequireHealthy(health => health.Http("/"));

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().ExecuteAsync(planned))).Should().Throw<DeploymentValidationException>().WithMessage("*The check 'health*is another one*");

        world.Target.Transcript.Should().BeEmpty();
    }

    /// <summary>The same request, and another measure of what is well: that is another promise than the one that was approved.</summary>
    [Test]
    public void Execute_CheckOfThatNameAsksForLess_IsRefusedBeforeAnythingChanges([Values("successes", "deadline", "delay", "status", "body")] string other)
    {
        var world = new World();
        world.Configure = pipeline => pipeline.UseBlueGreen().RequireHealthy(health => health.Http("/health"));
        Runbook planned = world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.0.0")));
        world.Configure = pipeline => pipeline.UseBlueGreen().RequireHealthy(health => _ = other switch
        {
            "successes" => health.Http("/health").With(options => options.ConsecutiveSuccesses = 1),
            "deadline" => health.Http("/health").With(options => options.Deadline = TimeSpan.FromHours(1)),
            "delay" => health.Http("/health").With(options => options.InitialDelay = TimeSpan.FromSeconds(30)),
            "status" => health.Http("/health", http => http.ExpectedStatus = 404),
            _ => health.Http("/health", http => http.ExpectedBody = "ok"),
        });

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().ExecuteAsync(planned))).Should().Throw<DeploymentValidationException>().WithMessage("*The check 'health*is another one*");

        world.Target.Transcript.Should().BeEmpty();
    }

    /// <summary>What is looked at after going back stands in the plan as well.</summary>
    [Test]
    public void Execute_CheckAfterGoingBackAsksForLess_IsRefused()
    {
        var world = new World();
        world.Deploy("1.0.0");
        world.Configure = pipeline => pipeline.UseBlueGreen().RequireHealthy(health => health.Http("/health"));
        Runbook planned = world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.1.0")));
        string verify = planned.Rollback.Single().Verify.Single(step => step.Check == "health 2").Expected;

        var changed = Runbook.FromJson(planned.ToJson());
        changed = new Runbook
        {
            Kind = changed.Kind,
            Pipeline = changed.Pipeline,
            Environment = changed.Environment,
            Application = changed.Application,
            Release = changed.Release,
            Strategy = changed.Strategy,
            StrategyReason = changed.StrategyReason,
            Targets = changed.Targets,
            Basis = changed.Basis,
            Root = changed.Root,
            Rollback = [.. changed.Rollback.Select(guard => guard with { Verify = [.. guard.Verify.Select(step => step with { Expected = "Anything." })] })],
            Triggers = changed.Triggers,
        };

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().ExecuteAsync(changed))).Should().Throw<DeploymentValidationException>().WithMessage($"*planned was `*Anything.`, and it would do `*{verify}`*");
    }

    [Test]
    public void Execute_StepOfThatNameDoesSomethingElse_IsRefusedBeforeAnythingChanges()
    {
        var world = new World();
        world.Configure = pipeline => pipeline.UseBlueGreen().Step("tidy", Moment.Complete, step => step.Command(Deployment.Commands.Command.Of("echo", "harmless")).NothingToUndo());
        Runbook planned = world.Time.Run(() => world.Pipeline().PlanAsync(World.Version("1.0.0")));
        world.Configure = pipeline => pipeline.UseBlueGreen().Step("tidy", Moment.Complete, step => step.Command(Deployment.Commands.Command.Of("rm", "-rf", "data")).NothingToUndo());

        FluentActions.Invoking(() => world.Time.Run(() => world.Pipeline().ExecuteAsync(planned)))
            .Should().Throw<DeploymentValidationException>().WithMessage("*The step 'tidy' is another one in this build of the pipeline: planned was `echo harmless`, and it would do `rm -rf data`*");
        world.Target.Transcript.Should().BeEmpty();
        world.Runs().Should().BeEmpty();
    }
}
