using System.Security.Cryptography;
using System.Text;

namespace Deployment.Providers.Aws.Sites;

/// <summary>What a site's folder has.</summary>
internal sealed class SiteContent
{
    /// <param name="files">The files, in any order.</param>
    public SiteContent(IEnumerable<SiteFile> files)
    {
        Files = [.. files.OrderBy(file => file.Key, KeyOrder.Instance)];
        Hash = HashOf(Files);
        Bytes = Files.Sum(file => file.Size);
    }

    /// <summary>The files, in the order of their keys.</summary>
    public IReadOnlyList<SiteFile> Files { get; }

    /// <summary>The SHA-256 over all names and contents, 64 hexadecimal digits: what an artifact is pinned to. Times, and how files are served, don't matter to it.</summary>
    public string Hash { get; }

    /// <summary>How many bytes are stored.</summary>
    public long Bytes { get; }

    private static string HashOf(IReadOnlyList<SiteFile> files)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        foreach (SiteFile file in files)
        {
            // No key has a zero in it, and each content's hash is as long: no two folders give the same bytes.
            hash.AppendData(Encoding.UTF8.GetBytes(file.Key));
            hash.AppendData([0]);
            hash.AppendData(Convert.FromHexString(file.SourceSha256));
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
