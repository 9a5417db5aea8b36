using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Writes and reads the records beside a site. Whoever may write to the bucket may have changed them, so all of it is checked.</summary>
internal static class SiteRecords
{
    /// <summary>The longest record, in bytes: that of more than a million files.</summary>
    public const int Longest = 512 * 1024 * 1024;

    // docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html: 5 TiB, of which a site's files have less.
    private const long LargestObject = 5L * 1024 * 1024 * 1024 * 1024;

    public static byte[] Write(SiteManifest manifest) => JsonSerializer.SerializeToUtf8Bytes(manifest, SiteJson.Default.SiteManifest);

    public static byte[] Write(SiteIntent intent) => JsonSerializer.SerializeToUtf8Bytes(intent, SiteJson.Default.SiteIntent);

    public static byte[] Write(SiteSwitch last) => JsonSerializer.SerializeToUtf8Bytes(last, SiteJson.Default.SiteSwitch);

    /// <param name="bytes">The record.</param>
    /// <param name="where">Its key, for messages.</param>
    /// <exception cref="DeploymentException">It is none.</exception>
    public static SiteManifest ReadManifest(ReadOnlySpan<byte> bytes, string where)
    {
        SiteManifest manifest = Read(bytes, SiteJson.Default.SiteManifest, where);
        Require(manifest.Version == SiteManifest.Current, where, $"it has the version {manifest.Version}, and this build reads {SiteManifest.Current}");
        Require(RevisionId.TryParse(manifest.Revision, out _), where, $"its revision is '{Naming.Printable(manifest.Revision)}'");
        Require(IsHash(manifest.Content), where, "its content is no SHA-256");
        Require(manifest.Sequence > 0, where, "its sequence is not positive");
        Require(manifest.Epoch >= 0, where, "its epoch is negative");
        Require(manifest.Owner is null || IsHeader(manifest.Owner), where, "its owner can't be one");
        foreach ((string key, SiteEntry entry) in manifest.Files)
        {
            Check(key, entry, where);
        }

        return manifest;
    }

    /// <param name="bytes">The record.</param>
    /// <param name="where">Its key, for messages.</param>
    /// <exception cref="DeploymentException">It is none.</exception>
    public static SiteIntent ReadIntent(ReadOnlySpan<byte> bytes, string where)
    {
        SiteIntent intent = Read(bytes, SiteJson.Default.SiteIntent, where);
        Require(intent.Version == SiteManifest.Current, where, $"it has the version {intent.Version}, and this build reads {SiteManifest.Current}");
        Require(RevisionId.TryParse(intent.Revision, out _), where, $"its revision is '{Naming.Printable(intent.Revision)}'");
        Require(intent.Over is null || RevisionId.TryParse(intent.Over, out _), where, $"the revision before it is '{Naming.Printable(intent.Over ?? "")}'");
        Require(intent.Epoch >= 0, where, "its epoch is negative");
        foreach ((string key, SiteIntentEntry entry) in intent.Files)
        {
            Require(entry?.File is not null, where, $"'{Naming.Printable(key)}' has no file");
            Check(key, entry!.File, where);
            Require(entry.Before is null || IsETag(entry.Before), where, $"'{Naming.Printable(key)}' has a wrong ETag");
            Require(entry.Replaced is null || IsKept(entry.Replaced), where, $"'{Naming.Printable(key)}' names what it replaced as '{Naming.Printable(entry.Replaced ?? "")}'");
        }

        return intent;
    }

    /// <param name="bytes">The record.</param>
    /// <param name="where">Its key, for messages.</param>
    /// <exception cref="DeploymentException">It is none.</exception>
    public static SiteSwitch ReadSwitch(ReadOnlySpan<byte> bytes, string where)
    {
        SiteSwitch last = Read(bytes, SiteJson.Default.SiteSwitch, where);
        Require(last.Version == SiteManifest.Current, where, $"it has the version {last.Version}, and this build reads {SiteManifest.Current}");
        Require(last.Epoch >= 0, where, "its epoch is below zero");
        Require(last.Application is null || Naming.Problem("application", last.Application) is null, where, "its application can't be one");
        Require(last.Paths.All(path => path is not null), where, "it has a path that is null");
        return last;
    }

    private static T Read<T>(ReadOnlySpan<byte> bytes, JsonTypeInfo<T> type, string where)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize(bytes, type) ?? throw Wrong(where, "it is null");
        }
        catch (JsonException error)
        {
            throw Wrong(where, Naming.Printable(error.Message));
        }
    }

    private static void Check(string key, SiteEntry? entry, string where)
    {
        string? problem = SiteKeys.Problem(key);
        Require(problem is null, where, $"'{Naming.Printable(key)}' {problem}");
        Require(entry is not null && IsHash(entry.Sha256), where, $"'{Naming.Printable(key)}' has no SHA-256");
        Require(entry!.Size is >= 0 and <= LargestObject, where, $"'{Naming.Printable(key)}' has the size {entry.Size}");
        Require(entry.ETag is null || IsETag(entry.ETag), where, $"'{Naming.Printable(key)}' has a wrong ETag");
        Require(IsHeader(entry.Type) && IsHeader(entry.Cache) && (entry.Encoding is null || IsHeader(entry.Encoding)), where, $"'{Naming.Printable(key)}' has wrong headers");
        Require(entry.Age is >= 0 and <= 100, where, $"'{Naming.Printable(key)}' has the age {entry.Age}");
    }

    private static bool IsHash(string? text) => text is { Length: 64 } && text.All(char.IsAsciiHexDigitLower);

    private static bool IsKept(string text) => text.Length == SiteKeys.Kept("").Length + 64 && text.StartsWith(SiteKeys.Kept(""), StringComparison.Ordinal) && IsHash(text[^64..]);

    private static bool IsETag(string text) => text.Length is > 0 and <= 128 && text.All(c => c is > ' ' and <= '~' and not '"');

    private static bool IsHeader(string? text) => text is { Length: > 0 and <= 256 } && text.All(c => c is >= ' ' and <= '~');

    private static void Require(bool holds, string where, string problem)
    {
        if (!holds)
        {
            throw Wrong(where, problem);
        }
    }

    private static SiteRecordException Wrong(string where, string problem) => new(
        $"The record {Naming.PrintableUpTo(where, SiteKeys.Longest)} can't be used: {problem}. Somebody else wrote to it, or another build did. Restore it (an older version of the object, say); or remove it: then the next deployment takes what is there for somebody else's, uploads everything, and removes nothing of it.");
}
