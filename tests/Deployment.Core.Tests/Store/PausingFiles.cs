using System.Runtime.Versioning;
using Deployment.Store.Files;

namespace Deployment.Tests.Store;

/// <summary>The real disk, where something else happens before a chosen operation: what a stopped process sleeps through.</summary>
[SupportedOSPlatform("linux")]
[SupportedOSPlatform("macos")]
internal sealed class PausingFiles : IFileLayer
{
    private readonly DiskFiles _disk = new();
    private int _left;
    private Action? _meanwhile;

    internal void PauseBefore(int operation, Action meanwhile)
    {
        _left = operation;
        _meanwhile = meanwhile;
    }

    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken) => _disk.RunAsync(work, cancellationToken);

    public IOpenFile? CreateNew(string path) => Wrap(Next().CreateNew(path));

    public IOpenFile? OpenRead(string path) => Wrap(Next().OpenRead(path));

    public IOpenFile OpenAppend(string path) => Wrap(Next().OpenAppend(path))!;

    public bool TryLink(string path, string newPath) => Next().TryLink(path, newPath);

    public void Rename(string path, string newPath) => Next().Rename(path, newPath);

    public void Overwrite(string path, ReadOnlySpan<byte> content) => Next().Overwrite(path, content);

    public void Delete(string path) => Next().Delete(path);

    public bool Exists(string path) => Next().Exists(path);

    public IReadOnlyList<string> List(string folder) => Next().List(folder);

    public void CreateFolder(string path) => Next().CreateFolder(path);

    public void FlushFolder(string path) => Next().FlushFolder(path);

    public DateTimeOffset LastWrite(string path) => Next().LastWrite(path);

    private DiskFiles Next()
    {
        if (_meanwhile is { } meanwhile && _left-- == 0)
        {
            _meanwhile = null;
            meanwhile();
        }

        return _disk;
    }

    private PausingFile? Wrap(IOpenFile? file) => file is null ? null : new PausingFile(this, file);

    private sealed class PausingFile(PausingFiles files, IOpenFile file) : IOpenFile
    {
        public long Length => file.Length;

        public int Read(long offset, Span<byte> buffer)
        {
            files.Next();
            return file.Read(offset, buffer);
        }

        public void Append(ReadOnlySpan<byte> content)
        {
            files.Next();
            file.Append(content);
        }

        public void Flush()
        {
            files.Next();
            file.Flush();
        }

        public void Dispose() => file.Dispose();
    }
}
