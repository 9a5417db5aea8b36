using System.Security.Cryptography;
using System.Text;

namespace Deployment.Sql.Scripts;

/// <summary>The text of a script as it is run, compared and remembered: without a byte order mark, and every line ended by LF.</summary>
internal static class SqlText
{
    private static readonly UTF8Encoding _strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>Decodes bytes; null with a reason where they are no text.</summary>
    internal static string? Decode(ReadOnlySpan<byte> bytes, out string problem)
    {
        problem = "";
        try
        {
            string text = Normalize(_strict.GetString(bytes));
            int zero = text.IndexOf('\0', StringComparison.Ordinal);
            problem = zero < 0 ? "" : $"has a NUL character in line {LineOf(text, zero)}, which PostgreSQL can't take. Remove it, or save the file as UTF-8 if it is UTF-16.";
            return zero < 0 ? text : null;
        }
        catch (DecoderFallbackException invalid)
        {
            problem = $"is not UTF-8 (byte {invalid.Index}). Save it as UTF-8.";
            return null;
        }
    }

    internal static string Normalize(string text) =>
        (text.StartsWith('\uFEFF') ? text[1..] : text).Replace("\r\n", "\n", StringComparison.Ordinal).Replace('\r', '\n');

    /// <summary>SHA-256 in hexadecimal, the same for every line ending and with or without a byte order mark.</summary>
    internal static string Checksum(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(Normalize(text))));

    private static int LineOf(string text, int index) => text.AsSpan(0, index).Count('\n') + 1;
}
