using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Deployment.Commands;

/// <summary>The texts that give a secret away when a command prints them.</summary>
internal static partial class SecretForms
{
    // A line of a multi-line secret that is shorter says little, and as a pattern it would blot out harmless output.
    private const int ShortestLine = 8;
    private const int LongestEncoded = 16 * 1024;

    internal static IEnumerable<string> Of(string value)
    {
        if (value.Length == 0)
        {
            yield break;
        }

        yield return value;
        string[] lines = value.Split('\n');
        foreach (string line in lines.Length > 1 ? lines : [])
        {
            if (line.Trim() is { Length: >= ShortestLine } text)
            {
                yield return text;
            }
        }

        string core = value.TrimEnd('\r', '\n');
        if (core.Length is 0 or > LongestEncoded)
        {
            yield break;
        }

        yield return core;
        yield return core.ReplaceLineEndings("\r\n");
        foreach (string escaped in Escaped(core))
        {
            yield return escaped;
        }

        foreach (string encoded in Base64(Encoding.UTF8.GetBytes(core)))
        {
            yield return encoded;
        }
    }

    /// <summary>As tools quote it: in a web address (four dialects), in JSON (the least, and all that may be escaped), for a shell.</summary>
    private static IEnumerable<string> Escaped(string core)
    {
        string percent = Uri.EscapeDataString(core);
        foreach (string address in new[] { percent, percent.Replace("%20", "+", StringComparison.Ordinal), percent.Replace("%2F", "/", StringComparison.Ordinal) })
        {
            yield return address;
            yield return LowerHex(address);
        }

        yield return JsonEncodedText.Encode(core, JavaScriptEncoder.UnsafeRelaxedJsonEscaping).Value;
        yield return JsonEncodedText.Encode(core).Value;
        yield return core.Replace("'", "'\\''", StringComparison.Ordinal);
        yield return core.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal).Replace("$", "\\$", StringComparison.Ordinal).Replace("`", "\\`", StringComparison.Ordinal);
    }

    private static string LowerHex(string address) => PercentCode().Replace(address, static code => code.Value.ToLowerInvariant());

    [GeneratedRegex("%[0-9A-F]{2}")]
    private static partial Regex PercentCode();

    // Inside a longer text (user:password) Base64 looks different at each of three offsets. Only the characters that depend on
    // the secret alone are taken.
    private static IEnumerable<string> Base64(byte[] value)
    {
        for (int offset = 0; offset < 3; offset++)
        {
            byte[] shifted = new byte[offset + value.Length];
            value.CopyTo(shifted, offset);
            int first = (offset * 8 + 5) / 6;
            int end = shifted.Length * 8 / 6;
            if (end - first >= ShortestLine)
            {
                string encoded = Convert.ToBase64String(shifted)[first..end];
                yield return encoded;
                yield return encoded.Replace('+', '-').Replace('/', '_');
            }
        }
    }
}
