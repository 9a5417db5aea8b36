using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;
using Deployment.Store;

namespace Deployment.Providers.Aws.Tests.Lambda;

/// <summary>A deployer that dies at every point of what isn't everyday: the first deployment to an alias made by hand, going back, warming up, and tidying up.</summary>
public sealed class LaterCrashTests
{
    private LambdaRig _rig = null!;
    private InMemoryDeploymentStore _store = null!;

    [TestCase("canary", false)]
    [TestCase("canary", true)]
    [TestCase("blue-green", false)]
    [TestCase("blue-green", true)]
    public void FirstDeploymentToAnAliasMadeByHand_DeadAtAnyPoint_IsGoneOnWithAndEndsRight(string strategy, bool isBad) => AtEachPoint(
        byHand: true,
        [],
        process => Pipeline(process, strategy, _ => isBad && _rig.Shares != "1=100"),
        pipeline => pipeline.DeployAsync(Of('1')),
        isBad ? ["RolledBack 1=100"] : ["Succeeded 2=100"],
        isBad ? ["Rejected 1=100", "no run 1=100"] : ["no run 1=100"]);

    [Test]
    public void RollBack_DeadAtAnyPoint_IsGoneOnWithAndEndsRight() => AtEachPoint(
        byHand: false,
        ['0', '1'],
        process => Pipeline(process, "blue-green", _ => false, options => options.ProvisionedConcurrency = 2),
        pipeline => pipeline.RollBackAsync(),
        ["Succeeded 1=100"],
        ["no run 2=100"]);

    [TestCase("canary")]
    [TestCase("recreate")]
    public void Deployment_WithWarmEnvironments_DeadAtAnyPoint_IsGoneOnWithAndEndsRight(string strategy) => AtEachPoint(
        byHand: false,
        ['0'],
        process => Pipeline(process, strategy, _ => false, options => options.ProvisionedConcurrency = 2),
        pipeline => pipeline.DeployAsync(Of('1')),
        ["Succeeded 2=100"],
        ["no run 1=100"],
        () => _rig.Stub.Warm(2).Should().Be(_rig.Shares == "2=100" ? 2 : null));

    [Test]
    public void TidyUp_DeadAtAnyPoint_TheNextRunLeavesWhatIsToBeKept() => AtEachPoint(
        byHand: false,
        ['0', '1', '2'],
        process => Pipeline(process, "recreate", _ => false, options => options.KeptVersions = 1),
        pipeline => pipeline.DeployAsync(Of('3')),
        ["Succeeded 4=100"],
        ["no run 3=100"],
        () =>
        {
            _rig.Time.Run(() => Pipeline(new SimulatedProcess(), "recreate", _ => false, options => options.KeptVersions = 1).DeployAsync(Of('4'))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
            _rig.Stub.Numbers.Should().HaveCount(2, "what users have, and one before it");
        });

    private void AtEachPoint(
        bool byHand, char[] before, Func<SimulatedProcess, DeploymentPipeline> make, Func<DeploymentPipeline, Task<DeploymentResult>> act, string[] usual, string[] alsoPossible, Action? afterwards = null)
    {
        int points = Run(byHand, before, make, act, 0, null).Points;
        points.Should().BeGreaterThan(20);
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int point = 1; point <= points; point++)
        {
            string end = Run(byHand, before, make, act, point, afterwards).End;
            ends[end] = ends.GetValueOrDefault(end) + 1;
        }

        TestContext.Out.WriteLine($"{points} points: {string.Join(", ", ends)}.");
        ends.Keys.Should().BeSubsetOf([.. usual, .. alsoPossible]);
        ends[usual[0]].Should().BeGreaterThan(points / 2);
    }

    private (int Points, string End) Run(bool byHand, char[] before, Func<SimulatedProcess, DeploymentPipeline> make, Func<DeploymentPipeline, Task<DeploymentResult>> act, int dieAt, Action? afterwards)
    {
        using var rig = new LambdaRig();
        (_rig, _store) = (rig, new InMemoryDeploymentStore());
        // Images need no file: reading one takes real time, which virtual time doesn't see.
        rig.Stub.Latest = rig.Stub.Latest with { PackageType = "Image" };
        if (byHand)
        {
            rig.Stub.SetAlias("live", rig.Stub.PublishByHand("By hand."), "What the page calls.");
        }

        foreach (char digit in before)
        {
            rig.Time.Run(() => make(new SimulatedProcess()).DeployAsync(Of(digit))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        }

        RunRecord[] earlier = Runs();
        var process = new SimulatedProcess(dieAt);
        rig.Stub.Before = call => Point(process, call, "before");
        rig.Stub.After = call => Point(process, call, "after");
        DeploymentResult? result = null;
        try
        {
            result = rig.Time.Run(() => act(make(process)));
        }
        catch (SimulatedCrashException)
        {
            rig.Stub.Before = rig.Stub.After = _ => { };
            if (Runs().SingleOrDefault(run => run.DueAt is null && earlier.All(one => one.Id != run.Id)) is { } run)
            {
                result = rig.Time.Run(() => make(new SimulatedProcess()).ResumeAsync(run.Id));
            }
        }

        rig.Stub.Before = rig.Stub.After = _ => { };
        rig.Stub.Violations.Should().BeEmpty($"it died {process.Death}");
        string end = $"{result?.Outcome.ToString() ?? "no run"} {rig.Shares}";
        afterwards?.Invoke();
        return (process.Points, end);
    }

    private RunRecord[] Runs() => [.. _rig.Time.Run(() => _store.ListRunsAsync(CancellationToken.None))];

    private void Point(SimulatedProcess process, string call, string when)
    {
        if (!call.StartsWith("Get", StringComparison.Ordinal) && !call.StartsWith("List", StringComparison.Ordinal))
        {
            process.Point($"{when} {call} (the alias has {_rig.Shares})");
        }
    }

    private static Release Of(char digit) =>
        Release.Of("shop", $"1.{digit}.0", Artifact.Image($"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:{new string(digit, 64)}"));

    private DeploymentPipeline Pipeline(SimulatedProcess process, string strategy, Func<string, bool> isBad, Action<LambdaTargetOptions>? configure = null)
    {
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop").DeployTo(process.Reach(_rig.Make(configure))).UseStore(process.Reach(_store)).UseTimeProvider(_rig.Time.Clock);
        builder = strategy switch
        {
            "canary" => builder.UseCanary(canary => (canary.Steps, canary.BakeTime) = ([10, 50, 100], TimeSpan.FromMinutes(1))),
            "blue-green" => builder.UseBlueGreen(blueGreen => blueGreen.RollbackWindow = TimeSpan.FromHours(1)),
            _ => builder.UseRecreate(),
        };
        return builder.RequireHealthy(health => health.Check("is well", (context, _) => Task.FromResult(isBad(context.Subject.Candidate.Version) ? "It is not well." : null))).Build();
    }
}
