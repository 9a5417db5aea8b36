using System.Text;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>The command lines of processes that name something, as everybody of this machine can read them.</summary>
internal sealed class CommandLines
{
    private readonly HashSet<string> _all = new(StringComparer.Ordinal);

    public IReadOnlyCollection<string> All => _all;

    /// <summary>Looks again and again until it is told to end, or has seen what was looked for.</summary>
    /// <param name="word">What those that count have on their command line.</param>
    /// <param name="over">Ends it.</param>
    /// <param name="wanted">What was looked for; null for nothing.</param>
    public static CommandLines Watch(string word, CancellationToken over, Func<string, bool>? wanted = null)
    {
        var seen = new CommandLines();
        do
        {
            foreach (string process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])))
            {
                string line = Read(Path.Combine(process, "cmdline"));
                if (line.Contains(word, StringComparison.Ordinal))
                {
                    seen._all.Add(line);
                }
            }
        }
        while (!over.IsCancellationRequested && !(wanted is not null && seen._all.Any(wanted)));
        return seen;
    }

    private static string Read(string path)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(path)).Replace('\0', ' ');
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            // It has ended since.
            return "";
        }
    }
}
