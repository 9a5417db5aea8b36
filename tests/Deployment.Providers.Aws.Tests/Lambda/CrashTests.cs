using Deployment.Providers.Aws.Clients;
using Deployment.Providers.Aws.Lambda;
using Deployment.Providers.Aws.Tests.Lambda.Support;
using Deployment.Releases;
using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Lambda;

/// <summary>A deployer that dies at every point of a run: before and after each write to its store, each effect, and each call that changes something at AWS.</summary>
public sealed class CrashTests
{
    [TestCase("canary", false)]
    [TestCase("canary", true)]
    [TestCase("blue-green", false)]
    [TestCase("recreate", false)]
    [TestCase("recreate", true)]
    public void Deployment_DeadAtAnyPoint_IsGoneOnWithAndEndsRight(string strategy, bool isBad) => AtEachPoint(
        strategy,
        isBad,
        isSameBuild: true,
        isBad ? "RolledBack 1=100" : "Succeeded 2=100",
        isBad ? ["RolledBack 1=100", "Rejected 1=100", "no run 1=100"] : ["Succeeded 2=100", "no run 1=100"]);

    [TestCase("canary")]
    [TestCase("recreate")]
    public void Deployment_DeadAtAnyPointAndResumedByAnotherBuild_GoesBack(string strategy) =>
        AtEachPoint(strategy, isBad: false, isSameBuild: false, "RolledBack 1=100", ["RolledBack 1=100", "Rejected 1=100", "no run 1=100", "Succeeded 2=100"]);

    [TestCase("canary")]
    [TestCase("recreate")]
    public void Deployment_AnyAnswerIsLost_EndsTruthful(string strategy)
    {
        int calls = Run(strategy, isBad: false, isSameBuild: true, 0).Calls;
        calls.Should().BeGreaterThan(3);
        for (int call = 1; call <= calls; call++)
        {
            string end = Run(strategy, isBad: false, isSameBuild: true, 0, lostAnswer: call).End;
            end.Should().BeOneOf(["Succeeded 2=100", "RolledBack 1=100"], $"the answer to call {call} was lost");
        }
    }

    private static void AtEachPoint(string strategy, bool isBad, bool isSameBuild, string usual, string[] possible)
    {
        int points = Run(strategy, isBad, isSameBuild, 0).Points;
        points.Should().BeGreaterThan(30);
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        for (int point = 1; point <= points; point++)
        {
            string end = Run(strategy, isBad, isSameBuild, point).End;
            ends[end] = ends.GetValueOrDefault(end) + 1;
        }

        TestContext.Out.WriteLine($"{strategy}{(isBad ? ", bad" : "")}, {points} points: {string.Join(", ", ends)}.");
        ends.Keys.Should().BeSubsetOf(possible);
        ends[usual].Should().BeGreaterThan(points / 2);
    }

    private static (int Points, int Calls, string End) Run(string strategy, bool isBad, bool isSameBuild, int dieAt, int lostAnswer = 0)
    {
        using var rig = new LambdaRig();
        var store = new InMemoryDeploymentStore();
        // Images need no file: reading one takes real time, which virtual time doesn't see.
        rig.Stub.Latest = rig.Stub.Latest with { PackageType = "Image" };
        Artifact old = Image('a');
        Artifact next = Image('b');
        DeploymentResult first = rig.Time.Run(() => Pipeline(rig, store, strategy, isBad: false, new SimulatedProcess()).DeployAsync(Release.Of("shop", "1.0.0", old)));
        first.Outcome.Should().Be(DeploymentOutcome.Succeeded, first.Reason);
        var process = new SimulatedProcess(dieAt);
        int calls = 0;
        rig.Stub.Before = call => Point(process, rig, call, "before");
        rig.Stub.After = call =>
        {
            Point(process, rig, call, "after");
            if (++calls == lostAnswer)
            {
                throw AwsFailure.Of(new HttpRequestException("The connection was reset."), $"lambda:{call}", "shop");
            }
        };
        DeploymentResult? result = null;
        try
        {
            result = rig.Time.Run(() => Pipeline(rig, store, strategy, isBad, process).DeployAsync(Release.Of("shop", "1.1.0", next)));
        }
        catch (SimulatedCrashException)
        {
            rig.Stub.Before = rig.Stub.After = _ => { };
            if (rig.Time.Run(() => store.ListRunsAsync(CancellationToken.None)).SingleOrDefault(run => run.Version == "1.1.0") is { } run)
            {
                result = rig.Time.Run(() => Pipeline(rig, store, strategy, isBad, isSameBuild ? new SimulatedProcess() : null).ResumeAsync(run.Id));
            }
        }

        string why = $"{strategy} that died {process.Death}";
        rig.Stub.Violations.Should().BeEmpty(why);
        rig.Stub.Alias("live")!.RoutingConfig?.AdditionalVersionWeights?.Should().BeNullOrEmpty(why);
        rig.Stub.Numbers.Should().OnlyHaveUniqueItems().And.HaveCountLessThanOrEqualTo(2, $"{why} publishes once");
        return (process.Points, calls, $"{result?.Outcome.ToString() ?? "no run"} {rig.Shares}");
    }

    private static Artifact Image(char digit) => Artifact.Image($"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop@sha256:{new string(digit, 64)}");

    private static void Point(SimulatedProcess process, LambdaRig rig, string call, string when)
    {
        if (!call.StartsWith("Get", StringComparison.Ordinal) && !call.StartsWith("List", StringComparison.Ordinal))
        {
            process.Point($"{when} {call} (the alias has {rig.Shares})");
        }
    }

    private static DeploymentPipeline Pipeline(LambdaRig rig, InMemoryDeploymentStore store, string strategy, bool isBad, SimulatedProcess? process)
    {
        LambdaTarget target = rig.Make();
        DeploymentPipelineBuilder builder = DeploymentPipeline.Create("shop")
            .DeployTo(process?.Reach(target) ?? target)
            .UseStore(process?.Reach(store) ?? store)
            .UseTimeProvider(rig.Time.Clock);
        builder = strategy switch
        {
            "canary" => builder.UseCanary(canary => (canary.Steps, canary.BakeTime) = ([10, 50, 100], TimeSpan.FromMinutes(1))),
            "blue-green" => builder.UseBlueGreen(),
            _ => builder.UseRecreate(),
        };
        return builder.RequireHealthy(health => health.Check("is well", (context, _) => Task.FromResult(isBad && context.Subject.Candidate.Version == "1.1.0" && rig.Shares != "1=100" ? "It is not well." : null))).Build();
    }
}
