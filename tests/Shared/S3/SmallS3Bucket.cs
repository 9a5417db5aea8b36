using System.Collections.Concurrent;
using System.Text;

namespace Deployment.Tests.S3;

/// <summary>The objects of a bucket, and its uploads in parts.</summary>
internal sealed class SmallS3Bucket
{
    private readonly Lock _lock = new();
    private (byte[] Name, string Key, SmallS3Object Object)[]? _sorted;

    /// <summary>Whether ETags are no MD5, as where KMS encrypts (API/API_Object.html).</summary>
    public bool HasOpaqueETags { get; set; }

    public ConcurrentDictionary<string, SmallS3Object> Objects { get; } = new(StringComparer.Ordinal);

    public ConcurrentDictionary<string, SmallS3Upload> Uploads { get; } = new(StringComparer.Ordinal);

    public void Put(string key, SmallS3Object value)
    {
        Objects[key] = value;
        Volatile.Write(ref _sorted, null);
    }

    public void Remove(string key)
    {
        Objects.TryRemove(key, out _);
        Volatile.Write(ref _sorted, null);
    }

    /// <summary>Some of the objects after a key, in the order of their bytes (API/API_ListObjectsV2.html).</summary>
    public IEnumerable<(string Key, SmallS3Object Object)> After(string key, string prefix)
    {
        (byte[] Name, string Key, SmallS3Object Object)[] all = Sorted();
        byte[] from = Encoding.UTF8.GetBytes(key.Length == 0 ? prefix : key);
        bool inclusive = key.Length == 0;
        byte[] below = Encoding.UTF8.GetBytes(prefix);
        (int low, int high) = (0, all.Length);
        while (low < high)
        {
            int middle = (low + high) / 2;
            int order = all[middle].Name.AsSpan().SequenceCompareTo(from);
            (low, high) = order < 0 || (order == 0 && !inclusive) ? (middle + 1, high) : (low, middle);
        }

        for (; low < all.Length; low++)
        {
            if (all[low].Name.AsSpan().StartsWith(below))
            {
                yield return (all[low].Key, all[low].Object);
            }
            else if (all[low].Name.AsSpan().SequenceCompareTo(below) > 0)
            {
                yield break;
            }
        }
    }

    private (byte[] Name, string Key, SmallS3Object Object)[] Sorted()
    {
        if (Volatile.Read(ref _sorted) is { } sorted)
        {
            return sorted;
        }

        lock (_lock)
        {
            (byte[] Name, string Key, SmallS3Object Object)[] all = [.. Objects.Select(it => (Encoding.UTF8.GetBytes(it.Key), it.Key, it.Value))];
            Array.Sort(all, (one, other) => one.Item1.AsSpan().SequenceCompareTo(other.Item1));
            Volatile.Write(ref _sorted, all);
            return all;
        }
    }
}
