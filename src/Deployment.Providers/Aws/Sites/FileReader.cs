using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Reads files for their hashes, whatever their size with little memory.</summary>
internal static class FileReader
{
    /// <summary>What is compressed is held in memory.</summary>
    public const int LargestCompressed = 32 * 1024 * 1024;

    private const int Buffer = 256 * 1024;
    private const int MostParts = 10_000;

    /// <summary>The part size for a file: what was asked for, or more where it would be more parts than S3 takes (docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html).</summary>
    public static int PartSize(long size, SiteOptions options) => (int)Math.Max(options.PartSize, (size + MostParts - 1) / MostParts);

    /// <summary>Hashes a file that goes in one piece, or in parts.</summary>
    public static SiteFile Read(string key, string path, SiteHeaders headers, SiteOptions options, CancellationToken cancellationToken)
    {
        using FileStream file = Open(path);
        long size = file.Length;
        if (size < options.MultipartThreshold)
        {
            string sha = Hash(file, cancellationToken);
            return new SiteFile(key, path, file.Position, sha, headers) { Size = file.Position, Sha256 = sha };
        }

        (string whole, List<SitePart> parts) = HashParts(file, PartSize(size, options), cancellationToken);
        return new SiteFile(key, path, file.Position, whole, headers) { Size = file.Position, Sha256 = whole, Parts = parts };
    }

    /// <summary>Hashes a file and what it is compressed.</summary>
    public static SiteFile ReadCompressed(string key, string path, SiteHeaders headers)
    {
        byte[] source = File.ReadAllBytes(path);
        string sha = Convert.ToHexStringLower(SHA256.HashData(source));
        if (source.Length == 0)
        {
            return new SiteFile(key, path, 0, sha, headers with { Encoding = null }) { Size = 0, Sha256 = sha };
        }

        byte[] stored = Compress(source);
        return new SiteFile(key, path, source.Length, sha, headers) { Size = stored.Length, Sha256 = Convert.ToHexStringLower(SHA256.HashData(stored)), IsCompressed = true };
    }

    /// <summary>Compresses so that the same bytes give the same bytes.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> source)
    {
        using var stored = new MemoryStream();
        using (var gzip = new GZipStream(stored, CompressionLevel.SmallestSize, leaveOpen: true))
        {
            gzip.Write(source);
        }

        byte[] bytes = stored.ToArray();
        // RFC 1952: the operating system that compressed it, which changes nothing; the time isn't written.
        bytes[9] = 255;
        return bytes;
    }

    public static FileStream Open(string path) => new(path, new FileStreamOptions { Mode = FileMode.Open, Access = FileAccess.Read, Share = FileShare.Read | FileShare.Delete, BufferSize = 0, Options = FileOptions.SequentialScan });

    private static string Hash(FileStream file, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(file.Length + 1, 1, Buffer));
        try
        {
            int read = file.Read(buffer);
            if (read < buffer.Length && file.Read(buffer, read, buffer.Length - read) == 0)
            {
                return Convert.ToHexStringLower(SHA256.HashData(buffer.AsSpan(0, read)));
            }

            file.Position = 0;
            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            while ((read = file.Read(buffer)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
            }

            return Convert.ToHexStringLower(hash.GetHashAndReset());
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static (string Whole, List<SitePart> Parts) HashParts(FileStream file, int partSize, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Buffer);
        List<SitePart> parts = [];
        try
        {
            using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var part = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            for (int inPart = 0, read = 1; read > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                read = file.Read(buffer, 0, Math.Min(buffer.Length, partSize - inPart));
                whole.AppendData(buffer, 0, read);
                part.AppendData(buffer, 0, read);
                inPart += read;
                if (inPart == partSize || (read == 0 && inPart > 0))
                {
                    parts.Add(new SitePart(file.Position - inPart, inPart, part.GetHashAndReset()));
                    inPart = 0;
                }
            }

            return (Convert.ToHexStringLower(whole.GetHashAndReset()), parts);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }
}
