using System.Text.Json.Serialization;

namespace Deployment.Providers.Local.Protocol;

/// <summary>A certificate that a router answers with.</summary>
/// <param name="File">Where it was read from.</param>
/// <param name="Subject">Whose it is.</param>
/// <param name="Thumbprint">SHA-256 of the certificate, in hexadecimal.</param>
/// <param name="NotAfter">When it expires.</param>
internal sealed record CertificateStatus(string File, string Subject, string Thumbprint, DateTimeOffset NotAfter)
{
    /// <summary>Why the files as they are now are not used, and this older certificate is; null when they are.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Problem { get; set; }

    /// <summary>What is unwise about the files; null when nothing is.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Hint { get; set; }
}
