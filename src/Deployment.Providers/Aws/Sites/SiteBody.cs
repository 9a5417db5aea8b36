using System.Buffers;
using System.Security.Cryptography;
using Deployment.Releases;
using Microsoft.Win32.SafeHandles;

namespace Deployment.Providers.Aws.Sites;

/// <summary>Bytes that are about to be sent: in memory, and compared to what was scanned.</summary>
internal sealed class SiteBody : IDisposable
{
    private readonly bool _isRented;

    private SiteBody(byte[] buffer, int count, byte[] sha256, bool isRented)
    {
        Buffer = buffer;
        Count = count;
        Sha256 = sha256;
        _isRented = isRented;
    }

    public byte[] Buffer { get; }

    public int Count { get; }

    public byte[] Sha256 { get; }

    /// <summary>A whole file, compressed where it is stored so.</summary>
    /// <exception cref="DeploymentException">It isn't what was scanned.</exception>
    public static SiteBody Read(SiteFile file)
    {
        try
        {
            using SafeFileHandle handle = File.OpenHandle(file.Path, options: FileOptions.SequentialScan);
            SiteBody body = Read(handle, 0, checked((int)file.SourceSize), file);
            // One more byte would be of a file that grew.
            if (RandomAccess.Read(handle, stackalloc byte[1], body.Count) > 0)
            {
                body.Dispose();
                throw Changed(file);
            }

            return file.IsCompressed ? body.Compressed(file) : body.Checked(Convert.FromHexString(file.Sha256), file);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw Changed(file, error);
        }
    }

    /// <summary>A part of a file.</summary>
    /// <exception cref="DeploymentException">It isn't what was scanned.</exception>
    public static SiteBody Read(SafeFileHandle handle, SitePart part, SiteFile file)
    {
        try
        {
            return Read(handle, part.Offset, part.Size, file).Checked(part.Sha256, file);
        }
        catch (IOException error)
        {
            throw Changed(file, error);
        }
    }

    public static DeploymentException Changed(SiteFile file, Exception? error = null) => new(
        $"'{Naming.PrintableUpTo(file.Key, SiteKeys.Longest)}' was changed since the folder was read{(error is null ? "" : $" ({Naming.Printable(error.Message)})")}: nothing of what it is now was stored. Build into a folder that nobody else writes to, and deploy again.",
        error);

    public void Dispose()
    {
        if (_isRented)
        {
            ArrayPool<byte>.Shared.Return(Buffer);
        }
    }

    private static SiteBody Read(SafeFileHandle handle, long offset, int count, SiteFile file)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(Math.Max(1, count));
        int read = 0;
        for (int some = 1; read < count && some > 0; read += some)
        {
            some = RandomAccess.Read(handle, buffer.AsSpan(read, count - read), offset + read);
        }

        if (read < count)
        {
            ArrayPool<byte>.Shared.Return(buffer);
            throw Changed(file);
        }

        return new SiteBody(buffer, count, SHA256.HashData(buffer.AsSpan(0, count)), isRented: true);
    }

    private SiteBody Compressed(SiteFile file)
    {
        using (this)
        {
            Checked(Convert.FromHexString(file.SourceSha256), file);
            byte[] stored = FileReader.Compress(Buffer.AsSpan(0, Count));
            return new SiteBody(stored, stored.Length, SHA256.HashData(stored), isRented: false).Checked(Convert.FromHexString(file.Sha256), file);
        }
    }

    private SiteBody Checked(byte[] sha256, SiteFile file)
    {
        if (!Sha256.AsSpan().SequenceEqual(sha256))
        {
            Dispose();
            throw Changed(file);
        }

        return this;
    }
}
