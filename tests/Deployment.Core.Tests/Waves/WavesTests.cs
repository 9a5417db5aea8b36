using Deployment.Releases;
using Deployment.Runbooks;
using Deployment.Store;
using Deployment.Tests.Execution;
using Deployment.Waves;

namespace Deployment.Tests.Waves;

/// <summary>One release over many targets, a few first.</summary>
[Category("Unit")]
public sealed class WavesTests
{
    private readonly RevisionId _old = new("shop", "1.0.0", 1);
    private readonly RevisionId _new = new("shop", "1.1.0", 1);
    private VirtualTime _time = null!;
    private InMemoryDeploymentStore _store = null!;
    private FakeTarget[] _targets = null!;
    private List<string> _order = null!;
    private Func<string, bool> _ill = _ => false;

    [SetUp]
    public void DeployTheFirstVersion()
    {
        _time = new VirtualTime();
        _store = new InMemoryDeploymentStore();
        _order = [];
        _ill = _ => false;
        _targets = [.. Enumerable.Range(0, 10).Select(i => new FakeTarget($"web-{i}"))];
        _time.Run(() => Pipeline(_ => { }).DeployAsync(World.Version("1.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _time.Clock.Advance(TimeSpan.FromMinutes(1));
        foreach (FakeTarget target in _targets)
        {
            target.Before = (effect, _) =>
            {
                _order.Add($"{target.Name} {effect.Verb}");
                return Task.CompletedTask;
            };
        }
    }

    [Test]
    public void Plan_Default_OneTenPercentHalfAll() =>
        WavesOf(Plan(_ => { })).Should().Equal("wave-one: web-0", "wave-50: web-1, web-2, web-3, web-4", "wave-all: web-5, web-6, web-7, web-8, web-9");

    [Test]
    public void Plan_NamesTagsCountsAndShares_EachTakesWhatIsLeft()
    {
        Runbook plan = Plan(waves => waves.Waves = [Wave.Of("web-3", "web-9"), Wave.Tagged("even"), Wave.Next(1), Wave.UpTo(90), Wave.Rest()]);

        WavesOf(plan).Should().Equal(
            "wave-2-named-targets: web-3, web-9", "wave-even: web-0, web-2, web-4, web-6, web-8", "wave-one: web-1", "wave-90: web-5", "wave-all: web-7");
    }

    [Test]
    public void Deploy_AllWell_WaveAfterWaveWithABakeBetween()
    {
        DateTimeOffset begin = _time.Clock.GetUtcNow();

        DeploymentResult result = Deploy(waves =>
        {
            waves.BakeTime = TimeSpan.FromMinutes(10);
            waves.Waves = [Wave.Next(2), Wave.UpTo(50) with { BakeTime = TimeSpan.FromMinutes(1) }, Wave.Rest()];
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        _targets.Should().OnlyContain(target => target.Now.Traffic.ShareOf(_new) == 100);
        (_time.Clock.GetUtcNow() - begin).Should().BeCloseTo(TimeSpan.FromMinutes(11), TimeSpan.FromSeconds(30));
        string[] routes = [.. _order.Where(line => line.EndsWith(" route", StringComparison.Ordinal)).Select(line => line[..5])];
        routes[..2].Should().BeEquivalentTo("web-0", "web-1");
        routes[2..5].Should().BeEquivalentTo("web-2", "web-3", "web-4");
    }

    [Test]
    public void Deploy_NoMoreAtOnceThanTheWaveSays()
    {
        int running = 0, most = 0;
        foreach (FakeTarget target in _targets)
        {
            target.Before = async (_, cancellationToken) =>
            {
                most = Math.Max(most, ++running);
                await Task.Delay(TimeSpan.FromSeconds(1), _time.Clock, cancellationToken);
                running--;
            };
        }

        Deploy(waves => waves.Waves = [Wave.Rest() with { MaxConcurrency = 3 }]).Outcome.Should().Be(DeploymentOutcome.Succeeded);

        most.Should().Be(3);
    }

    [Test]
    public void Deploy_TargetOfALaterWaveFails_EarlierWavesGoBackByDefault()
    {
        FailInstallOf(6);

        DeploymentResult result = Deploy(waves => waves.Waves = [Wave.Next(2), Wave.UpTo(50), Wave.Rest()]);

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        _targets.Should().OnlyContain(target => target.Now.Traffic.ShareOf(_old) == 100 && !target.Now.Stands(_new));
    }

    /// <summary>The first target of the third wave fails, so that nothing of that wave was finished.</summary>
    [Test]
    public void Deploy_TargetOfALaterWaveFails_EarlierWavesAreKeptIfAsked()
    {
        FailInstallOf(5);

        DeploymentResult result = Deploy(waves =>
        {
            waves.Waves = [Wave.Next(2), Wave.UpTo(50), Wave.Rest()];
            waves.MaxConcurrency = 1;
            waves.KeepFinished = true;
        });

        result.Outcome.Should().Be(DeploymentOutcome.PartlySucceeded, result.Reason);
        Shares().Should().Equal(100, 100, 100, 100, 100, 0, 0, 0, 0, 0);
        _order.Should().NotContain(line => line.StartsWith("web-6", StringComparison.Ordinal), "no target begins after the wave was stopped");
        _targets[5].Now.Stands(_new).Should().BeFalse("a target that failed is taken back");
    }

    [Test]
    public void Deploy_FirstWaveFailsAndFinishedAreKept_NothingWasFinishedSoTheRunIsRolledBack()
    {
        FailInstallOf(0);

        DeploymentResult result = Deploy(waves => waves.KeepFinished = true);

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        Shares().Should().OnlyContain(share => share == 0);
    }

    [Test]
    public void Deploy_FailuresWithinTheWavesNumber_LaterWavesGoOn()
    {
        FailInstallOf(3);

        DeploymentResult result = Deploy(waves => waves.Waves = [Wave.Next(1), Wave.UpTo(50) with { MaxFailures = 1 }, Wave.Rest()]);

        result.Outcome.Should().Be(DeploymentOutcome.PartlySucceeded, result.Reason);
        Shares().Should().Equal(100, 100, 100, 0, 100, 100, 100, 100, 100, 100);
    }

    [Test]
    public void Deploy_IllAfterTheBake_EverythingGoesBack()
    {
        DateTimeOffset turns = _time.Clock.GetUtcNow() + TimeSpan.FromMinutes(5);
        _ill = target => target == "web-1" && _time.Clock.GetUtcNow() >= turns && _targets[1].Now.Traffic.ShareOf(_new) > 0;

        DeploymentResult result = Deploy(waves =>
        {
            waves.Waves = [Wave.Next(2), Wave.Rest()];
            waves.BakeTime = TimeSpan.FromMinutes(10);
            waves.KeepFinished = true;
        });

        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        Shares().Should().OnlyContain(share => share == 0);
        _order.Should().NotContain(line => line.StartsWith("web-5", StringComparison.Ordinal));
    }

    [Test]
    public void Deploy_WaveNeedsApproval_WaitsBeforeIt()
    {
        DeploymentPipeline pipeline = Pipeline(builder => builder.InWaves(waves => waves.Waves = [Wave.Next(1), Wave.Rest() with { ApprovalBy = "release manager" }]));

        DeploymentResult result = _time.Run(async () =>
        {
            Runbook plan = await pipeline.PlanAsync(World.Version("1.1.0"));
            Task<DeploymentResult> deploying = pipeline.ExecuteAsync(plan);
            await Task.Delay(TimeSpan.FromHours(1), _time.Clock);
            Shares().Should().Equal(100, 0, 0, 0, 0, 0, 0, 0, 0, 0);
            await pipeline.SignalAsync((await _store.ListRunsAsync(CancellationToken.None))[^1].Id, Signal.Approve("ada", plan.Hash));
            return await deploying;
        });

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        Shares().Should().OnlyContain(share => share == 100);
    }

    [Test]
    public void Retry_StoppedWave_OnlyFailedAndUntouchedTargets()
    {
        FailInstallOf(5);
        Action<WavesOptions> configure = waves =>
        {
            waves.Waves = [Wave.Next(2), Wave.UpTo(50), Wave.Rest()];
            waves.MaxConcurrency = 1;
            waves.KeepFinished = true;
        };
        DeploymentResult stopped = Deploy(configure);
        stopped.Outcome.Should().Be(DeploymentOutcome.PartlySucceeded);
        _targets[5].Before = null;
        _order.Clear();
        _time.Clock.Advance(TimeSpan.FromMinutes(1));
        DeploymentPipeline pipeline = Pipeline(builder => builder.InWaves(configure));

        DeploymentResult result = _time.Run(() => pipeline.RetryAsync(stopped.RunId));

        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        _targets.Should().OnlyContain(target => target.Now.Traffic.Shares[0].Key.Version == "1.1.0");
        _order.Should().NotContain(line => string.CompareOrdinal(line, "web-5") < 0, "what was done is left alone");
        FluentActions.Invoking(() => _time.Run(() => pipeline.PlanRetryAsync(result.RunId))).Should().Throw<DeploymentException>().WithMessage("Nothing is left of run*");
    }

    [Test]
    public void Retry_RunOfANoKind_SaysWhy()
    {
        DeploymentPipeline pipeline = Pipeline(_ => { });

        FluentActions.Invoking(() => _time.Run(() => pipeline.PlanRetryAsync("20260101-000000000-000000"))).Should().Throw<DeploymentException>().WithMessage("*has no run*");
    }

    /// <summary>The process dies at every effect; another one goes on with the same waves.</summary>
    [Test]
    public void Deploy_CrashAtEachEffect_EndsWithAllTargetsDone([Range(1, 20)] int effect)
    {
        var process = new SimulatedProcess();
        int begun = 0;
        foreach (FakeTarget target in _targets)
        {
            target.Before = (_, _) =>
            {
                if (++begun == effect)
                {
                    process.Kill();
                }

                return Task.CompletedTask;
            };
        }

        void Waves(DeploymentPipelineBuilder builder) => builder.InWaves(waves => waves.BakeTime = TimeSpan.FromMinutes(5));

        IReadOnlyList<DeploymentResult> results = _time.Run(async () =>
        {
            await FluentActions.Awaiting(() => Pipeline(Waves, process).DeployAsync(World.Version("1.1.0"))).Should().ThrowAsync<Exception>();
            return await Pipeline(Waves).ResumeAllAsync();
        });

        results.Should().ContainSingle().Which.Outcome.Should().Be(DeploymentOutcome.Succeeded, results[0].Reason);
        Shares().Should().OnlyContain(share => share == 100);
    }

    [Test]
    public void Build_WavesWithEveryMistake_ReportsAllTogether()
    {
        Action build = () => Pipeline(builder => builder.WithLanes(new LanePolicy()).InWaves(waves =>
        {
            waves.MaxConcurrency = 0;
            waves.MaxFailures = -1;
            waves.BakeTime = TimeSpan.FromDays(8);
            waves.Waves = [Wave.Of(), Wave.Next(0), Wave.UpTo(101), Wave.UpTo(50), Wave.Rest() with { MaxConcurrency = 0, MaxFailures = -1, BakeTime = -TimeSpan.FromSeconds(1), ApprovalBy = "" }];
        }));

        build.Should().Throw<DeploymentValidationException>().Which.Errors.Should().BeEquivalentTo(
            "Both WithLanes and InWaves say how the targets go together. Take one; waves have MaxConcurrency and MaxFailures of their own.",
            "Waves: MaxConcurrency is 0; it must be at least 1.",
            "Waves: MaxFailures is -1; it can't be negative.",
            "Waves: BakeTime is 8.00:00:00; it must be 0 to 7 days.",
            "The wave '0 named targets' names no target.",
            "The wave 'next 0' takes 0 targets; it must be at least 1.",
            "The wave '101%' takes 101% of the targets; it must be 1 to 100.",
            "A wave up to 50% comes after one up to 101%: the shares must grow.",
            "The wave 'all': MaxConcurrency is 0; it must be at least 1.",
            "The wave 'all': MaxFailures is -1; it can't be negative.",
            "The wave 'all': BakeTime is -00:00:01; it must be 0 to 7 days.",
            "A role needs a text of 1 to 120 characters.");
    }

    [Test]
    public void Build_WavesThatDoNotFitTheTargets_ReportsAllTogether()
    {
        Action build = () => Pipeline(builder => builder.InWaves(waves => waves.Waves = [Wave.Of("web-0", "web-0", "web-99"), Wave.Of("web-1", "web-0"), Wave.Tagged("mars"), Wave.Next(4)]));

        build.Should().Throw<DeploymentValidationException>().Which.Errors.Should().BeEquivalentTo(
            "The wave '3 named targets' names the target 'web-0' twice.",
            "The wave '3 named targets' names the target 'web-99', which this pipeline doesn't have.",
            "The wave '2 named targets' names the target 'web-0', which the wave '3 named targets' takes already.",
            "The wave 'mars' takes the targets with the tag 'mars', and none bears it.",
            "No wave takes 'web-6', 'web-7', 'web-8' and 1 more targets. End with Wave.Rest(), or name them.");
    }

    private static IEnumerable<string> WavesOf(Runbook plan) => plan.Root.Children.OfType<ParallelNode>()
        .Select(wave => $"{wave.Id}: {string.Join(", ", wave.Lanes.Select(lane => lane.Id[(wave.Id.Length + 1)..]))}");

    private IEnumerable<int> Shares() => _targets.Select(target => target.Now.Traffic.ShareOf(_new));

    private void FailInstallOf(int target)
    {
        Func<FakeEffect, CancellationToken, Task>? note = _targets[target].Before;
        _targets[target].Before = (effect, cancellationToken) => effect.Verb == "install"
            ? throw new DeploymentException("No room.")
            : note!(effect, cancellationToken);
    }

    private Runbook Plan(Action<WavesOptions> waves) => _time.Run(() => Pipeline(builder => builder.InWaves(waves)).PlanAsync(World.Version("1.1.0")));

    private DeploymentResult Deploy(Action<WavesOptions> waves) => _time.Run(() => Pipeline(builder => builder.InWaves(waves)).DeployAsync(World.Version("1.1.0")));

    private DeploymentPipeline Pipeline(Action<DeploymentPipelineBuilder> configure, SimulatedProcess? process = null)
    {
        process ??= new SimulatedProcess();
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop")
            .UseBlueGreen()
            .RequireHealthy(health => health
                .Check("It is well.", (context, _) => Task.FromResult(_ill(context.Subject.Target) ? "It is ill." : null))
                .With(options => options.ConsecutiveSuccesses = 1))
            .UseStore(process.Reach(_store))
            .UseTimeProvider(_time.Clock)
            .UseRandom(new Random(3))
            .UseCommands(new RecordingCommandRunner());
        for (int i = 0; i < _targets.Length; i++)
        {
            builder.DeployTo(process.Reach(_targets[i]), i % 2 == 0 ? ["even"] : []);
        }

        configure(builder);
        builder.BuildOverride = "build-1";
        return builder.Build();
    }
}
