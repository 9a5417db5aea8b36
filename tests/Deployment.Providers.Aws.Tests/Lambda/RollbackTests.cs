using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Lambda;

/// <summary>Users wait for the old release: going back to it needs nothing of it but that it can answer.</summary>
public sealed class RollbackTests
{
    private LambdaRig _rig = null!;
    private InMemoryDeploymentStore _store = null!;

    [SetUp]
    public void Begin()
    {
        _rig = new LambdaRig();
        _rig.Stub.Latest = _rig.Stub.Latest with { PackageType = "Image" };
        _store = new InMemoryDeploymentStore();
    }

    [TearDown]
    public void End() => _rig.Dispose();

    [Test]
    public void Deploy_BadOnceWarmthIsAskedFor_GoesBackAtOnceToWhatIsCold(
        [Values("canary", "blue-green", "recreate")] string strategy,
        [Values(null, "The account has no concurrency left.")] string? fails)
    {
        Deploy(_rig.Make(), "1.0.0", strategy);
        string bad = strategy == "canary" ? "1=90,2=10" : "2=100";
        DateTimeOffset? since = null;
        TimeSpan? took = null;
        _rig.Stub.After = call => took = call == "UpdateAlias" && since is { } begin && _rig.Shares == "1=100" ? took ?? (_rig.Time.Clock.GetUtcNow() - begin) : took;
        DeploymentResult result = Deploy(_rig.Make(Warm), "1.1.0", strategy, () =>
        {
            if (since is null && _rig.Shares == bad)
            {
                (_rig.Stub.WarmingFails, _rig.Stub.PendingTime, since) = (fails, TimeSpan.FromMinutes(3), _rig.Time.Clock.GetUtcNow());
            }

            return since is not null;
        });
        result.Outcome.Should().Be(DeploymentOutcome.RolledBack, result.Reason);
        _rig.Shares.Should().Be("1=100");
        took.Should().BeLessThan(TimeSpan.FromMinutes(2), "it is seen within one, and warming up takes three, or never ends");
    }

    [Test]
    public void RollBack_WarmthWasAskedForSince_GoesBackToWhatIsCold([Values(null, "The account has no concurrency left.")] string? fails)
    {
        Deploy(_rig.Make(), "1.0.0", "blue-green");
        Deploy(_rig.Make(Warm), "1.1.0", "blue-green").Outcome.Should().Be(DeploymentOutcome.Succeeded);
        _rig.Stub.WarmingFails = fails;
        DeploymentResult back = _rig.Time.Run(() => Pipeline(_rig.Make(Warm), "blue-green", () => false).RollBackAsync());
        back.Outcome.Should().Be(DeploymentOutcome.Succeeded, back.Reason);
        _rig.Shares.Should().Be("1=100");
    }

    [Test]
    public void Shift_ToACandidateThatIsCold_IsRefusedStillAndGoesBack()
    {
        Deploy(_rig.Make(), "1.0.0", "canary");
        _rig.Stub.After = call =>
        {
            if (_rig.Shares == "1=90,2=10")
            {
                _rig.Stub.WarmingFails = "The account has no concurrency left.";
            }
        };
        DeploymentResult result = Deploy(_rig.Make(Warm), "1.1.0", "canary");
        result.Outcome.Should().Be(DeploymentOutcome.RolledBack);
        result.Reason.Should().Contain("is FAILED").And.Contain("gets no more traffic");
        _rig.Shares.Should().Be("1=100");
    }

    [Test]
    public void Shift_VersionThatIsNotWarmOrActiveAnyMore_GetsNoMore()
    {
        using var rig = new LambdaRig(options => options.ProvisionedConcurrency = 2);
        Revision old = rig.Revision("1.0.0"), next = rig.Revision("1.1.0");
        rig.Bring(old);
        rig.Run(rig.Target.Install(next));
        TrafficSplit all = TrafficSplit.AllTo(old.Id), tenth = LambdaRig.Split(next, 10, old);
        rig.Run(rig.Target.Shift(all, tenth));
        rig.Stub.WarmingFails = "The account has no concurrency left.";
        rig.Refused(rig.Target.Shift(tenth, TrafficSplit.AllTo(next.Id))).Should().Contain("is FAILED").And.Contain("gets no more traffic");
        rig.Shares.Should().Be("1=90,2=10");
        rig.Run(rig.Target.Restore(tenth, all));
        rig.Shares.Should().Be("1=100", "going back needs no warmth");
    }

    [Test]
    public void RollBack_AfterIt_WhatHadAllUsersIsKept()
    {
        DeploymentPipeline pipeline = Pipeline(_rig.Make(), "blue-green", () => false);
        _rig.Time.Run(async () =>
        {
            await pipeline.DeployAsync(Of("1.0.0"));
            await pipeline.DeployAsync(Of("1.1.0"));
            (await pipeline.RollBackAsync()).Outcome.Should().Be(DeploymentOutcome.Succeeded);
            await Task.Delay(TimeSpan.FromHours(2), _rig.Time.Clock);
            await pipeline.CompleteAsync();
        });
        _rig.Shares.Should().Be("1=100");
        _rig.Stub.Numbers.Should().Equal([1, 2], "the second one had all users, so it is kept as others are");
        _rig.See().Revisions.Select(seen => seen.Id.Version).Should().Equal("1.0.0");
    }

    private static void Warm(LambdaTargetOptions options) => options.ProvisionedConcurrency = 5;

    private static Release Of(string version) =>
        Release.Of("shop", version, Artifact.Image($"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:{new string(version[2], 64)}"));

    private DeploymentResult Deploy(LambdaTarget target, string version, string strategy, Func<bool>? isBad = null) =>
        _rig.Time.Run(() => Pipeline(target, strategy, isBad ?? (() => false)).DeployAsync(Of(version)));

    private DeploymentPipeline Pipeline(LambdaTarget target, string strategy, Func<bool> isBad)
    {
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop").DeployTo(target).UseStore(_store).UseTimeProvider(_rig.Time.Clock);
        builder = strategy switch
        {
            "canary" => builder.UseCanary(canary => (canary.Steps, canary.BakeTime) = ([10, 50, 100], TimeSpan.FromMinutes(1))),
            "blue-green" => builder.UseBlueGreen(blueGreen => blueGreen.RollbackWindow = TimeSpan.FromHours(1)),
            _ => builder.UseRecreate(),
        };
        return builder.RequireHealthy(health => health.Check("is well", (context, _) => Task.FromResult(context.Subject.Candidate.Version == "1.1.0" && isBad() ? "It is not well." : null))).Build();
    }
}
