
namespace Deployment.Providers.Local.Protocol;

/// <summary>What names a site may have, and when two of one port can't be told apart.</summary>
internal static class SiteNames
{
    private const int LongestHost = 253;

    /// <summary>The first thing that both would answer with nothing to choose by; null when every request belongs to one.</summary>
    public static string? Overlap(SiteRules one, SiteRules other)
    {
        if (!string.Equals(one.PathPrefix.TrimEnd('/'), other.PathPrefix.TrimEnd('/'), StringComparison.Ordinal))
        {
            return null;
        }

        IReadOnlyList<string> hosts = one.Hosts ?? [];
        IReadOnlyList<string> others = other.Hosts ?? [];
        if (hosts.Count == 0 && others.Count == 0)
        {
            return $"any host and the path {one.PathPrefix}";
        }

        return hosts.FirstOrDefault(host => others.Contains(host, StringComparer.OrdinalIgnoreCase)) is { } common ? $"the host {common} and the path {one.PathPrefix}" : null;
    }

    public static bool IsHost(string? host)
    {
        string? name = host?.StartsWith("*.", StringComparison.Ordinal) == true ? host[2..] : host;
        return name is { Length: > 0 and <= LongestHost }
            && (name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '.' or '_') || Uri.CheckHostName(name) == UriHostNameType.IPv6)
            && !name.StartsWith('.') && !name.EndsWith('.') && !name.Contains("..", StringComparison.Ordinal);
    }

    public static bool IsPath(string? path) =>
        path is not null && path.StartsWith('/')
        && (path == "/" || path.Trim('/').Split('/').All(segment => segment is not ("" or "." or "..") && segment.All(c => c is > ' ' and < (char)127 and not ('?' or '#'))));

    // RFC 9110, 5.6.2.
    public static bool IsToken(string? name) =>
        !string.IsNullOrEmpty(name) && name.All(c => char.IsAsciiLetterOrDigit(c) || "!#$%&'*+-.^_`|~".Contains(c, StringComparison.Ordinal));
}
