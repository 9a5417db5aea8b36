using System.Globalization;

namespace Deployment.Sql.Tests.Lint.Support;

/// <summary>A case of the corpus: scripts that run one after another, with what must be found in them.</summary>
/// <param name="Title">File and title.</param>
/// <param name="Scripts">The scripts.</param>
internal sealed record CorpusCase(string Title, IReadOnlyList<CorpusScript> Scripts)
{
    /// <summary>Begins what must be found in its line: ids of rules with blanks between.</summary>
    private const string Mark = "--! ";

    /// <summary>Says, in front of <see cref="Mark"/>, with which SQLSTATE PostgreSQL refuses a statement of the line.</summary>
    private const string RefusedMark = "--? ";

    /// <summary>What must be found, as <c>FILE:LINE rule</c>.</summary>
    internal IReadOnlyList<string> Expected =>
    [
        .. from file in Files()
           from line in file.Text.Split('\n').Select((text, index) => (text, number: index + 1))
           let mark = line.text.IndexOf(Mark, StringComparison.Ordinal)
           where mark >= 0
           from rule in line.text[(mark + Mark.Length)..].Split(' ', StringSplitOptions.RemoveEmptyEntries)
           select $"{file.Name}:{line.number} {rule}",
    ];

    /// <summary>The SQLSTATEs with which PostgreSQL refuses its statements, in the order in which scripts run.</summary>
    internal IReadOnlyList<string> Refused =>
    [
        .. from script in Scripts.OrderBy(script => script.Phase == "undo")
           from line in script.Text.Split('\n')
           let mark = line.IndexOf(RefusedMark, StringComparison.Ordinal)
           where mark >= 0
           select line[(mark + RefusedMark.Length)..].Split(' ')[0],
    ];

    internal bool IsHarmless => Expected.Count == 0;

    /// <summary>The scripts as files of a folder: numbers by order, and an undo for each that needs one.</summary>
    internal IEnumerable<(string Name, string Text)> Files()
    {
        int number = 0;
        for (int i = 0; i < Scripts.Count; i++)
        {
            if (Scripts[i].Phase == "undo")
            {
                continue;
            }

            string id = string.Create(CultureInfo.InvariantCulture, $"{++number:000}_case.{Scripts[i].Phase}");
            yield return ($"{id}.sql", Scripts[i].Text);
            string? undo = i + 1 < Scripts.Count && Scripts[i + 1].Phase == "undo" ? Scripts[i + 1].Text : null;
            yield return ($"{id}.undo.sql", undo ?? "SELECT 1;\n");
        }
    }

    public override string ToString() => Title;

    internal static IReadOnlyList<CorpusCase> All { get; } =
    [
        .. Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "Lint", "Corpus"), "*.sql").Order(StringComparer.Ordinal)
            .SelectMany(file => Read(Path.GetFileNameWithoutExtension(file), File.ReadAllText(file))),
    ];

    /// <summary><c>--# PHASE: TITLE</c> begins a case, <c>--+ PHASE</c> another script of it.</summary>
    private static IEnumerable<CorpusCase> Read(string file, string text)
    {
        foreach (string part in ("\n" + text).Split("\n--# ", StringSplitOptions.RemoveEmptyEntries))
        {
            string[] scripts = part.Split("\n--+ ");
            string title = scripts[0].Split('\n')[0];
            yield return new CorpusCase($"{file}: {title}", [.. scripts.Select(script => new CorpusScript(script.Split('\n')[0].Split(':')[0], script[(script.IndexOf('\n') + 1)..]))]);
        }
    }
}
