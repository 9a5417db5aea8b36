using System.Globalization;
using System.Text;

namespace Deployment.Sql;

/// <summary>What came of a rehearsal. It prints itself.</summary>
/// <param name="Scripts">Each script that was rehearsed, in the order in which they are applied.</param>
/// <param name="Problems">What is wrong with the folder or with scripts before anything runs, each a sentence: a deployment would be refused with them.</param>
public sealed record RehearsalReport(IReadOnlyList<RehearsedScript> Scripts, IReadOnlyList<string> Problems)
{
    /// <summary>Whether nothing is wrong.</summary>
    public bool IsClean => Problems.Count == 0 && Scripts.All(script => script.Findings.Count == 0);

    /// <summary>A line for each script with its times, what is wrong below it, and a sum at the end.</summary>
    public override string ToString()
    {
        var text = new StringBuilder();
        foreach (string problem in Problems)
        {
            text.Append("PROBLEM ").Append(problem).Append('\n');
        }

        foreach (RehearsedScript script in Scripts)
        {
            string state = script.Findings.Count > 0 ? "WRONG" : script.AppliedIn is null ? "-" : "ok";
            text.Append(CultureInfo.InvariantCulture, $"{state,-6}{script.Id}: applied {Time(script.AppliedIn)}, undone {Time(script.UndoneIn)}{(script.Note is null ? "" : $". {script.Note}")}\n");
            foreach (RehearsalFinding finding in script.Findings)
            {
                text.Append("      ").Append(finding.Problem).Append(": ").Append(finding.Text.TrimEnd().Replace("\n", "\n      ", StringComparison.Ordinal)).Append('\n');
            }
        }

        int wrong = Scripts.Count(script => script.Findings.Count > 0);
        text.Append(CultureInfo.InvariantCulture, $"{Scripts.Count} scripts were rehearsed, {(IsClean ? "and nothing is wrong" : $"{wrong} are wrong, with {Problems.Count} problems besides")}.\n");
        return text.ToString();
    }

    private static string Time(TimeSpan? time) => time is { } known ? string.Create(CultureInfo.InvariantCulture, $"in {known.TotalMilliseconds:0} ms") : "not";
}
