using Deployment.Store.Files;

namespace Deployment.Testing;

/// <summary>What programs see of a <see cref="LosingDisk"/> between two power cuts.</summary>
internal sealed class LosingSession(LosingDisk disk, TimeProvider time) : IFileLayer
{
    private bool _dead;

    internal LosingDisk Disk => disk;

    public Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken)
    {
        if (cancellationToken.IsCancellationRequested)
        {
            return Task.FromCanceled<T>(cancellationToken);
        }

        try
        {
            return Task.FromResult(work());
        }
        catch (Exception exception)
        {
            return Task.FromException<T>(exception);
        }
    }

    public IOpenFile? CreateNew(string path)
    {
        LosingFolder folder = FolderOf(path);
        if (folder.Files.ContainsKey(NameOf(path)))
        {
            return null;
        }

        CountNew($"create {path}");
        var file = new LosingFile { LastWrite = time.GetUtcNow() };
        folder.Files[NameOf(path)] = file;
        return new LosingHandle(this, file, path);
    }

    public IOpenFile? OpenRead(string path) => Find(path) is { } file ? new LosingHandle(this, file, path) : null;

    public IOpenFile OpenAppend(string path) =>
        OpenRead(path) ?? throw new FileNotFoundException($"Could not find file '{path}'.");

    public bool TryLink(string path, string newPath)
    {
        LosingFile file = Find(path) ?? throw new FileNotFoundException($"Could not find file '{path}'.");
        LosingFolder folder = FolderOf(newPath);
        if (folder.Files.ContainsKey(NameOf(newPath)))
        {
            return false;
        }

        CountNew($"link {newPath}");
        folder.Files[NameOf(newPath)] = file;
        return true;
    }

    public void Rename(string path, string newPath)
    {
        LosingFile file = Find(path) ?? throw new FileNotFoundException($"Could not find file '{path}'.");
        Count($"rename {newPath}");
        FolderOf(newPath).Files[NameOf(newPath)] = file;
        FolderOf(path).Files.Remove(NameOf(path));
    }

    public void Overwrite(string path, ReadOnlySpan<byte> content)
    {
        if (Find(path) is null)
        {
            CreateNew(path);
        }

        Write(Find(path)!, path, 0, content);
    }

    public void Delete(string path)
    {
        if (Find(path) is not null)
        {
            Count($"delete {path}");
            FolderOf(path).Files.Remove(NameOf(path));
        }
    }

    public bool Exists(string path)
    {
        ThrowIfDead($"look for {path}");
        return disk.Folders.ContainsKey(path) || Find(path) is not null;
    }

    public IReadOnlyList<string> List(string folder)
    {
        ThrowIfDead($"list {folder}");
        return disk.Folders.TryGetValue(folder, out LosingFolder? found) ? [.. found.Files.Keys, .. found.Subfolders] : [];
    }

    public void CreateFolder(string path)
    {
        ThrowIfDead($"look for {path}");
        if (!disk.Folders.ContainsKey(path))
        {
            LosingFolder parent = FolderOf(path);
            CountNew($"create {path}");
            parent.Subfolders.Add(NameOf(path));
            disk.Folders[path] = new LosingFolder();
        }
    }

    public void FlushFolder(string path)
    {
        Count($"flush {path}");
        if (!disk.IgnoresFlushes)
        {
            disk.Folders[path].Flush();
        }
    }

    public DateTimeOffset LastWrite(string path) => Find(path)?.LastWrite ?? DateTimeOffset.MinValue;

    internal void Write(LosingFile file, string path, int offset, ReadOnlySpan<byte> content)
    {
        Count($"write {path}");
        bool grows = offset + content.Length > file.Length;
        ReadOnlySpan<byte> fits = disk.IsFull && grows ? content[..(content.Length / 2)] : content;
        file.Write(offset, fits);
        file.LastWrite = time.GetUtcNow();
        if (fits.Length < content.Length || (disk.IsFull && grows))
        {
            throw Full(path);
        }
    }

    internal void Count(string operation) => disk.Count(this, operation);

    internal void Kill() => _dead = true;

    internal void ThrowIfDead(string operation)
    {
        if (_dead)
        {
            throw new PowerCutException(operation);
        }
    }

    private void CountNew(string operation)
    {
        Count(operation);
        if (disk.IsFull)
        {
            throw Full(operation);
        }
    }

    private LosingFile? Find(string path)
    {
        ThrowIfDead($"look for {path}");
        return disk.Folders.GetValueOrDefault(Path.GetDirectoryName(path)!)?.Files.GetValueOrDefault(NameOf(path));
    }

    private LosingFolder FolderOf(string path)
    {
        ThrowIfDead($"look for {path}");
        return disk.Folders.TryGetValue(Path.GetDirectoryName(path)!, out LosingFolder? folder)
            ? folder
            : throw new DirectoryNotFoundException($"Could not find a part of the path '{path}'.");
    }

    private static IOException Full(string what) => new($"No space left on device : '{what}'", 28);

    private static string NameOf(string path) => Path.GetFileName(path);
}
