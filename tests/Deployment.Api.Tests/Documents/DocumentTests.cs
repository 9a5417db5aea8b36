using System.Globalization;
using System.Reflection;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Logging;

namespace Deployment.Api.Tests.Documents;

/// <summary>What the documentation says is so: its code is compiled, its links lead somewhere, its names are those of the code.</summary>
[Category("Unit")]
public sealed partial class DocumentTests
{
    private static readonly string[] Documents =
    [
        .. Directory.GetFiles(Repository.Root, "*.md").Concat(Directory.EnumerateFiles(Repository.PathOf("docs"), "*.md", SearchOption.AllDirectories))
            .Select(Repository.Relative).Order(StringComparer.Ordinal),
    ];

    [TestCaseSource(nameof(Documents))]
    public void Code_InDocument_IsARegionThatIsCompiled(string document)
    {
        IReadOnlyList<string> compiled = Snippets.Compiled();
        foreach (string block in Snippets.Blocks(File.ReadAllText(Repository.PathOf(document))))
        {
            compiled.Contains(block).Should().BeTrue($"the C# of {document} that begins with `{block.Split('\n')[0]}` must be a region of a file under samples or tests, word for word");
        }
    }

    [Test]
    public void Readme_ShowsCode() => Snippets.Blocks(File.ReadAllText(Repository.PathOf("README.md"))).Should().NotBeEmpty();

    [Test]
    public void Blocks_ChangedByOneWord_IsNoRegion()
    {
        const string Code = "class A\n{\n    #region one\n    void B() => C();\n\n    int d;\n    #endregion\n}\n";
        string[] regions = [.. Snippets.Regions(Code)];
        regions.Should().Contain(Snippets.Blocks("Text\n```csharp\nvoid B() => C();\n\nint d;\n```\n").Single());
        regions.Should().NotContain(Snippets.Blocks("Text\n```csharp\nvoid B() => C();\n\nint e;\n```\n").Single());
    }

    [TestCaseSource(nameof(Documents))]
    public void Links_InDocument_LeadToFiles(string document) => DeadLinks(document, File.ReadAllText(Repository.PathOf(document))).Should().BeEmpty();

    [Test]
    public void DeadLinks_ToNowhere_AreFound() =>
        DeadLinks("docs/a.md", "[one](../README.md#here) [two](missing.md) [three](https://example.org/x)").Should().Equal("missing.md");

    [Test]
    public void Telemetry_EachNameInTheCode_IsDocumentedAndNoOther()
    {
        string code = string.Concat(Directory.GetFiles(Repository.PathOf("src/Deployment.Core/Telemetry"), "*.cs").Select(File.ReadAllText));
        string[] documented = [.. NamesIn(File.ReadAllText(Repository.PathOf("docs/telemetry.md")), '`')];

        documented.Should().BeEquivalentTo(NamesIn(code, '"')).And.NotBeEmpty();
    }

    [Test]
    public void Telemetry_EachLogEvent_IsDocumentedWithItsIdAndLevel()
    {
        string[] rows = File.ReadAllLines(Repository.PathOf("docs/telemetry.md"));
        (string Id, LogLevel Level, string Message)[] events =
        [
            .. from type in typeof(DeploymentPipeline).Assembly.GetTypes()
               from method in type.GetMethods(BindingFlags.Static | BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.DeclaredOnly)
               let logged = method.GetCustomAttribute<LoggerMessageAttribute>()
               where logged is not null
               select (logged.EventId < 0 ? method.Name : logged.EventId.ToString(CultureInfo.InvariantCulture), logged.Level, logged.Message),
        ];

        events.Should().NotBeEmpty();
        foreach ((string id, LogLevel level, string message) in events)
        {
            rows.Should().Contain(row => row.StartsWith($"| {id} | {level} |", StringComparison.Ordinal), $"event {id} is logged: {message}");
        }
    }

    private static IEnumerable<string> DeadLinks(string document, string markdown) => Link().Matches(markdown)
        .Select(match => match.Groups[1].Value.Split('#')[0])
        .Where(link => link.Length > 0 && !link.Contains("://", StringComparison.Ordinal))
        .Where(link => !Path.Exists(Path.Combine(Path.GetDirectoryName(Repository.PathOf(document))!, link)));

    private static IEnumerable<string> NamesIn(string text, char quote) =>
        Name().Matches(text).Where(match => match.Groups[1].Value[0] == quote && match.Groups[3].Value[0] == quote).Select(match => match.Groups[2].Value).Distinct().Order(StringComparer.Ordinal);

    [GeneratedRegex(@"\]\(([^)\s]+)\)")]
    private static partial Regex Link();

    [GeneratedRegex("([`\"])(deployment\\.[a-z.]+)([`\"])")]
    private static partial Regex Name();
}
