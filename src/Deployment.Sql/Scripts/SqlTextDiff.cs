using System.Globalization;
using System.Text;
using DiffPlex;
using DiffPlex.Model;

namespace Deployment.Sql.Scripts;

/// <summary>What changed between two texts, by lines, in the unified form that diff and git print.</summary>
internal static class SqlTextDiff
{
    private const int Context = 3;

    /// <summary>The comparison takes time by the product of lines and differences, and nobody reads that many.</summary>
    private const int MaxLines = 5_000;

    /// <summary>The difference; empty where only line endings or a byte order mark differ.</summary>
    internal static string Unified(string before, string after)
    {
        (before, after) = (SqlText.Normalize(before), SqlText.Normalize(after));
        if (before == after)
        {
            return "";
        }

        if (Math.Max(before.AsSpan().Count('\n'), after.AsSpan().Count('\n')) > MaxLines)
        {
            return $"(more than {MaxLines} lines: not compared line by line)\n";
        }

        DiffResult lines = new Differ().CreateLineDiffs(before, after, ignoreWhitespace: false);
        var printed = new StringBuilder();
        foreach (List<DiffBlock> hunk in Hunks(lines.DiffBlocks))
        {
            Print(printed, hunk, lines.PiecesOld, lines.PiecesNew);
        }

        return printed.ToString();
    }

    /// <summary>Changes whose context touches are printed together.</summary>
    private static List<List<DiffBlock>> Hunks(IList<DiffBlock> blocks)
    {
        List<List<DiffBlock>> hunks = [];
        foreach (DiffBlock block in blocks)
        {
            if (hunks.Count > 0 && block.DeleteStartA - End(hunks[^1][^1]) <= 2 * Context)
            {
                hunks[^1].Add(block);
            }
            else
            {
                hunks.Add([block]);
            }
        }

        return hunks;
    }

    private static int End(DiffBlock block) => block.DeleteStartA + block.DeleteCountA;

    private static void Print(StringBuilder printed, List<DiffBlock> hunk, string[] before, string[] after)
    {
        int from = Math.Max(0, hunk[0].DeleteStartA - Context);
        int to = Math.Min(before.Length, End(hunk[^1]) + Context);
        int fromAfter = hunk[0].InsertStartB - (hunk[0].DeleteStartA - from);
        int grown = hunk.Sum(block => block.InsertCountB - block.DeleteCountA);
        printed.Append(CultureInfo.InvariantCulture, $"@@ -{from + 1},{to - from} +{fromAfter + 1},{to - from + grown} @@\n");
        int line = from;
        foreach (DiffBlock block in hunk)
        {
            Lines(printed, ' ', before, line, block.DeleteStartA - line);
            Lines(printed, '-', before, block.DeleteStartA, block.DeleteCountA);
            Lines(printed, '+', after, block.InsertStartB, block.InsertCountB);
            line = End(block);
        }

        Lines(printed, ' ', before, line, to - line);
    }

    private static void Lines(StringBuilder printed, char mark, string[] lines, int start, int count)
    {
        for (int i = start; i < start + count; i++)
        {
            printed.Append(mark).Append(Tokens.SqlChars.Printable(lines[i].Replace("\t", "    ", StringComparison.Ordinal))).Append('\n');
        }
    }
}
