using Deployment.Providers.Aws.Sites;

namespace Deployment.Providers.Aws.Tests.Sites;

public sealed class SitePlannerTests
{
    private static readonly SiteHeaders _text = new("text/plain; charset=utf-8", "no-cache", null);

    [Test]
    public void WhatStands_Stays_OnlyWhenContentHeadersAndTheListingAgree()
    {
        SiteItem[] wanted = [Item("same", "a"), Item("content", "b"), Item("headers", "a") with { Headers = _text with { Cache = "max-age=1" } }, Item("tampered", "a"), Item("shortened", "a"), Item("missing", "a"), Item("unknown", "a")];
        var served = new SiteManifest
        {
            Revision = "shop_1.0.0_1",
            Content = Hash("x"),
            Sequence = 1,
            Files = new[] { "same", "content", "headers", "tampered", "shortened", "missing" }.ToDictionary(key => key, _ => SiteEntry.Of(Item("x", "a"), "e1")),
        };
        var seen = new SiteState
        {
            Root = "",
            Served = served,
            Objects = new Dictionary<string, ListedObject>
            {
                ["same"] = new("e1", 1),
                ["content"] = new("e1", 1),
                ["headers"] = new("e1", 1),
                ["tampered"] = new("e2", 1),
                ["shortened"] = new("e1", 0),
                ["unknown"] = new("e1", 1),
            },
        };

        SitePlan plan = SitePlanner.Plan(new SiteGoal { Revision = "shop_2.0.0_1", Content = Hash("y"), Items = wanted, Keeps = true }, seen);

        plan.Stays.Keys.Should().Equal("same");
        plan.Moves.Select(move => move.Item.Key).Should().BeEquivalentTo(["content", "headers", "tampered", "shortened", "missing", "unknown"]);
        plan.Overwritten.Should().BeEquivalentTo(["tampered", "shortened", "unknown"], "they aren't what our manifest means");
        plan.Keeps.Select(keep => keep.Key).Should().BeEquivalentTo(["content", "tampered", "shortened", "unknown"], "two of ours have the same content, which is kept once");
        SitePlanner.Plan(new SiteGoal { Revision = "shop_2.0.0_1", Content = Hash("y"), Items = wanted, Keeps = true }, seen).Should().BeEquivalentTo(plan, "it is pure");
    }

    [Test]
    public void Removals_AreOnlyWhatOurManifestsPutThereAndIsStillThat()
    {
        var served = new SiteManifest
        {
            Revision = "shop_1.0.0_1",
            Content = Hash("x"),
            Sequence = 1,
            Files = new[] { "gone", "changed", "removed" }.ToDictionary(key => key, _ => SiteEntry.Of(Item("x", "a"), "e1")),
        };
        var seen = new SiteState { Root = "", Served = served, Objects = new Dictionary<string, ListedObject> { ["gone"] = new("e1", 1), ["changed"] = new("e2", 1), ["theirs"] = new("e1", 1) } };

        SitePlan plan = SitePlanner.Plan(new SiteGoal { Revision = "shop_2.0.0_1", Content = Hash("y"), Items = [Item("new", "a")] }, seen);

        plan.Removals.Should().Equal("gone");
        plan.Left.Should().Equal("changed");
        string text = SitePlanText.Of(plan);
        text.Should().Be("""
            shop_2.0.0_1: 1 file to store (1 B), 0 as they are, 1 file to remove
            upload new (1):
              new (1 B, text/plain; charset=utf-8, no-cache)
            remove, after the switch (1):
              gone
            leave, since somebody else changed it (1):
              changed

            """);
    }

    [Test]
    public void ALongPlan_IsFolded()
    {
        SiteItem[] wanted = [.. Enumerable.Range(0, 1000).Select(i => Item($"file{i:0000}", "a"))];

        string text = SitePlanText.Of(SitePlanner.Plan(new SiteGoal { Revision = "shop_1.0.0_1", Content = Hash("y"), Items = wanted }, new SiteState { Root = "", Objects = new Dictionary<string, ListedObject>() }));

        text.Split('\n').Should().HaveCount(24);
        text.Should().Contain("upload new (1,000):\n").And.Contain("  and 980 more\n");
    }

    [Test]
    public void Pages_ComeAfterAssetsAndTheIndexAtTheEnd()
    {
        var page = new SiteHeaders("text/html; charset=utf-8", "no-cache", null);
        SiteItem[] wanted = [Item("index.html", "a") with { Headers = page }, Item("a.html", "a") with { Headers = page }, Item("old.css", "b"), Item("z.css", "a"), Item("blog/index.html", "a") with { Headers = page }];
        var seen = new SiteState { Root = "", Objects = new Dictionary<string, ListedObject> { ["old.css"] = new("e", 1) } };

        SitePlan plan = SitePlanner.Plan(new SiteGoal { Revision = "shop_1.0.0_1", Content = Hash("y"), Items = wanted }, seen);

        plan.Moves.Select(move => move.Item.Key).Should().Equal("z.css", "old.css", "a.html", "blog/index.html", "index.html");
    }

    private static SiteItem Item(string key, string content) => new(key, Hash(content), 1, _text);

    private static string Hash(string text) => Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(System.Text.Encoding.UTF8.GetBytes(text)));
}
