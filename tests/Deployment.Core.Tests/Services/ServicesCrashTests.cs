using Deployment.Store;
using static Deployment.Tests.Services.ServicesWorld;

namespace Deployment.Tests.Services;

/// <summary>The process dies at every point of a deployment of three services; the next one ends it, and no service ever meets one that it doesn't go together with.</summary>
[Category("Unit")]
public sealed class ServicesCrashTests
{
    private const string Old = "web web_1.0.0_1=100, api api_1.0.0_1=100, accounts accounts_1.0.0_1=100";
    private const string New = "web web_1.1.0_1=100, api api_1.1.0_1=100, accounts accounts_1.1.0_1=100";

    [Test]
    public void Deploy_DiesAtEveryPoint_TheNextProcessEndsItWhole([Values] bool fails)
    {
        int points = 0;
        for (int point = 1; ; point++, points++)
        {
            ServicesWorld world = new ServicesWorld().Begin();
            if (fails)
            {
                world.Ill.Add("web under traffic 1.1.0");
            }

            WatchTheOrder(world);
            var process = new SimulatedProcess(point);
            if (!Dies(world, process))
            {
                break;
            }

            world.Time.Clock.Advance(TimeSpan.FromMinutes(1));
            IReadOnlyList<DeploymentResult> results = world.Time.Run(() => world.Pipeline().ResumeAllAsync());
            string because = $"it died {process.Death}";
            if (results.Count == 0)
            {
                world.Live.Should().BeOneOf([Old, fails ? Old : New], because);
                continue;
            }

            results.Should().ContainSingle().Which.Outcome.Should().Be(fails ? DeploymentOutcome.RolledBack : DeploymentOutcome.Succeeded, because);
            world.Live.Should().Be(fails ? Old : New, because);
            world.Targets.Values.Should().OnlyContain(target => target.Now.Revisions.Count == (fails ? 1 : 2), because);
        }

        points.Should().BeGreaterThan(60);
    }

    /// <summary>Forwards and backwards: web never serves with an api that is older than itself, nor api with such accounts.</summary>
    private static void WatchTheOrder(ServicesWorld world)
    {
        foreach (FakeTarget target in world.Targets.Values)
        {
            target.After = (_, _) =>
            {
                bool[] isNew = [.. new[] { "accounts", "api", "web" }.Select(name => world.Targets[name].Now.Live()!.Version == "1.1.0")];
                isNew.Should().BeInDescendingOrder("what is needed comes first and goes last");
                return Task.CompletedTask;
            };
        }
    }

    private static bool Dies(ServicesWorld world, SimulatedProcess process)
    {
        try
        {
            world.Time.Run(() => world.Pipeline(process).DeployAsync([Web("1.1.0"), Api("1.1.0"), Accounts("1.1.0")]));
            return false;
        }
        catch (SimulatedCrashException)
        {
            return true;
        }
    }
}
