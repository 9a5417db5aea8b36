using System.Collections.Concurrent;
using System.Globalization;

namespace Deployment.Store.Files;

/// <summary>What the store does with files: whole and durable, or not at all. Nothing here takes a lock that another process could hold.</summary>
internal sealed class StoreFiles(IFileLayer layer, string root, TimeProvider time)
{
    private static readonly TimeSpan LeftoverAge = TimeSpan.FromDays(1);
    private readonly ConcurrentDictionary<string, bool> _durableFolders = new(StringComparer.Ordinal);
    private readonly string _temporary = Path.Combine(root, "temporary");
    private long _temporaryNumber;
    private int _cleaned;

    internal string Root => root;

    internal bool Exists(string path) => layer.Exists(path);

    internal IReadOnlyList<string> List(string folder) => layer.List(folder);

    internal void Delete(string path) => layer.Delete(path);

    internal void FlushFolder(string path) => layer.FlushFolder(path);

    internal void Overwrite(string path, ReadOnlySpan<byte> content) => layer.Overwrite(path, content);

    internal IOpenFile? OpenRead(string path) => layer.OpenRead(path);

    internal IOpenFile OpenAppend(string path) => layer.OpenAppend(path);

    /// <summary>Creates a whole, durable file; false when there is one of this name. Of two callers at once one wins.</summary>
    internal bool TryCreate(string path, ReadOnlySpan<byte> content)
    {
        string temporary = WriteTemporary(content);
        bool created = layer.TryLink(temporary, path);
        layer.Delete(temporary);
        if (created)
        {
            layer.FlushFolder(FolderOf(path));
        }

        return created;
    }

    /// <summary>Creates an empty, durable file; false when there is one of this name.</summary>
    internal bool TryMark(string path)
    {
        using IOpenFile? file = layer.CreateNew(path);
        if (file is null)
        {
            return false;
        }

        layer.FlushFolder(FolderOf(path));
        return true;
    }

    /// <summary>Puts a whole, durable file in the place of another.</summary>
    internal void Replace(string path, ReadOnlySpan<byte> content)
    {
        layer.Rename(WriteTemporary(content), path);
        layer.FlushFolder(FolderOf(path));
    }

    /// <summary>A file's bytes; null when there is none.</summary>
    internal byte[]? Read(string path)
    {
        using IOpenFile? file = layer.OpenRead(path);
        return file is null ? null : Read(file, 0, file.Length);
    }

    /// <summary>The bytes of a part of a file, as far as it goes.</summary>
    internal static byte[] Read(IOpenFile file, long from, long to)
    {
        byte[] content = new byte[to - from];
        int length = Read(file, from, content);
        return length == content.Length ? content : content[..length];
    }

    /// <summary>Fills a buffer from a file, as far as it goes, and gives the length.</summary>
    internal static int Read(IOpenFile file, long from, Span<byte> buffer)
    {
        int length = 0;
        while (length < buffer.Length && file.Read(from + length, buffer[length..]) is > 0 and int read)
        {
            length += read;
        }

        return length;
    }

    /// <summary>Makes sure that a folder under the root exists and will after a power cut, whoever made it.</summary>
    internal void EnsureFolder(string path)
    {
        if (_durableFolders.ContainsKey(path))
        {
            return;
        }

        if (path == root)
        {
            EnsureRoot(root);
        }
        else
        {
            EnsureFolder(FolderOf(path));
            layer.CreateFolder(path);
            layer.FlushFolder(FolderOf(path));
        }

        _durableFolders[path] = true;
    }

    private void EnsureRoot(string path)
    {
        if (!layer.Exists(path))
        {
            EnsureRoot(FolderOf(path));
            layer.CreateFolder(path);
            layer.FlushFolder(FolderOf(path));
            return;
        }

        try
        {
            // Whoever made it may have failed to.
            layer.FlushFolder(FolderOf(path));
        }
        catch (IOException exception) when (exception.HResult == LibC.NoAccess)
        {
            // Somebody prepared it for us in a folder of theirs, long before.
        }
    }

    private string WriteTemporary(ReadOnlySpan<byte> content)
    {
        EnsureFolder(_temporary);
        if (Interlocked.Exchange(ref _cleaned, 1) == 0)
        {
            CleanLeftovers();
        }

        while (true)
        {
            long number = Interlocked.Increment(ref _temporaryNumber);
            string path = Path.Combine(_temporary, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}-{number}"));
            using IOpenFile? file = layer.CreateNew(path);
            if (file is not null)
            {
                file.Append(content);
                file.Flush();
                return path;
            }
        }
    }

    // By age, because another process may be between writing its file and linking it. If it slept for a day, its link fails and nothing else.
    private void CleanLeftovers()
    {
        foreach (string path in layer.List(_temporary).Select(name => Path.Combine(_temporary, name)))
        {
            if (time.GetUtcNow() - layer.LastWrite(path) > LeftoverAge)
            {
                layer.Delete(path);
            }
        }
    }

    private static string FolderOf(string path) => Path.GetDirectoryName(path) ?? path;
}
