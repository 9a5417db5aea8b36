using System.Text;

namespace Deployment.Providers.Local.Router.Listening;

/// <summary>Reads a Content-Length so that only digits make a number: Kestrel takes <c>+5</c> for 5, and others don't (RFC 9110, 8.6).</summary>
internal sealed class LengthHeaderEncoding : Encoding
{
    private const byte NoDigit = (byte)'x';

    public static LengthHeaderEncoding Instance { get; } = new();

    public override int GetCharCount(byte[] bytes, int index, int count) => count;

    public override int GetChars(byte[] bytes, int byteIndex, int byteCount, char[] chars, int charIndex)
    {
        for (int i = 0; i < byteCount; i++)
        {
            byte one = bytes[byteIndex + i];
            chars[charIndex + i] = (char)(one is >= (byte)'0' and <= (byte)'9' ? one : NoDigit);
        }

        return byteCount;
    }

    public override int GetByteCount(char[] chars, int index, int count) => throw new NotSupportedException();

    public override int GetBytes(char[] chars, int charIndex, int charCount, byte[] bytes, int byteIndex) => throw new NotSupportedException();

    public override int GetMaxByteCount(int charCount) => charCount;

    public override int GetMaxCharCount(int byteCount) => byteCount;
}
