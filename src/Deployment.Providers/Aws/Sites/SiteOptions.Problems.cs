using System.Text;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites;

public sealed partial class SiteOptions
{
    private const int Mebibyte = 1024 * 1024;
    private const int SmallestPart = 5 * Mebibyte;
    private const int LargestPart = 64 * Mebibyte;
    private const int LongestPrefix = 512;

    // docs.aws.amazon.com/AmazonS3/latest/userguide/acl-overview.html#canned-acl
    private static readonly string[] _acls = ["private", "public-read", "public-read-write", "aws-exec-read", "authenticated-read", "bucket-owner-read", "bucket-owner-full-control"];

    internal IEnumerable<string> Problems() => [.. Place(), .. Headers(), .. Storage(), .. Numbers()];

    private IEnumerable<string> Place()
    {
        // docs.aws.amazon.com/AmazonS3/latest/userguide/bucketnamingrules.html
        if (Bucket is not { Length: >= 3 and <= 63 } || !Bucket.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '.' or '-') || Bucket[0] is '.' or '-' || Bucket[^1] is '.' or '-')
        {
            yield return $"Bucket is '{Naming.Printable(Bucket ?? "")}': take the name of a bucket, 3 to 63 small letters, digits, '.' or '-'.";
        }

        // docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html: their listings are in no order. Their requests have signatures of their own.
        if (Bucket is not null && Bucket.EndsWith("--x-s3", StringComparison.Ordinal))
        {
            yield return $"Bucket is '{Naming.Printable(Bucket)}', a directory bucket: take a general purpose bucket.";
        }

        if (Prefix is null || (Prefix.Length > 0 && (!Prefix.EndsWith('/') || SiteKeys.Problem(Prefix[..^1]) is not null || Encoding.UTF8.GetByteCount(Prefix) > LongestPrefix)))
        {
            yield return $"Prefix is '{Naming.Printable(Prefix ?? "")}': take a path of at most {LongestPrefix} bytes with a '/' at its end and none at its beginning, such as www/, or nothing.";
        }

        if (BucketOwner is not null && (BucketOwner.Length != 12 || !BucketOwner.All(char.IsAsciiDigit)))
        {
            yield return $"BucketOwner is '{Naming.Printable(BucketOwner)}': take the 12 digits of an account.";
        }
    }

    private IEnumerable<string> Headers()
    {
        foreach (SiteRule rule in CacheControl)
        {
            if (SitePattern.Problem(nameof(CacheControl), rule?.Pattern) is { } problem)
            {
                yield return problem;
            }

            if (!IsHeader(rule?.Value))
            {
                yield return $"CacheControl has the value '{Naming.Printable(rule?.Value ?? "")}': take what the header may have, such as no-cache.";
            }
        }

        if (!IsHeader(DefaultCacheControl))
        {
            yield return $"DefaultCacheControl is '{Naming.Printable(DefaultCacheControl ?? "")}': take what the header may have, such as no-cache.";
        }

        foreach ((string extension, string type) in ContentTypes)
        {
            if (extension is not ['.', _, ..] || extension.Contains('/', StringComparison.Ordinal) || !IsHeader(type) || !type.Contains('/', StringComparison.Ordinal))
            {
                yield return $"ContentTypes has '{Naming.Printable(extension)}' as '{Naming.Printable(type ?? "")}': take an extension such as .html and a type such as text/html.";
            }
        }

        foreach (string pattern in Compress)
        {
            if (SitePattern.Problem(nameof(Compress), pattern) is { } problem)
            {
                yield return problem;
            }
        }
    }

    private IEnumerable<string> Storage()
    {
        if (!Enum.IsDefined(Encryption))
        {
            yield return $"Encryption is {Encryption}, which isn't known.";
        }

        if (KmsKey is not null && (Encryption != SiteEncryption.Kms || !IsHeader(KmsKey)))
        {
            yield return $"KmsKey is '{Naming.Printable(KmsKey)}': take the id or ARN of a key, together with the encryption Kms.";
        }

        if (Acl is not null && !_acls.Contains(Acl))
        {
            yield return $"Acl is '{Naming.Printable(Acl)}': take one of {string.Join(", ", _acls)}.";
        }
    }

    private IEnumerable<string> Numbers()
    {
        if (Concurrency is < 1 or > 256)
        {
            yield return $"Concurrency is {Concurrency}: take 1 to 256.";
        }

        if (RemovalLimit is < 0 or > 100)
        {
            yield return $"RemovalLimit is {RemovalLimit}: take 0 to 100 percent.";
        }

        if (MultipartThreshold is < SmallestPart or > LargestPart)
        {
            yield return $"MultipartThreshold is {MultipartThreshold:N0} bytes: take 5 MiB to 64 MiB.";
        }

        if (PartSize is < SmallestPart or > LargestPart)
        {
            yield return $"PartSize is {PartSize:N0} bytes: take 5 MiB to 64 MiB.";
        }

        if (Revisions is < 1 or > 100)
        {
            yield return $"Revisions is {Revisions}: take 1 to 100.";
        }
    }

    private static bool IsHeader(string? value) => value is { Length: > 0 and <= 256 } && value.All(c => c is >= ' ' and <= '~') && value == value.Trim();
}
