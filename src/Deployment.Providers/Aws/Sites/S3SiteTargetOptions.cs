using System.Globalization;
using System.Text;
using Deployment.Providers.Aws.CloudFront;
using Deployment.Releases;

namespace Deployment.Providers.Aws.Sites;

/// <summary>How a site is stored and served.</summary>
public sealed class S3SiteTargetOptions
{
    private const int MostPaths = 3_000;
    private const int LongestAtomicPrefix = 128;
    private static readonly TimeSpan _longest = TimeSpan.FromDays(1);

    /// <summary>Which account, where, and how it is asked.</summary>
    public AwsOptions Aws { get; private set; } = new();

    /// <summary>How files are stored.</summary>
    public SiteOptions Files { get; private set; } = new();

    /// <summary>
    /// The distribution whose caches drop what a deployment in place changes. Default null: none. An atomic site names its distribution when it is made.
    /// </summary>
    public string? Distribution { get; set; }

    /// <summary>The id of the distribution's origin that is switched. Default null: the one whose domain is the bucket's.</summary>
    public string? Origin { get; set; }

    /// <summary>How long all edges may take to have another origin path, and how long an invalidation; above zero, at most a day. Default 30 minutes.</summary>
    public TimeSpan EdgeTimeout { get; set; } = TimeSpan.FromMinutes(30);

    /// <summary>
    /// How many paths an invalidation may have, 0 to 3,000: beyond it whole folders are named, with a wildcard, which drops files from the caches that have not
    /// changed. 0 for no invalidation: the caches keep what they have as long as its cache control says. Default 10.
    /// </summary>
    public int InvalidationPaths { get; set; } = 10;

    /// <summary>Whether a deployment waits until no edge has the old files. Default false: it takes some minutes, in which some users get old pages.</summary>
    public bool WaitForInvalidation { get; set; }

    /// <summary>How many revisions that had users and are no more served stay for an instant way back, 0 to 100. Default 2.</summary>
    public int KeptRevisions { get; set; } = 2;

    /// <summary>How often CloudFront is asked how far it is.</summary>
    internal TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(5);

    internal S3SiteTargetOptions Copy()
    {
        var copy = (S3SiteTargetOptions)MemberwiseClone();
        copy.Aws = Aws.Copy();
        copy.Files = Files.Copy();
        return copy;
    }

    internal OriginSwitchOptions Switch() => new(Distribution!, Files.Bucket, Origin, EdgeTimeout, Interval);

    // CloudFront takes an origin's path of at most 255 characters: a revision's folder has what is left.
    internal IEnumerable<string> AtomicProblems() => Files.Prefix is { } prefix && Encoding.UTF8.GetByteCount(prefix) > LongestAtomicPrefix
        ? [$"Prefix has {Encoding.UTF8.GetByteCount(prefix)} bytes: take at most {LongestAtomicPrefix} for revisions side by side, so that each one's path can be an origin's."]
        : [];

    internal IEnumerable<string> Problems(string? name)
    {
        if (Naming.Problem("target", name) is { } target)
        {
            yield return target;
        }

        foreach (string problem in Aws.Problems().Concat(Files.Problems()))
        {
            yield return problem;
        }

        // docs.aws.amazon.com/cloudfront/latest/APIReference/API_Distribution.html: such as E2QWRUHAPOMQZL.
        if (Distribution is not null && (Distribution.Length is 0 or > 64 || !Distribution.All(char.IsAsciiLetterOrDigit)))
        {
            yield return $"The distribution is '{Naming.Printable(Distribution)}': take the id of one, such as E2QWRUHAPOMQZL.";
        }

        if (Origin is not null && (Origin.Length is 0 or > 128 || Origin.Any(char.IsControl)))
        {
            yield return $"Origin is '{Naming.Printable(Origin)}': take the id of an origin of the distribution.";
        }

        if (EdgeTimeout <= TimeSpan.Zero || EdgeTimeout > _longest)
        {
            yield return $"EdgeTimeout is {EdgeTimeout}: it must be above zero and at most a day.";
        }

        if (InvalidationPaths is < 0 or > MostPaths)
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"InvalidationPaths is {InvalidationPaths}: take 0 to {MostPaths:N0}.");
        }

        if (KeptRevisions is < 0 or > 100)
        {
            yield return $"KeptRevisions is {KeptRevisions}: take 0 to 100.";
        }
    }
}
