using System.Buffers;
using System.IO.Compression;
using System.Security.Cryptography;
using Microsoft.Win32.SafeHandles;

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
        using SafeFileHandle file = File.OpenHandle(path, options: FileOptions.SequentialScan);
        long length = RandomAccess.GetLength(file);
        if (length < options.MultipartThreshold)
        {
            (string sha, long size) = Hash(file, length, cancellationToken);
            return new SiteFile(key, path, size, sha, headers) { Size = size, Sha256 = sha };
        }

        (string whole, List<SitePart> parts) = HashParts(file, PartSize(length, options), cancellationToken);
        long all = parts[^1].Offset + parts[^1].Size;
        return new SiteFile(key, path, all, whole, headers) { Size = all, Sha256 = whole, Parts = parts };
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

    private static (string Sha256, long Size) Hash(SafeFileHandle file, long length, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent((int)Math.Clamp(length + 1, 1, Buffer));
        try
        {
            // Most files are small, and read at once.
            int read = RandomAccess.Read(file, buffer, 0);
            if (read < buffer.Length && RandomAccess.Read(file, buffer.AsSpan(read), read) == 0)
            {
                return (Convert.ToHexStringLower(SHA256.HashData(buffer.AsSpan(0, read))), read);
            }

            using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long size = 0;
            while ((read = RandomAccess.Read(file, buffer, size)) > 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                hash.AppendData(buffer, 0, read);
                size += read;
            }

            return (Convert.ToHexStringLower(hash.GetHashAndReset()), size);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static (string Whole, List<SitePart> Parts) HashParts(SafeFileHandle file, int partSize, CancellationToken cancellationToken)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Buffer);
        List<SitePart> parts = [];
        try
        {
            using var whole = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            using var part = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            long position = 0;
            for (int inPart = 0, read = 1; read > 0;)
            {
                cancellationToken.ThrowIfCancellationRequested();
                read = RandomAccess.Read(file, buffer.AsSpan(0, Math.Min(buffer.Length, partSize - inPart)), position);
                position += read;
                whole.AppendData(buffer, 0, read);
                part.AppendData(buffer, 0, read);
                inPart += read;
                if (inPart == partSize || (read == 0 && inPart > 0))
                {
                    parts.Add(new SitePart(position - inPart, inPart, part.GetHashAndReset()));
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
