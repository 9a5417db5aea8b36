using System.Text;

namespace Deployment.Commands;

/// <summary>Keeps the end of a text of any length: at most 64 KiB as UTF-8.</summary>
internal sealed class TailText
{
    internal const int Limit = 64 * 1024;

    private char[] _kept = new char[1024];
    private int _length;

    internal void Append(ReadOnlySpan<char> text)
    {
        ReadOnlySpan<char> added = text.Length > Limit ? text[^Limit..] : text;
        if (_length + added.Length > _kept.Length && _kept.Length < 2 * Limit)
        {
            Array.Resize(ref _kept, Math.Min(2 * Limit, Math.Max(2 * _kept.Length, _length + added.Length)));
        }

        if (_length + added.Length > _kept.Length)
        {
            _kept.AsSpan(_length - Limit, Limit).CopyTo(_kept);
            _length = Limit;
        }

        added.CopyTo(_kept.AsSpan(_length));
        _length += added.Length;
    }

    public override string ToString()
    {
        int start = _length;
        int bytes = 0;
        while (start > 0)
        {
            // A lone surrogate counts as the replacement character: one char, three bytes.
            _ = Rune.DecodeLastFromUtf16(_kept.AsSpan(0, start), out Rune rune, out int chars);
            bytes += rune.Utf8SequenceLength;
            if (bytes > Limit)
            {
                break;
            }

            start -= chars;
        }

        return new string(_kept, start, _length - start);
    }
}
