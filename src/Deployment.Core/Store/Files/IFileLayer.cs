namespace Deployment.Store.Files;

/// <summary>
/// The file operations that the store is made of, each as small as the operating system's own, so that a test can cut the
/// power between any two. What is durable when is up to the caller: see <see cref="StoreFiles"/>.
/// </summary>
internal interface IFileLayer
{
    /// <summary>Does blocking work where it doesn't block the caller's thread. The token is looked at before it begins, never during it.</summary>
    Task<T> RunAsync<T>(Func<T> work, CancellationToken cancellationToken);

    /// <summary>Creates a file for writing; null when there is one.</summary>
    IOpenFile? CreateNew(string path);

    /// <summary>Opens a file for reading; null when there is none.</summary>
    IOpenFile? OpenRead(string path);

    /// <summary>Opens a file for writing at its end.</summary>
    IOpenFile OpenAppend(string path);

    /// <summary>Gives a file a second name; false when that name is taken.</summary>
    bool TryLink(string path, string newPath);

    /// <summary>Renames a file over another.</summary>
    void Rename(string path, string newPath);

    /// <summary>Writes over the beginning of a file, creating it if there is none. It is not flushed.</summary>
    void Overwrite(string path, ReadOnlySpan<byte> content);

    /// <summary>Deletes a file; nothing happens when there is none.</summary>
    void Delete(string path);

    /// <summary>Whether there is such a file or folder. What can't be found out is an exception, never false.</summary>
    bool Exists(string path);

    /// <summary>The names in a folder, in no order; none when there is no such folder.</summary>
    IReadOnlyList<string> List(string folder);

    /// <summary>Creates a folder that only its owner may enter; nothing happens when there is one.</summary>
    void CreateFolder(string path);

    /// <summary>Makes the names in a folder durable.</summary>
    void FlushFolder(string path);

    /// <summary>When a file was last written; long ago when there is none.</summary>
    DateTimeOffset LastWrite(string path);
}
