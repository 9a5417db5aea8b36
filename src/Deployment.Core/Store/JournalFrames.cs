using System.Security.Cryptography;
using System.Text;

namespace Deployment.Store;

/// <summary>Makes and reads frames: <c>HEAD PREVIOUS JSON\n</c> with HEAD = SHA-256(PREVIOUS as ASCII, then JSON).</summary>
internal static class JournalFrames
{
    internal const int HashLength = 64;
    private const int Overhead = (2 * HashLength) + 3;

    internal static JournalFrame Create(string previous, ReadOnlySpan<byte> json)
    {
        byte[] line = new byte[Overhead + json.Length];
        Encoding.ASCII.GetBytes(previous, line.AsSpan(HashLength + 1));
        json.CopyTo(line.AsSpan((2 * HashLength) + 2));
        string head = HashOf(line.AsSpan(HashLength + 1, HashLength), json);
        Encoding.ASCII.GetBytes(head, line);
        line[HashLength] = (byte)' ';
        line[(2 * HashLength) + 1] = (byte)' ';
        line[^1] = (byte)'\n';
        return new JournalFrame(previous, head, line);
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
        string head = HashOf(previous, Json(line).Span);
        return Encoding.ASCII.GetString(bytes[..HashLength]) == head
            ? new JournalFrame(Encoding.ASCII.GetString(previous), head, line)
            : null;
    }

    /// <summary>The JSON of an intact line.</summary>
    internal static ReadOnlyMemory<byte> Json(ReadOnlyMemory<byte> line) => line[((2 * HashLength) + 2)..^1];

    private static string HashOf(ReadOnlySpan<byte> previous, ReadOnlySpan<byte> json)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        using var sha = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        sha.AppendData(previous);
        sha.AppendData(json);
        sha.GetHashAndReset(hash);
        return Convert.ToHexStringLower(hash);
    }
}
