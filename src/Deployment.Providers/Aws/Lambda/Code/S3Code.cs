using System.Diagnostics.CodeAnalysis;

namespace Deployment.Providers.Aws.Lambda.Code;

/// <summary>An object of S3: <c>s3://bucket/key</c>, with <c>?versionId=…</c> where a version is meant.</summary>
internal sealed record S3Code(string Bucket, string Key, string? Version)
{
    private const string VersionMark = "?versionId=";

    public static bool TryParse(string? text, [NotNullWhen(true)] out S3Code? code)
    {
        code = null;
        if (text?.StartsWith(LambdaCode.S3Scheme, StringComparison.Ordinal) != true)
        {
            return false;
        }

        string rest = text[LambdaCode.S3Scheme.Length..];
        int slash = rest.IndexOf('/', StringComparison.Ordinal);
        int mark = rest.LastIndexOf(VersionMark, StringComparison.Ordinal);
        if (slash < 1)
        {
            return false;
        }

        bool hasVersion = mark > slash;
        string key = Uri.UnescapeDataString(hasVersion ? rest[(slash + 1)..mark] : rest[(slash + 1)..]);
        code = key.Length == 0 ? null : new S3Code(rest[..slash], key, hasVersion ? Uri.UnescapeDataString(rest[(mark + VersionMark.Length)..]) : null);
        return code is not null;
    }

    // A key may have any character in it, so those that mean something here are escaped.
    public override string ToString() =>
        $"{LambdaCode.S3Scheme}{Bucket}/{string.Join('/', Key.Split('/').Select(Uri.EscapeDataString))}{(Version is null ? "" : VersionMark + Uri.EscapeDataString(Version))}";
}
