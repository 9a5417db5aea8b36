using Deployment.Providers.Local.Protocol;

namespace Deployment.Providers.Local.Packages;

/// <summary>
/// Stands below a tar's reader while it looks for the next entry. What describes an entry (long names, extended attributes) is read into memory as a
/// whole, as large as it says that it is, and nothing of it counts as content: a few megabytes of gzip would come to gigabytes.
/// </summary>
internal sealed class HeaderGuard(Stream inner, PackageSource package) : PassingStream(inner)
{
    private const int Block = 512;
    private const int TypeAt = 156;
    private const int SizeAt = 124;
    private const int SizeLength = 12;

    /// <summary>More than the longest path and all attributes that packers write.</summary>
    private const long Largest = 1024 * 1024;
    private const long UsualEach = 4096;

    private bool _watching;
    private long _headers;
    private long _entries;

    /// <summary>From here on headers are read.</summary>
    public void Watch()
    {
        _watching = true;
        _entries++;
    }

    /// <summary>What is read now is content, which others count.</summary>
    public void Rest() => _watching = false;

    // A header in one piece, also where the stream below gives less at a time.
    protected override int ReadInner(Stream stream, Span<byte> buffer) =>
        _watching && buffer.Length == Block ? stream.ReadAtLeast(buffer, Block, throwOnEndOfStream: false) : stream.Read(buffer);

    protected override void Passed(ReadOnlySpan<byte> bytes)
    {
        if (!_watching)
        {
            return;
        }

        _headers += bytes.Length;
        if (_headers > Largest + (UsualEach * _entries) || (bytes.Length == Block && IsTooLarge(bytes)))
        {
            throw new DeploymentException(
                $"The package '{package.Path}' describes its entries at a length that no packer comes to, as what is made to fill memory does. Pack it anew.");
        }
    }

    private static bool IsTooLarge(ReadOnlySpan<byte> header)
    {
        if (header[TypeAt] is not ((byte)'x' or (byte)'g' or (byte)'L' or (byte)'K'))
        {
            return false;
        }

        ReadOnlySpan<byte> size = header.Slice(SizeAt, SizeLength);
        if ((size[0] & 0x80) != 0)
        {
            // Binary, for what doesn't fit into eleven octal digits.
            return true;
        }

        long length = 0;
        foreach (byte digit in size.Trim("\0 "u8))
        {
            if (digit is < (byte)'0' or > (byte)'7')
            {
                // No size, and perhaps no header; the reader says so.
                return false;
            }

            length = (length * 8) + (digit - '0');
        }

        return length > Largest;
    }
}
