using Deployment.Providers.Local.Tests.Support;
using Deployment.Targets;

namespace Deployment.Providers.Local.Tests.Router;

/// <summary>Which revision answers whom.</summary>
public sealed class ChoosingTests : LocalFixture
{
    [Test]
    public async Task Tester_NamesRevision_GetsItWhateverItsShare()
    {
        LocalTarget target = Listening(options =>
        {
            options.TesterHeader = "X-Try";
            options.TesterCookie = "try";
        });
        await RunAsync(target.Install(App(1)), target: target);
        await RunAsync(target.Route(TrafficSplit.AllTo(Id(1))), target: target);
        await RunAsync(target.Install(App(2)), target: target);
        using RawClient client = await RawClient.ConnectAsync(Port);

        (await BodyAsync(client, $"X-Try: {Id(2)}\r\n")).Should().Be("v2");
        (await BodyAsync(client, "X-Try: candidate\r\n")).Should().Be("v2");
        (await BodyAsync(client, $"Cookie: a=1; try={Id(2)}\r\n")).Should().Be("v2");
        (await BodyAsync(client, "")).Should().Be("v1", "nobody else sees it");
        (await BodyAsync(client, $"X-Try: {Id(3)}\r\n")).Should().Be("v1", "it doesn't stand");

        await RunAsync(target.Remove(Id(2)), target: target);
        (await BodyAsync(client, $"X-Try: {Id(2)}\r\n")).Should().Be("v1", "it stands no longer");
        (await BodyAsync(client, "X-Try: candidate\r\n")).Should().Be("v1");
    }

    [Test]
    public async Task Sticky_ShareGrows_NobodyMovesBack()
    {
        LocalTarget target = Listening(options => options.StickyCookie = "session");
        await RunAsync(target.Install(App(1)), target: target);
        await RunAsync(target.Install(App(2)), target: target);
        await RunAsync(target.Route(TrafficSplit.AllTo(Id(1))), target: target);
        using RawClient client = await RawClient.ConnectAsync(Port);
        int[] shares = [10, 50, 90];
        var seen = new List<string[]>();

        foreach (int percent in shares)
        {
            await RunAsync(target.Route(new TrafficSplit([new(Id(1), 100 - percent), new(Id(2), percent)])), target: target);
            string[] versions = new string[200];
            for (int user = 0; user < versions.Length; user++)
            {
                versions[user] = await BodyAsync(client, $"Cookie: session=u{user}\r\n");
                (await BodyAsync(client, $"Cookie: session=u{user}\r\n")).Should().Be(versions[user], "a user stays");
            }

            seen.Add(versions);
        }

        for (int step = 1; step < seen.Count; step++)
        {
            Enumerable.Range(0, 200).Where(user => seen[step - 1][user] == "v2" && seen[step][user] == "v1").Should().BeEmpty();
        }

        seen.Select(versions => versions.Count(version => version == "v2")).Should().BeInAscendingOrder().And.OnlyHaveUniqueItems();
    }

    // One connection is tried by RouterTests; here each request has one of its own.
    [Test]
    public async Task Split_ManyConnectionsAtOnce_IsExact()
    {
        await RunAsync(Target.Install(App(1)));
        await RunAsync(Target.Install(App(2)));
        await RunAsync(Target.Route(new TrafficSplit([new(Id(1), 70), new(Id(2), 30)])));

        string[][] seen = await Task.WhenAll(Enumerable.Range(0, 20).Select(async _ =>
        {
            string[] versions = new string[50];
            for (int request = 0; request < versions.Length; request++)
            {
                using RawClient client = await RawClient.ConnectAsync(Port);
                versions[request] = (await client.GetAsync("/")).Body;
            }

            return versions;
        }));

        seen.SelectMany(versions => versions).Count(version => version == "v2").Should().Be(300);
    }

    private static async Task<string> BodyAsync(RawClient client, string headers) =>
        (await client.SendAsync($"GET / HTTP/1.1\r\nHost: shop.test\r\n{headers}\r\n")).Body;
}
