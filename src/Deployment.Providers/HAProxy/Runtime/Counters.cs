using System.Globalization;

namespace Deployment.Providers.HAProxy.Runtime;

/// <summary>What HAProxy counts of a backend, or of one of its servers.</summary>
/// <param name="Name">The server's name, or <c>BACKEND</c>.</param>
/// <param name="InFlight">Requests under way, with those that wait.</param>
/// <param name="Answered">Requests that were answered.</param>
/// <param name="Failed">Those that were answered with 500 to 599, by HAProxy itself as well.</param>
internal sealed record Counters(string Name, long InFlight, long Answered, long Failed)
{
    public const string Backend = "BACKEND";

    private static readonly string[] _answers = ["hrsp_1xx", "hrsp_2xx", "hrsp_3xx", "hrsp_4xx", "hrsp_5xx", "hrsp_other"];

    /// <summary>Reads the answer of <c>show stat</c>: comma-separated, with a line of names that begins with '#'.</summary>
    /// <exception cref="FormatException">It is none.</exception>
    public static IReadOnlyList<Counters> Read(string answer)
    {
        string[] lines = answer.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        string[] names = lines.Length > 0 && lines[0].StartsWith("# ", StringComparison.Ordinal) ? lines[0][2..].Split(',') : [];
        return _answers.Append("svname").Append("scur").Append("qcur").All(names.Contains)
            ? [.. lines[1..].Select(line => line.Split(',')).Select(values => Of(name => values[Array.IndexOf(names, name)]))]
            : throw new FormatException("it has no counters");
    }

    private static Counters Of(Func<string, string> value) => new(value("svname"), Number(value("scur")) + Number(value("qcur")), _answers.Sum(name => Number(value(name))), Number(value("hrsp_5xx")));

    // Where nothing is counted the field is empty.
    private static long Number(string text) => text.Length == 0 ? 0
        : long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number
        : throw new FormatException($"'{text}' is no number");
}
