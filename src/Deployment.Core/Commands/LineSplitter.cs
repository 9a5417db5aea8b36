using System.Text;

namespace Deployment.Commands;

/// <summary>Cuts a text that comes in pieces into lines. A line without end is handed on in parts, so that it can't fill the memory.</summary>
internal sealed class LineSplitter(Action<string> sink)
{
    internal const int LongestPart = 16 * 1024;

    private readonly StringBuilder _line = new();

    internal void Write(ReadOnlySpan<char> text)
    {
        while (!text.IsEmpty)
        {
            int end = text.IndexOf('\n');
            ReadOnlySpan<char> part = end < 0 ? text : text[..end];
            part = part[..Math.Min(part.Length, LongestPart - _line.Length)];
            _line.Append(part);
            text = text[part.Length..];
            if (!text.IsEmpty && text[0] == '\n')
            {
                text = text[1..];
                HandOn(isWhole: true);
            }
            else if (_line.Length == LongestPart)
            {
                HandOn(isWhole: false);
            }
        }
    }

    /// <summary>Hands on what came after the last line's end.</summary>
    internal void Complete()
    {
        if (_line.Length > 0)
        {
            HandOn(isWhole: true);
        }
    }

    private void HandOn(bool isWhole)
    {
        int length = _line.Length;
        if (isWhole && length > 0 && _line[length - 1] == '\r')
        {
            length--;
        }

        // A character outside the basic plane must not be cut in two.
        bool isCut = !isWhole && char.IsHighSurrogate(_line[length - 1]);
        char rest = isCut ? _line[--length] : '\0';
        string line = _line.ToString(0, length);
        _line.Clear();
        if (isCut)
        {
            _line.Append(rest);
        }

        sink(line);
    }
}
