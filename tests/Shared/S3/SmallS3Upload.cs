using System.Collections.Concurrent;

namespace Deployment.Tests.S3;

/// <summary>An upload in parts that isn't complete.</summary>
internal sealed record SmallS3Upload(string Key, IReadOnlyDictionary<string, string> Headers)
{
    public ConcurrentDictionary<int, SmallS3Object> Parts { get; } = new();
}
