using System.Buffers;

namespace Deployment.Store.Files;

/// <summary>Tells lower-case hexadecimal text.</summary>
internal static class Hexadecimal
{
    private static readonly SearchValues<byte> Bytes = SearchValues.Create("0123456789abcdef"u8);
    private static readonly SearchValues<char> Characters = SearchValues.Create("0123456789abcdef");

    internal static bool Is(ReadOnlySpan<byte> text) => !text.ContainsAnyExcept(Bytes);

    internal static bool Is(ReadOnlySpan<char> text) => !text.ContainsAnyExcept(Characters);
}
