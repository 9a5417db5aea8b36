using Deployment.Providers.Aws.CloudFront;

namespace Deployment.Providers.Aws.Tests.CloudFront;

public sealed class InvalidationPathsTests
{
    [Test]
    public void Of_NothingChanged_IsNothing() => InvalidationPaths.Of([], ["index.html"], 10).Should().BeEmpty();

    [Test]
    public void Of_FewFiles_NamesEachWithTheFolderOfAnIndex() =>
        InvalidationPaths.Of(["index.html", "docs/index.html", "a.txt", "home.html"], [], 10, "home.html")
            .Should().Equal("/", "/a.txt", "/docs/", "/docs/index.html", "/home.html", "/index.html");

    [Test]
    public void Of_TooManyFiles_TakesTheFolderThatDropsNothingElse() =>
        InvalidationPaths.Of(
                [.. Numbered("docs/page", 50), "app/main.css"],
                [.. Numbered("app/asset", 50), .. Numbered("img/photo", 50)],
                10)
            .Should().Equal("/app/main.css", "/docs/*");

    [Test]
    public void Of_FilesEverywhere_IsEverything() =>
        InvalidationPaths.Of(Enumerable.Range(0, 40).SelectMany(folder => Numbered($"f{folder}/page", 50)), [], 10).Should().Equal("/*");

    [Test]
    public void Of_NamesThatAUrlCannotHave_AreEncoded() =>
        InvalidationPaths.Of(["a b/ü*.html", "a&b?.html", "100%.html", "[x]~.html"], [], 10).Should().Equal("/%5Bx%5D%7E.html", "/100%25.html", "/a%20b/%C3%BC%2A.html", "/a&b%3F.html");

    // CloudFront would take an encoded one for another file, and go on serving the old.
    [TestCase("img/logo@2x.png")]
    [TestCase("a+b.html")]
    [TestCase("a(1),b!.html")]
    [TestCase("it's;a:b=c$d&e.html")]
    [TestCase("a-b_c.d.html")]
    public void Of_NamesThatAUrlMayHave_AreAsTheyAre(string key) => InvalidationPaths.Of([key], [], 10).Should().Equal("/" + key);

    // Whatever changes: all of it is covered, by no more paths and wildcards than CloudFront takes.
    [Test]
    public void Of_RandomSites_CoversAllThatChanged()
    {
        var random = new Random(8);
        for (int site = 0; site < 2_000; site++)
        {
            string[] keys = [.. Enumerable.Range(0, random.Next(1, 60)).Select(_ => Key(random)).Distinct()];
            int changes = random.Next(0, keys.Length + 1);
            int most = random.Next(1, 20);

            IReadOnlyList<string> paths = InvalidationPaths.Of(keys[..changes], keys[changes..], most);

            paths.Count.Should().BeLessThanOrEqualTo(most);
            paths.Count(path => path.EndsWith('*')).Should().BeLessThanOrEqualTo(15);
            string[] changed = [.. keys[..changes].Select(key => "/" + key)];
            changed.Where(file => !paths.Any(path => Covers(path, file))).Should().BeEmpty("all that changed is covered");
            paths.Where(path => !changed.Any(file => Covers(path, file) || InvalidationPaths.Encode(file) == path + "index.html")).Should().BeEmpty("nothing is paid for that didn't change");
        }
    }

    private static IEnumerable<string> Numbered(string name, int count) => Enumerable.Range(1, count).Select(number => $"{name}{number}.html");

    private static string Key(Random random) =>
        string.Concat(Enumerable.Range(0, random.Next(0, 4)).Select(_ => $"{(char)('a' + random.Next(3))}/")) + (random.Next(5) == 0 ? "index.html" : $"{(char)('a' + random.Next(26))} {random.Next(9)}.js");

    private static bool Covers(string path, string file) => path.EndsWith('*') ? InvalidationPaths.Encode(file).StartsWith(path[..^1], StringComparison.Ordinal) : InvalidationPaths.Encode(file) == path;
}
