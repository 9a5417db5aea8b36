using System.Text;
using Deployment.Releases;

namespace Deployment.Providers.Local.Packages;

/// <summary>Decides which names of a package may become paths below a release's folder.</summary>
internal static class EntryName
{
    private const int MaxPartBytes = 255;
    private const int MaxBytes = 1024;
    private const int MaxDepth = 64;

    /// <summary>The parts of the path.</summary>
    /// <exception cref="DeploymentException">The name could lead somewhere else, or nowhere; the message says why.</exception>
    public static string[] Parts(string name)
    {
        string path = name.EndsWith('/') ? name[..^1] : name;
        return Problem(path) is { } problem
            ? throw new DeploymentException($"The package's entry '{Naming.Printable(name)}' can't be unpacked: {problem}")
            : path.Split('/');
    }

    /// <summary>What names that differ only in upper and lower case have in common.</summary>
    public static string Folded(string path) => path.ToUpperInvariant();

    private static string? Problem(string path)
    {
        if (path.Length == 0)
        {
            return "its name is empty.";
        }

        if (path[0] == '/' || (path.Length > 1 && path[1] == ':' && char.IsAsciiLetter(path[0])))
        {
            return "its path is absolute.";
        }

        if (path.Contains('\\', StringComparison.Ordinal))
        {
            return "its name has a backslash, which some systems take for a separator. Pack it with '/'.";
        }

        if (path.Any(char.IsControl))
        {
            return "its name has a control character.";
        }

        if (path.Contains('\uFFFD', StringComparison.Ordinal) || !IsWellFormed(path))
        {
            return "its name is no valid UTF-8.";
        }

        string[] parts = path.Split('/');
        if (parts.Any(part => part is "" or "." or ".."))
        {
            return "its path has an empty part, '.' or '..' in it.";
        }

        return parts.Length > MaxDepth || Encoding.UTF8.GetByteCount(path) > MaxBytes || parts.Any(part => Encoding.UTF8.GetByteCount(part) > MaxPartBytes)
            ? $"its path is too long: {MaxDepth} levels, {MaxBytes} bytes, and {MaxPartBytes} bytes a name are the most."
            : null;
    }

    private static bool IsWellFormed(string text)
    {
        for (int at = 0; at < text.Length; at++)
        {
            if (char.IsSurrogate(text[at]) && !(char.IsHighSurrogate(text[at]) && at + 1 < text.Length && char.IsLowSurrogate(text[++at])))
            {
                return false;
            }
        }

        return true;
    }
}
