namespace Deployment.Store.Files;

/// <summary>An open file of an <see cref="IFileLayer"/>.</summary>
internal interface IOpenFile : IDisposable
{
    /// <summary>Its length now.</summary>
    long Length { get; }

    /// <summary>Reads at an offset; 0 at the end.</summary>
    int Read(long offset, Span<byte> buffer);

    /// <summary>Writes at the end.</summary>
    void Append(ReadOnlySpan<byte> content);

    /// <summary>Makes the content durable. After a failure nobody knows what is: it must not be tried again.</summary>
    void Flush();
}
