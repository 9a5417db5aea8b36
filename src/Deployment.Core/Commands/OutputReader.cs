using System.Text;

namespace Deployment.Commands;

/// <summary>Reads one output stream of a command to its end: decoded, secrets removed, line by line, its end kept.</summary>
internal sealed class OutputReader
{
    private const int BufferSize = 16 * 1024;

    private readonly Stream _stream;
    private readonly TailText _tail = new();
    private readonly LineSplitter? _lines;
    private readonly SecretFilter _filter;

    internal OutputReader(Stream stream, SecretPatterns secrets, Action<string>? line)
    {
        _stream = stream;
        _lines = line is null ? null : new LineSplitter(line);
        _filter = new SecretFilter(secrets, Keep);
    }

    /// <summary>The end of what was read so far.</summary>
    internal string Tail => _tail.ToString();

    /// <summary>Reads until the stream ends or reading is cancelled, which is no error.</summary>
    internal async Task ReadAsync(CancellationToken stop)
    {
        byte[] bytes = new byte[BufferSize];
        char[] chars = new char[BufferSize + 1];
        // Whatever isn't UTF-8 becomes replacement characters: output is for people, and no tool is trusted to print text only.
        Decoder decoder = Encoding.UTF8.GetDecoder();
        int read;
        do
        {
            read = await ReadSomeAsync(bytes, stop);
            int count = decoder.GetChars(bytes, 0, read, chars, 0, flush: read == 0);
            _filter.Write(chars.AsSpan(0, count));
        }
        while (read > 0);

        _filter.Complete();
        _lines?.Complete();
    }

    private async Task<int> ReadSomeAsync(byte[] bytes, CancellationToken stop)
    {
        try
        {
            return await _stream.ReadAsync(bytes, stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            return 0;
        }
    }

    private void Keep(ReadOnlySpan<char> text)
    {
        _tail.Append(text);
        _lines?.Write(text);
    }
}
