using System.Collections.Immutable;
using System.Text.Json.Serialization;

namespace Deployment.Providers.Local.Protocol;

/// <summary>Where a certificate and its private key lie: paths, and never their content.</summary>
internal sealed record CertificateFiles
{
    /// <summary>A PEM file with the certificate and those that lead to its issuer, or a PKCS#12 file when there is no <see cref="Key"/>.</summary>
    public required string Certificate { get; init; }

    /// <summary>The PEM file of the private key.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Key { get; set; }

    /// <summary>The file whose first line is the password of a PKCS#12 file; null when it has none.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? PasswordFile { get; set; }

    /// <summary>The names that clients ask for with it; empty for all that no other one is for.</summary>
    public ImmutableArray<string> Hosts { get; set; } = [];

    /// <summary>All files, for whoever watches them.</summary>
    [JsonIgnore]
    public IEnumerable<string> Files => new[] { Certificate, Key, PasswordFile }.OfType<string>();
}
