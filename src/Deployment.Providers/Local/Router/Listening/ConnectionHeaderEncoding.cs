using System.Text;

namespace Deployment.Providers.Local.Router.Listening;

/// <summary>
/// Reads the Connection header so that no name in it gets lost. Kestrel replaces <c>close, X</c>, also over several lines, by <c>close</c>
/// alone when that is the only option that it knows, and then nobody could tell that X belongs to this connection.
/// With two known options it leaves the value alone: <c>close</c> and <c>upgrade</c> win over <c>keep-alive</c>, which goes without saying in
/// HTTP/1.1 and is left out. (So clients of HTTP/1.0 get one answer a connection.)
/// </summary>
internal sealed class ConnectionHeaderEncoding : Encoding
{
    private const string KeepAlive = "keep-alive";

    public static ConnectionHeaderEncoding Instance { get; } = new();

    public override int GetCharCount(byte[] bytes, int index, int count) => Read(bytes.AsSpan(index, count)).Length;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        string text = Read(bytes.AsSpan(byteIndex, byteCount));
        text.CopyTo(0, chars, charIndex, text.Length);
        return text.Length;
    }

    public override int GetByteCount(char[] chars, int index, int count) => throw new NotSupportedException();

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => throw new NotSupportedException();

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => (2 * byteCount) + KeepAlive.Length + 2;

    public static string Read(ReadOnlySpan<byte> value)
    {
        if (Ascii.EqualsIgnoreCase(value, KeepAlive))
        {
            return "";
        }

        string[] options = [.. Latin1.GetString(value).Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Where(option => !option.Equals(KeepAlive, StringComparison.OrdinalIgnoreCase))];
        bool known = options.Any(option => option.Equals("close", StringComparison.OrdinalIgnoreCase) || option.Equals("upgrade", StringComparison.OrdinalIgnoreCase));
        return string.Join(", ", known ? [.. options, KeepAlive] : options);
    }
}
