using Deployment.Providers.Aws.Sites;
using Deployment.Providers.Aws.Tests.Support;

namespace Deployment.Providers.Aws.Tests.Sites;

public sealed class ListingTests
{
    [Test]
    public async Task List_InPartsSideBySide_HasEachKeyWhateverWasLikely([Values(1, 2, 3)] int seed)
    {
        await using SiteWorld world = await SiteWorld.StartAsync();
        var random = new Random(seed);
        string[] names = [.. new HostileNames(seed).Take(9000).Distinct()];
        foreach (string name in names.Where(_ => random.Next(3) > 0))
        {
            world.Put($"p/{name}", "x");
        }

        world.Put("other", "x");
        string[] likely = [.. names.Select(name => $"p/{name}").Order(KeyOrder.Instance)];
        List<string> starts = [];
        world.Server.Done = request =>
        {
            lock (starts)
            {
                starts.Add(request.Query["start-after"].ToString());
            }
        };

        Dictionary<string, ListedObject> found = await world.Bucket.ListAsync("p/", likely, CancellationToken.None);

        found.Keys.Order(KeyOrder.Instance).Should().Equal(world.Objects.Objects.Keys.Where(key => key.StartsWith("p/", StringComparison.Ordinal)).Order(KeyOrder.Instance));
        starts.Where(start => start.Length > 0).Distinct().Count().Should().BeGreaterThan(1, "else it was one listing");
        (await world.Bucket.ListAsync("p/", CancellationToken.None)).Should().HaveCount(found.Count);
    }

    [Test]
    public void TheOrderOfKeys_IsThatOfTheirBytes()
    {
        string[] names = [.. new HostileNames(9).Take(2000)];

        string[] ordered = [.. names.Order(KeyOrder.Instance)];

        ordered.Should().Equal(names.OrderBy(name => Convert.ToHexString(System.Text.Encoding.UTF8.GetBytes(name)), StringComparer.Ordinal));
        ordered.Should().NotEqual(names.Order(StringComparer.Ordinal), "else these names show nothing");
    }
}
