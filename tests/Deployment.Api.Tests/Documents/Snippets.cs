using System.Text.RegularExpressions;
using Deployment.Api.Tests.Architecture;

namespace Deployment.Api.Tests.Documents;

/// <summary>Reads the C# of documents, and the regions of code that is compiled.</summary>
internal static partial class Snippets
{
    private static readonly string[] Sources = ["samples", "tests"];

    /// <summary>Every region of the samples and tests, without its indentation.</summary>
    internal static IReadOnlyList<string> Compiled() =>
    [
        .. Sources.Select(Repository.PathOf).Where(Directory.Exists).SelectMany(SourceRules.Files)
            .SelectMany(file => Regions(File.ReadAllText(file))),
    ];

    internal static IEnumerable<string> Regions(string code) => Region().Matches(code).Select(match => Dedent(match.Groups[1].Value));

    internal static IEnumerable<string> Blocks(string markdown) => Block().Matches(markdown).Select(match => match.Groups[1].Value.TrimEnd());

    private static string Dedent(string code)
    {
        string[] lines = code.TrimEnd().Split('\n');
        int indent = lines.Where(line => line.Trim().Length > 0).Select(line => line.Length - line.TrimStart().Length).DefaultIfEmpty(0).Min();
        return string.Join('\n', lines.Select(line => line.Length < indent ? "" : line[indent..].TrimEnd()));
    }

    [GeneratedRegex(@"^[ \t]*#region [^\n]+\n(.*?)^[ \t]*#endregion", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Region();

    [GeneratedRegex(@"^```(?:csharp|cs|c#)\n(.*?)^```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex Block();
}
