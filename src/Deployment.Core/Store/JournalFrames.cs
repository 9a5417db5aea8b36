using System.Security.Cryptography;
using System.Text;

namespace Deployment.Store;

/// <summary>Makes and reads frames: <c>HEAD PREVIOUS JSON\n</c> with HEAD = SHA-256(PREVIOUS as ASCII, then JSON).</summary>
internal static class JournalFrames
{
    internal const int HashLength = 64;
    private const int Overhead = (2 * HashLength) + 3;
    private const int ShortFrame = 1024;

    internal static JournalFrame Create(string previous, ReadOnlySpan<byte> json)
    {
        byte[] line = new byte[Overhead + json.Length];
        Encoding.ASCII.GetBytes(previous, line.AsSpan(HashLength + 1));
        json.CopyTo(line.AsSpan((2 * HashLength) + 2));
        Span<byte> head = line.AsSpan(0, HashLength);
        HashOf(line.AsSpan(HashLength + 1, HashLength), json, head);
        line[HashLength] = (byte)' ';
        line[(2 * HashLength) + 1] = (byte)' ';
        line[^1] = (byte)'\n';
        return new JournalFrame(previous, Encoding.ASCII.GetString(head), line);
    }

    /// <summary>Reads one line, its line feed included; null when it is no intact frame.</summary>
    internal static JournalFrame? Read(ReadOnlyMemory<byte> line)
    {
        ReadOnlySpan<byte> bytes = line.Span;
        if (bytes.Length < Overhead || bytes[HashLength] != ' ' || bytes[(2 * HashLength) + 1] != ' ' || bytes[^1] != '\n')
        {
            return null;
        }

        ReadOnlySpan<byte> previous = bytes.Slice(HashLength + 1, HashLength);
        Span<byte> head = stackalloc byte[HashLength];
        HashOf(previous, Json(line).Span, head);
        return head.SequenceEqual(bytes[..HashLength])
            ? new JournalFrame(Encoding.ASCII.GetString(previous), Encoding.ASCII.GetString(head), line)
            : null;
    }

    /// <summary>The JSON of an intact line.</summary>
    internal static ReadOnlyMemory<byte> Json(ReadOnlyMemory<byte> line) => line[((2 * HashLength) + 2)..^1];

    /// <summary>Writes the hash in lower-case hexadecimal.</summary>
    private static void HashOf(ReadOnlySpan<byte> previous, ReadOnlySpan<byte> json, Span<byte> hexadecimal)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        int length = previous.Length + json.Length;
        if (length <= ShortFrame)
        {
            // Most frames: a journal of many is read at every resume, and one call costs half as much as a hash in parts.
            Span<byte> joined = stackalloc byte[ShortFrame];
            previous.CopyTo(joined);
            json.CopyTo(joined[previous.Length..]);
            SHA256.HashData(joined[..length], hash);
        }
        else
        {
            using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
            sha.AppendData(previous);
            sha.AppendData(json);
            sha.GetHashAndReset(hash);
        }

        Convert.TryToHexStringLower(hash, hexadecimal, out _);
    }
}
