using Deployment.Store;
using Deployment.Targets;

namespace Deployment.Providers.Aws.Tests.Sites.Targets;

/// <summary>Deaths of the deployer of an atomic site, good releases and bad ones, the same build and another, and answers that are lost, with somebody else's objects beside it.</summary>
public sealed class AtomicCrashTests
{
    private const string Theirs = "theirs.txt";

    [TestCase(true, true, "RolledBack 1.0.0")]
    [TestCase(false, false, "RolledBack 1.0.0")]
    public Task Deployer_DiesAtSomePoints_EndsWithAWholeRevision(bool isBad, bool isSameBuild, string usual) => AtPointsAsync(isBad, isSameBuild, usual, 6);

    [TestCase(true, true, "RolledBack 1.0.0")]
    [TestCase(true, false, "RolledBack 1.0.0")]
    [TestCase(false, true, "Succeeded 1.1.0")]
    [TestCase(false, false, "RolledBack 1.0.0")]
    [Category("Soak")]
    public Task Deployer_DiesAtEveryPoint_EndsWithAWholeRevision(bool isBad, bool isSameBuild, string usual) => AtPointsAsync(isBad, isSameBuild, usual, 1);

    [Test]
    public async Task Deployment_AnAnswerIsLost_EndsTruthful()
    {
        for (int lost = 1; ; lost++)
        {
            await using AtomicRig rig = await StartAsync();
            int changes = 0;
            rig.CloudFront.Changed = _ => Lose(() => throw new IOException("The answer was lost."));
            rig.World.Server.Done = request =>
            {
                if (request.Method != "GET")
                {
                    Lose(request.HttpContext.Abort);
                }
            };

            DeploymentResult result = await Pipeline(rig, isBad: false, new SimulatedProcess()).DeployAsync(rig.Build("1.1.0"));

            result.Outcome.Should().Be(DeploymentOutcome.Succeeded, $"answer {lost} was lost: {result.Reason}");
            End(rig, result).Should().Be("Succeeded 1.1.0");
            if (Volatile.Read(ref changes) < lost)
            {
                lost.Should().BeGreaterThan(6);
                break;
            }

            void Lose(Action lose)
            {
                if (Interlocked.Increment(ref changes) == lost)
                {
                    lose();
                }
            }
        }
    }

    private static async Task AtPointsAsync(bool isBad, bool isSameBuild, string usual, int step)
    {
        var ends = new SortedDictionary<string, int>(StringComparer.Ordinal);
        int points = 0;
        for (int point = 1; ; point += step)
        {
            await using AtomicRig rig = await StartAsync();
            var process = new SimulatedProcess(dieAt: point);
            try
            {
                await Pipeline(rig, isBad, process).DeployAsync(rig.Build("1.1.0"));
                break;
            }
            catch (SimulatedCrashException)
            {
            }

            points++;
            IReadOnlyList<DeploymentResult> resumed = await Pipeline(rig, isBad, isSameBuild ? new SimulatedProcess() : null).ResumeAllAsync();
            string end = End(rig, resumed.Count == 0 ? null : resumed[0]);
            string[] possible = isBad ? ["RolledBack 1.0.0", "Rejected 1.0.0", "no run 1.0.0"] : ["RolledBack 1.0.0", "Rejected 1.0.0", "no run 1.0.0", "no run 1.1.0", "Succeeded 1.1.0"];
            end.Should().BeOneOf(possible, $"it died {process.Death}: {(resumed.Count > 0 ? resumed[0].Reason : "")}");
            ends[end] = ends.GetValueOrDefault(end) + 1;
        }

        await TestContext.Out.WriteLineAsync(string.Join(", ", ends));
        ends.GetValueOrDefault(usual).Should().BeGreaterThan(points / 3);
    }

    private static async Task<AtomicRig> StartAsync()
    {
        AtomicRig rig = await AtomicRig.StartAsync();
        rig.World.Put(Theirs, "theirs");
        rig.World.Put("shop_1.1.0_1/" + Theirs, "theirs");
        (await Pipeline(rig, isBad: false, new SimulatedProcess()).DeployAsync(rig.Build("1.0.0"))).Outcome.Should().Be(DeploymentOutcome.Succeeded);
        return rig;
    }

    private static DeploymentPipeline Pipeline(AtomicRig rig, bool isBad, SimulatedProcess? process)
    {
        DeploymentTarget target = rig.Target();
        return DeploymentPipeline.Create("shop").DeployTo(process?.Reach(target) ?? target).UseStore(process?.Reach(rig.Store) ?? rig.Store)
            .ConfigureEngine(engine => (engine.LeaseTerm, engine.SignalInterval) = (TimeSpan.FromMilliseconds(300), TimeSpan.FromMilliseconds(50)))
            .UseBlueGreen(options => options.Retry = new Runbooks.RetryPolicy { Delay = TimeSpan.FromMilliseconds(10) })
            .RequireHealthy(health => health.Check("is well", (_, _) => Task.FromResult(isBad && Served(rig) == "1.1.0" ? "no" : null)).With(options => (options.ConsecutiveSuccesses, options.Deadline) = (1, TimeSpan.FromMilliseconds(200))))
            .Build();
    }

    private static string End(AtomicRig rig, DeploymentResult? result)
    {
        rig.World.Seen().Should().Contain(Theirs, "theirs").And.Contain("shop_1.1.0_1/" + Theirs, "theirs");
        return $"{result?.Outcome.ToString() ?? "no run"} {Served(rig)}";
    }

    private static string Served(AtomicRig rig) => rig.World.Seen(rig.CloudFront.Path[1..] + "/")["index.html"].Split(' ')[1];
}
