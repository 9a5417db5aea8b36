namespace Deployment.Store.Files;

internal sealed class DiskFile(FileStream stream, string path) : IOpenFile
{
    private long _end = stream.Length;

    public long Length => RandomAccess.GetLength(stream.SafeFileHandle);

    public int Read(long offset, Span<byte> buffer) => RandomAccess.Read(stream.SafeFileHandle, buffer, offset);

    public void Append(ReadOnlySpan<byte> content)
    {
        RandomAccess.Write(stream.SafeFileHandle, content, _end);
        _end += content.Length;
    }

    // Not RandomAccess.FlushToDisk: it takes the EROFS of a file system that went read-only after a disk error for success.
    public void Flush() => LibC.Flush(stream.SafeFileHandle, path);

    public void Dispose() => stream.Dispose();
}
