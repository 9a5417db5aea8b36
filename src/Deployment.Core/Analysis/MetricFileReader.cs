using System.Globalization;
using System.Text;
using Deployment.Releases;

namespace Deployment.Analysis;

/// <summary>
/// Reads a file that may grow, each line once. A line counts when it has ended: of one that is still being written nobody can tell whether
/// a number is whole. What was read is forgotten again when a line after it can't be, so that the next look reads and says the same.
/// </summary>
internal sealed class MetricFileReader(string path, string query, long most, Func<MetricFileParser> makeParser)
{
    private MetricFileParser _parser = makeParser();
    private long _read;
    private int _lines;

    internal string Query => query;

    /// <param name="select">What a row makes; null for nothing.</param>
    /// <param name="problem">What is wrong with a row; null when nothing is.</param>
    /// <exception cref="MetricSourceException">The file can't be read; it names the line.</exception>
    internal IReadOnlyList<T> Read<T>(Func<MetricFileRow, T?> select, Func<MetricFileRow, string?> problem)
        where T : class
    {
        byte[] added = Added();
        // What the first line said is read again where it was forgotten.
        _parser = _read == 0 ? makeParser() : _parser;
        int ended = Array.LastIndexOf(added, (byte)'\n') + 1;
        List<T> made = [];
        int number = _lines;
        foreach (string line in Lines(added.AsMemory(0, ended)))
        {
            number++;
            if (Row(line, number, problem) is { } row && select(row) is { } one)
            {
                made.Add(one);
            }
        }

        _lines = number;
        _read += ended;
        return _lines > 0 || added.Length == 0 ? made : throw Unreadable("Its first line has not ended: end each with a line break.");
    }

    private static IEnumerable<string> Lines(ReadOnlyMemory<byte> text)
    {
        using var lines = new StringReader(Encoding.UTF8.GetString(text.Span));
        while (lines.ReadLine() is { } line)
        {
            yield return line.TrimStart('\uFEFF');
        }
    }

    private MetricFileRow? Row(string line, int number, Func<MetricFileRow, string?> problem)
    {
        if (string.IsNullOrWhiteSpace(line))
        {
            return null;
        }

        try
        {
            MetricFileRow? row = _parser.Parse(line);
            return row is not null && problem(row) is { } wrong ? throw new FormatException($"can't be used: {wrong}") : row;
        }
        catch (FormatException error)
        {
            throw new MetricSourceException(path, query, string.Create(CultureInfo.InvariantCulture, $"Line {number} {error.Message}."), line, error);
        }
    }

    private byte[] Added()
    {
        try
        {
            using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
            long length = file.Length;
            if (length > most)
            {
                throw Unreadable(string.Create(CultureInfo.InvariantCulture, $"It has {length} bytes, and {most} are the most."));
            }

            if (length < _read)
            {
                throw Unreadable("It is shorter than it was: it must only grow.");
            }

            file.Seek(_read, SeekOrigin.Begin);
            byte[] added = new byte[length - _read];
            int count = file.ReadAtLeast(added, added.Length, throwOnEndOfStream: false);
            return added[..count];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException or NotSupportedException)
        {
            throw Unreadable(Naming.PrintableUpTo(error.Message, 300), error);
        }
    }

    private MetricSourceException Unreadable(string why, Exception? error = null) => new(path, query, $"The file can't be read. {why}", innerException: error);
}
