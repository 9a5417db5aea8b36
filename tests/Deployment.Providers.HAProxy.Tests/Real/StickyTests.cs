using Deployment.Providers.HAProxy.Tests.Support;

namespace Deployment.Providers.HAProxy.Tests.Real;

[Category("HAProxy")]
public sealed class StickyTests
{
    private const int Users = 400;
    private const string Old = "shop_1.0.0_1";
    private const string New = "shop_1.1.0_1";
    private World _world = null!;

    [SetUp]
    public async Task Start() => _world = await World.StartAsync(options =>
    {
        options.StickyHeader = "X-User";
        options.StickyCookie = "who";
        options.IssueStickyCookie = true;
        options.StickyCookieLifetime = TimeSpan.FromDays(1);
    });

    [TearDown]
    public async Task Stop() => await (_world?.DisposeAsync() ?? ValueTask.CompletedTask);

    [TestCase("X-User", "")]
    [TestCase("Cookie", "who=")]
    public async Task Users_SharesGoUpAndBack_StayWhileTheirShareStaysOrGrows(string header, string prefix)
    {
        _world.Router.Limits.KeepsUsers.Should().BeTrue();
        Instance[] old = await _world.RunAsync("1.0.0", 2);
        Instance[] fresh = await _world.RunAsync("1.1.0");
        await _world.ApplyAsync(World.Routed("1.0.0", 100, old), World.Routed("1.1.0", 0, fresh));
        string[] before = await AnswersAsync(header, prefix);
        before.Should().OnlyContain(by => by == Old);
        int share = 0;
        foreach (int next in new[] { 10, 50, 50, 100, 50, 10, 0 })
        {
            await _world.ApplyAsync(World.Routed("1.0.0", 100 - next, old), World.Routed("1.1.0", next, fresh));

            string[] now = await AnswersAsync(header, prefix);
            string growing = next >= share ? New : Old;
            now.Zip(before).Where(pair => pair.Second == growing && pair.First != growing).Should().BeEmpty("who was there stays");
            now.Count(by => by == New).Should().BeInRange((next * Users / 100) - 45, (next * Users / 100) + 45);
            (await AnswersAsync(header, prefix)).Should().Equal(now, "each user stays");
            (before, share) = (now, next);
        }
    }

    [Test]
    public async Task Request_WithoutAnId_IsGivenACookieThatKeepsItThere()
    {
        await _world.ApplyAsync(World.Routed("1.0.0", 50, await _world.RunAsync("1.0.0")), World.Routed("1.1.0", 50, await _world.RunAsync("1.1.0")));
        HashSet<string> ids = [];
        for (int i = 0; i < 40; i++)
        {
            using HttpResponseMessage first = await _world.AskAsync();
            string by = await first.Content.ReadAsStringAsync();
            string cookie = first.Headers.GetValues("Set-Cookie").Single();
            cookie.Should().MatchRegex("^who=[0-9a-f-]{36}; Path=/; HttpOnly; SameSite=Lax; Max-Age=86400$").And.NotContain("shop");
            string id = cookie.Split(';')[0];
            ids.Add(id);

            using HttpResponseMessage again = await _world.AskAsync("", null, null, ("Cookie", id));
            (await again.Content.ReadAsStringAsync()).Should().Be(by);
            again.Headers.Contains("Set-Cookie").Should().BeFalse("it has one");
        }

        ids.Should().HaveCount(40);
    }

    private async Task<string[]> AnswersAsync(string header, string prefix)
    {
        string[] answers = new string[Users];
        await Parallel.ForAsync(0, Users, new ParallelOptions { MaxDegreeOfParallelism = 8 }, async (user, _) => answers[user] = await _world.TextAsync("", null, (header, $"{prefix}user-{user}")));
        return answers;
    }
}
