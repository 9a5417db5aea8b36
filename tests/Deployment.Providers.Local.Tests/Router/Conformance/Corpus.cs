using System.Globalization;
using System.Text.RegularExpressions;

namespace Deployment.Providers.Local.Tests.Router.Conformance;

/// <summary>The requests of the corpus, as bytes.</summary>
internal static partial class Corpus
{
    public static string Folder { get; } = Path.Combine(TestContext.CurrentContext.TestDirectory, "Router", "Conformance");

    public static IReadOnlyList<KeyValuePair<string, string>> Read() =>
    [
        .. File.ReadAllLines(Path.Combine(Folder, "corpus.txt"))
            .Where(line => line.Length > 0 && line[0] != '#')
            .Select(line => line.Split('\t', 2))
            .Select(parts => KeyValuePair.Create(parts[0], Bytes(parts[1]))),
    ];

    private static string Bytes(string text) => Escape().Replace(text, match => match.Value switch
    {
        "\\r" => "\r",
        "\\n" => "\n",
        "\\t" => "\t",
        "\\\\" => "\\",
        ['{', var one, ..] => new string(one, int.Parse(match.Groups["times"].Value, CultureInfo.InvariantCulture)),
        var hex => ((char)int.Parse(hex.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)).ToString(),
    });

    [GeneratedRegex(@"\\r|\\n|\\t|\\\\|\\x[0-9a-f]{2}|\{.\*(?<times>\d+)\}")]
    private static partial Regex Escape();
}
