namespace Deployment.Api.Tests.Api;

/// <summary>Compares two texts line by line, for people: lines that went are marked '-', lines that came '+', with the lines around them.</summary>
internal static class TextDiff
{
    private const int Around = 2;

    /// <summary>The difference, or an empty text when there is none.</summary>
    internal static string Between(string before, string after)
    {
        List<(char Mark, string Line)> lines = [.. Lines(before.Split('\n'), after.Split('\n'))];
        HashSet<int> shown = [.. Enumerable.Range(0, lines.Count).Where(i => lines[i].Mark != ' ').SelectMany(i => Enumerable.Range(i - Around, (2 * Around) + 1))];
        IEnumerable<string> text = Enumerable.Range(0, lines.Count)
            .Where(shown.Contains)
            .SelectMany(i => shown.Contains(i - 1) || i == 0 ? new[] { $"{lines[i].Mark} {lines[i].Line}" } : ["...", $"{lines[i].Mark} {lines[i].Line}"]);
        return string.Join('\n', text);
    }

    /// <summary>By the longest common subsequence.</summary>
    private static IEnumerable<(char Mark, string Line)> Lines(string[] before, string[] after)
    {
        int[,] common = new int[before.Length + 1, after.Length + 1];
        for (int i = before.Length - 1; i >= 0; i--)
        {
            for (int j = after.Length - 1; j >= 0; j--)
            {
                common[i, j] = before[i] == after[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        int b = 0, a = 0;
        while (b < before.Length || a < after.Length)
        {
            if (b < before.Length && a < after.Length && before[b] == after[a])
            {
                yield return (' ', before[b++]);
                a++;
            }
            else if (a >= after.Length || (b < before.Length && common[b + 1, a] >= common[b, a + 1]))
            {
                yield return ('-', before[b++]);
            }
            else
            {
                yield return ('+', after[a++]);
            }
        }
    }
}
