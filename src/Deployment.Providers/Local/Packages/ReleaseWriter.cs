using Deployment.Releases;

namespace Deployment.Providers.Local.Packages;

/// <summary>
/// Writes a package's entries into an empty folder of its own. It makes files and folders and nothing else, so there is never a link
/// that a later entry could be led out by.
/// </summary>
internal sealed class ReleaseWriter(string root, Budget budget)
{
    private const UnixFileMode Data = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Program = Data | UnixFileMode.UserExecute;
    private readonly Dictionary<string, string> _paths = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private readonly HashSet<string> _named = new(StringComparer.Ordinal);
    private readonly byte[] _buffer = new byte[80 * 1024];

    public bool IsEmpty => _named.Count == 0;

    /// <exception cref="DeploymentException">The entry may not be there.</exception>
    public void Add(PackageEntry entry, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        budget.Enter();
        string[] parts = EntryName.Parts(entry.Name);
        string path = string.Join('/', parts);
        if (entry.Kind is not (EntryKind.File or EntryKind.Folder))
        {
            throw Refused(entry, entry.Kind == EntryKind.Link ? "it is a link. Pack what it leads to." : "it is neither a file nor a folder.");
        }

        if (entry.Kind == EntryKind.File && entry.Name.EndsWith('/'))
        {
            throw Refused(entry, "it is a file with the name of a folder.");
        }

        MakeFolders(entry, parts[..^1]);
        Claim(entry, path);
        if (!_named.Add(path) || (entry.Kind == EntryKind.File && _folders.Contains(path)))
        {
            throw Refused(entry, "the package has another entry of that name.");
        }

        if (entry.Kind == EntryKind.Folder)
        {
            MakeFolder(path);
            return;
        }

        WriteFile(entry, Path.Combine(root, path), cancellationToken);
    }

    private static DeploymentException Refused(PackageEntry entry, string why) =>
        new($"The package's entry '{Naming.Printable(entry.Name)}' can't be unpacked: {why}");

    private void MakeFolders(PackageEntry entry, string[] parts)
    {
        for (int depth = 1; depth <= parts.Length; depth++)
        {
            string folder = string.Join('/', parts[..depth]);
            Claim(entry, folder);
            if (!_folders.Contains(folder) && _named.Contains(folder))
            {
                throw Refused(entry, $"'{Naming.Printable(folder)}' is a file already.");
            }

            MakeFolder(folder);
        }
    }

    private void MakeFolder(string folder)
    {
        if (_folders.Add(folder))
        {
            Hosting.StateFolder.Create(Path.Combine(root, folder));
        }
    }

    // The same letters in another case are the same file to some systems.
    private void Claim(PackageEntry entry, string path)
    {
        if (!_paths.TryAdd(EntryName.Folded(path), path) && _paths[EntryName.Folded(path)] is { } other && other != path)
        {
            throw Refused(entry, $"'{Naming.Printable(other)}' differs from it only in upper and lower case.");
        }
    }

    private void WriteFile(PackageEntry entry, string path, CancellationToken cancellationToken)
    {
        var options = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write, BufferSize = 0 };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = entry.Executable ? Program : Data;
        }

        using Stream content = entry.Open!();
        using var file = new FileStream(path, options);
        var crc = default(Crc32);
        long written = 0;
        for (int read; (read = content.Read(_buffer, 0, _buffer.Length)) > 0;)
        {
            cancellationToken.ThrowIfCancellationRequested();
            budget.Take(read);
            written += read;
            if (written > entry.Length)
            {
                break;
            }

            crc.Add(_buffer.AsSpan(0, read));
            file.Write(_buffer, 0, read);
        }

        if ((entry.Length is { } length && written != length) || (entry.Crc32 is { } sum && sum != crc.Value))
        {
            throw Refused(entry, "its content is not what the package says of it. The package is damaged.");
        }
    }
}
