using Deployment.Store.Files;

namespace Deployment.Testing;

internal sealed class LosingHandle(LosingSession session, LosingFile file, string path) : IOpenFile
{
    private int _end = file.Length;

    public long Length
    {
        get
        {
            session.ThrowIfDead($"look at {path}");
            return file.Length;
        }
    }

    public int Read(long offset, Span<byte> buffer)
    {
        session.ThrowIfDead($"read {path}");
        ReadOnlySpan<byte> rest = offset < file.Length ? file.Content[(int)offset..] : [];
        int length = Math.Min(rest.Length, buffer.Length);
        rest[..length].CopyTo(buffer);
        return length;
    }

    public void Append(ReadOnlySpan<byte> content)
    {
        session.Write(file, path, _end, content);
        _end += content.Length;
    }

    public void Flush()
    {
        try
        {
            session.Count($"flush {path}");
        }
        catch (Exception exception) when (exception is not PowerCutException)
        {
            file.FailFlush();
            throw;
        }

        if (!session.Disk.IgnoresFlushes)
        {
            file.Flush();
        }
    }

    public void Dispose()
    {
    }
}
