using System.Text;
using Deployment.Secrets;

namespace Deployment.Providers.Local.Processes;

/// <summary>The last lines that a process wrote to its log.</summary>
internal static class LogTail
{
    private const int Lines = 50;
    private const int MaxBytes = 64 * 1024;

    /// <summary>How long the log is by now; 0 when there is none.</summary>
    public static long Length(string path) => File.Exists(path) ? new FileInfo(path).Length : 0;

    /// <summary>A sentence with what was written since, secrets removed.</summary>
    public static string Since(string path, long start, IEnumerable<string> secrets)
    {
        if (Length(path) <= start)
        {
            return "It printed nothing.";
        }

        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        file.Position = Math.Max(start, file.Length - MaxBytes);
        using var reader = new StreamReader(file, Encoding.UTF8);
        string text = secrets.Where(secret => secret.Length > 0).Aggregate(reader.ReadToEnd(), (shown, secret) => shown.Replace(secret, Secret.Mask, StringComparison.Ordinal));
        return "Its last output:\n" + string.Join('\n', text.TrimEnd().Split('\n').TakeLast(Lines));
    }
}
