using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Deployment.Providers.Aws.Lambda.Verbs;

/// <summary>What a version is made of, as a plan has it. What is null is as users have it.</summary>
internal sealed record FunctionSpec
{
    /// <summary>Where the code is: a path, an object of S3 or an image without its digest.</summary>
    public required string Code { get; init; }

    /// <summary>Of the zip, or the digest of the image.</summary>
    public required string Sha256 { get; init; }

    public bool IsImage { get; init; }

    /// <summary>Whether the zip is made of a folder.</summary>
    public bool IsFolder { get; init; }

    /// <summary>Environment variables that are set; all others stay as they are.</summary>
    public ImmutableSortedDictionary<string, string> Environment { get; init; } = ImmutableSortedDictionary<string, string>.Empty;

    public int? MemoryMegabytes { get; init; }

    public int? TimeoutSeconds { get; init; }

    public string? Handler { get; init; }

    public string? Runtime { get; init; }

    public int? ProvisionedConcurrency { get; init; }

    /// <summary>Whether a version has this code. AWS gives the hash of a zip in Base64 and the digest of an image in hexadecimal digits.</summary>
    public bool IsCodeOf(string? codeSha256) => codeSha256 == CodeSha256 || (IsImage && codeSha256 == Sha256);

    /// <summary>The hash as AWS gives it of a zip.</summary>
    [JsonIgnore]
    public string CodeSha256 => Convert.ToBase64String(Convert.FromHexString(Sha256));
}
