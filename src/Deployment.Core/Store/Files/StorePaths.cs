using System.Globalization;
using Deployment.Releases;

namespace Deployment.Store.Files;

/// <summary>Where everything is. Whatever comes from outside is checked here before it becomes part of a path.</summary>
internal sealed class StorePaths(string root)
{
    internal string Runs { get; } = Path.Combine(root, "runs");

    internal string Claims { get; } = Path.Combine(root, "claims");

    internal string Epochs { get; } = Path.Combine(root, "epochs");

    internal string Run(string runId) => Path.Combine(Runs, Naming.Check("run", runId));

    internal string Record(string runId) => Path.Combine(Run(runId), "record.json");

    internal string Signals(string runId) => Path.Combine(Run(runId), "signals");

    internal string Signal(string runId, long number) => Path.Combine(Signals(runId), Number("", number, 6, ".json"));

    internal string Lease(string runId, long turn) => Path.Combine(Run(runId), Number("lease-", turn, 4, ".json"));

    internal string Beat(string runId, long turn) => Path.Combine(Run(runId), Number("lease-", turn, 4, ".beat"));

    internal string Released(string runId, long turn) => Path.Combine(Run(runId), Number("lease-", turn, 4, ".released"));

    internal string Journal(string runId, long turn) => Path.Combine(Run(runId), Number("journal-", turn, 4, ".log"));

    internal string ClaimsVersion(long version) => Path.Combine(Claims, Number("", version, 8, ".json"));

    internal string Epoch(long epoch) => Path.Combine(Epochs, Number("", epoch, 8, ""));

    internal string Blob(string sha256) => IsHash(sha256)
        ? Path.Combine(root, "blobs", sha256[..2], sha256)
        : throw new DeploymentException($"'{Naming.Printable(sha256)}' can't be the name of a blob: it must be a SHA-256 in 64 lower-case hexadecimal digits.");

    /// <summary>The numbers of the files in a folder that are named so, in order.</summary>
    internal static List<long> NumbersOf(IEnumerable<string> names, string before, string after)
    {
        List<long> numbers = [];
        foreach (string name in names)
        {
            if (name.Length > before.Length + after.Length
                && name.StartsWith(before, StringComparison.Ordinal) && name.EndsWith(after, StringComparison.Ordinal)
                && long.TryParse(name.AsSpan(before.Length, name.Length - before.Length - after.Length), NumberStyles.None, CultureInfo.InvariantCulture, out long number)
                && number > 0)
            {
                numbers.Add(number);
            }
        }

        numbers.Sort();
        return numbers;
    }

    private static bool IsHash(string text) =>
        text.Length == JournalFrames.HashLength && Hexadecimal.Is(text);

    private static string Number(string before, long number, int digits, string after) =>
        before + number.ToString("D" + digits.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture) + after;
}
