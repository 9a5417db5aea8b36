using System.Globalization;
using System.Text;
using Deployment.Releases;

namespace Deployment.Health;

/// <summary>How probes and checks speak: times with their unit, and what others said on one harmless line.</summary>
internal static class HealthWording
{
    private const int LongestQuote = 300;

    internal const string NoAddresses = "The target gives no address of the revision, so nothing can be asked: the revision doesn't run, or the target can't reach it directly.";

    internal static string Of(TimeSpan time) => time < TimeSpan.FromSeconds(1)
        ? string.Create(CultureInfo.InvariantCulture, $"{time.TotalMilliseconds:0} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.###} s");

    internal static string OneLine(string text)
    {
        var line = new StringBuilder();
        foreach (string word in text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            line.Append(line.Length > 0 ? " " : "").Append(Naming.Printable(word));
            if (line.Length > LongestQuote)
            {
                return line.ToString(0, LongestQuote) + '…';
            }
        }

        return line.ToString();
    }

    internal static string Of(Exception exception)
    {
        string kind = exception is DeploymentException ? "" : exception.GetType().Name + ": ";
        return kind + OneLine(exception.InnerException is { } inner && !exception.Message.Contains(inner.Message, StringComparison.Ordinal)
            ? $"{exception.Message} ({inner.Message})"
            : exception.Message);
    }
}
