namespace Deployment.Providers.Local.Packages;

/// <summary>Reads another stream and looks at what passes.</summary>
internal abstract class PassingStream(Stream inner) : Stream
{
    public override bool CanRead => true;

    public override bool CanSeek => inner.CanSeek;

    public override bool CanWrite => false;

    public override long Length => inner.Length;

    public override long Position
    {
        get => inner.Position;
        set => inner.Position = value;
    }

    public override int Read(Span<byte> buffer)
    {
        int read = ReadInner(inner, buffer);
        Passed(buffer[..read]);
        return read;
    }

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override long Seek(long offset, SeekOrigin origin) => inner.Seek(offset, origin);

    public override void Flush()
    {
    }

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected virtual int ReadInner(Stream stream, Span<byte> buffer) => stream.Read(buffer);

    /// <exception cref="DeploymentException">It may not pass.</exception>
    protected abstract void Passed(ReadOnlySpan<byte> bytes);
}
