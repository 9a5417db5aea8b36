using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace Deployment.Providers.Docker.Images;

/// <summary>
/// The name of an image, taken apart: repository, tag, digest. The grammar is that of the distribution project's reference package
/// (domain, path components, tag, digest), by which Docker reads names; what it doesn't allow never reaches a command line.
/// </summary>
internal sealed partial record ImageReference(string Repository, string? Tag, string? Digest)
{
    private const int LongestRepository = 255;
    private static readonly string[] OwnRegistry = ["index.docker.io/", "docker.io/"];

    /// <summary>By digest alone: what a tag says meanwhile makes no difference.</summary>
    public string ByDigest(string sha256) => $"{Repository}@sha256:{sha256}";

    /// <summary>The repository as Docker itself writes it: without the names of its own registry.</summary>
    public string Familiar
    {
        get
        {
            string path = OwnRegistry.FirstOrDefault(own => Repository.StartsWith(own, StringComparison.Ordinal)) is { } own ? Repository[own.Length..] : Repository;
            return path.StartsWith("library/", StringComparison.Ordinal) && path.IndexOf('/', "library/".Length) < 0 ? path["library/".Length..] : path;
        }
    }

    /// <summary>As people write it. Docker's default tag is said.</summary>
    public override string ToString() => Digest is null ? $"{Repository}:{Tag ?? "latest"}" : $"{Repository}@sha256:{Digest}";

    /// <summary>Reads a reference; false when Docker would take it for none.</summary>
    public static bool TryParse(string? text, [NotNullWhen(true)] out ImageReference? reference)
    {
        reference = null;
        Match match = text is { Length: > 0 and <= 512 } ? Grammar().Match(text) : Match.Empty;
        if (!match.Success)
        {
            return false;
        }

        string repository = match.Groups["name"].Value;
        // 64 hexadecimal digits alone are an image's id to Docker, and no repository's name.
        if (repository.Length > LongestRepository || (repository.Length == 64 && repository.All(char.IsAsciiHexDigitLower) && !match.Groups["tag"].Success && !match.Groups["digest"].Success))
        {
            return false;
        }

        reference = new ImageReference(
            repository,
            match.Groups["tag"] is { Success: true } tag ? tag.Value : null,
            match.Groups["digest"] is { Success: true } digest ? digest.Value : null);
        return true;
    }

    // A domain is told from a path's first component by a '.', a ':' or the name localhost; upper case is allowed in a domain alone. IPv6 addresses are left out: daemons before 24 refuse them.
    [GeneratedRegex(
        @"\A(?<name>((?:(?=[^/]*[.:])|(?=localhost/))(?:[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?(?:\.[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?)*)(?::[0-9]+)?/)?[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*(?:/[a-z0-9]+(?:(?:\.|_|__|-+)[a-z0-9]+)*)*)(?::(?<tag>[A-Za-z0-9_][A-Za-z0-9_.-]{0,127}))?(?:@sha256:(?<digest>[0-9a-f]{64}))?\z",
        RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000)]
    private static partial Regex Grammar();
}
