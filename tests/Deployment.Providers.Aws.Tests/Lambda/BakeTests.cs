using Deployment.Analysis;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;
using Deployment.Store;

namespace Deployment.Providers.Aws.Tests.Lambda;

/// <summary>An alias deals its requests out at random, so few minutes may have no invocation of the release: a bake can ask for invocations.</summary>
public sealed class BakeTests
{
    private const int PerMinute = 6;

    private LambdaRig _rig = null!;
    private InMemoryDeploymentStore _store = null!;
    private List<(DateTimeOffset At, string Shares)> _shifts = null!;
    private Random _random = null!;
    private bool _fails;
    private int _met;

    [SetUp]
    public void Begin()
    {
        _rig = new LambdaRig();
        _rig.Stub.Latest = _rig.Stub.Latest with { PackageType = "Image" };
        _store = new InMemoryDeploymentStore();
        _shifts = [];
        (_random, _fails, _met) = (new Random(4711), false, 0);
        _rig.Watch.Minute = _ => Minute();
    }

    [TearDown]
    public void End() => _rig.Dispose();

    [TestCase(1, 10, 11)]
    [TestCase(30, 25, 120)]
    public void Bake_AsksForInvocations_GoesOnUntilTheReleaseHadThem(int least, int fromMinutes, int toMinutes)
    {
        Deploy("1.0.0", least, TimeSpan.FromHours(3));
        _shifts.Clear();
        DeploymentResult result = Deploy("1.1.0", least, TimeSpan.FromHours(3));
        result.Outcome.Should().Be(DeploymentOutcome.Succeeded, result.Reason);
        DateTimeOffset first = _shifts.First(shift => shift.Shares == "1=90,2=10").At;
        DateTimeOffset all = _shifts.First(shift => shift.Shares == "2=100").At;
        (all - first).TotalMinutes.Should().BeInRange(fromMinutes, toMinutes, "6 requests a minute, of which a tenth meets the release");
        _met.Should().BeGreaterThanOrEqualTo(least);
    }

    [Test]
    public void Bake_TooFewInvocationsInTime_IsHeldForAPersonAtThoseShares()
    {
        Deploy("1.0.0", 1, TimeSpan.FromHours(3));
        _rig.Time.Run(async () =>
        {
            DeploymentPipeline pipeline = Pipeline(1000, TimeSpan.FromHours(1));
            Task<DeploymentResult> deploying = pipeline.DeployAsync(Of("1.1.0"));
            RunRecord? run = null;
            while (run?.State != RunState.Held)
            {
                await Task.Delay(TimeSpan.FromMinutes(1), _rig.Time.Clock);
                deploying.IsCompleted.Should().BeFalse();
                run = (await _store.ListRunsAsync(CancellationToken.None)).SingleOrDefault(one => one.Version == "1.1.0");
            }

            _rig.Shares.Should().Be("1=90,2=10");
            await pipeline.SignalAsync(run.Id, Signal.Abort("tester", "Too few users."));
            (await deploying).Outcome.Should().Be(DeploymentOutcome.RolledBack);
        });
        _rig.Shares.Should().Be("1=100");
    }

    [Test]
    public void Bake_ReleaseFails_GoesBackByWhatTheTargetItselfMeasures()
    {
        Deploy("1.0.0", 1, TimeSpan.FromHours(3));
        _fails = true;
        DeploymentResult result = Deploy("1.1.0", 5, TimeSpan.FromHours(3));
        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        _met.Should().BeGreaterThanOrEqualTo(5);
        _rig.Shares.Should().Be("1=100");
    }

    private static Release Of(string version) =>
        Release.Of("shop", version, Artifact.Image($"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:{new string(version[2], 64)}"));

    private DeploymentResult Deploy(string version, int least, TimeSpan longest) => _rig.Time.Run(() => Pipeline(least, longest).DeployAsync(Of(version)));

    private DeploymentPipeline Pipeline(int least, TimeSpan longest)
    {
        _rig.Stub.After = _ => _shifts.Add((_rig.Time.Clock.GetUtcNow(), _rig.Shares));
        return DeploymentPipeline.Create("shop")
            .DeployTo(_rig.Make())
            .UseCanary(canary => (canary.Steps, canary.BakeTime) = ([10, 100], TimeSpan.FromMinutes(10)))
            .UseStore(_store)
            .UseTimeProvider(_rig.Time.Clock)
            .Monitor(TimeSpan.Zero, monitor => monitor
                .RollBackWhen(Metric.ErrorRate.IsAbove(0.10) with { MinimumSamples = least, Window = TimeSpan.FromHours(24) })
                .With(options => (options.Interval, options.OnMissingData, options.LongestWait, options.Intensive, options.StaleAfter) = (TimeSpan.FromSeconds(30), MissingDataAction.Wait, longest, TimeSpan.Zero, TimeSpan.FromMinutes(5))))
            .Build();
    }

    /// <summary>How many invocations of a minute the alias deals to whom.</summary>
    private IEnumerable<(int Version, bool Fails)> Minute()
    {
        int[] met = [.. Enumerable.Range(0, PerMinute).Select(_ => _rig.Stub.Deal("live", _random))];
        _met += _rig.Shares == "1=90,2=10" ? met.Count(version => version == 2) : 0;
        return met.Select(version => (version, version == 2 && _fails));
    }
}
