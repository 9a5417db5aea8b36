using Deployment.Json;

namespace Deployment.Store.Files;

/// <summary>Bytes under their SHA-256.</summary>
internal sealed class FileBlobs(StoreFiles files, StorePaths paths)
{
    internal string Put(ReadOnlyMemory<byte> content)
    {
        string sha256 = CanonicalJson.Hash(content.Span);
        string path = paths.Blob(sha256);
        string folder = Path.GetDirectoryName(path)!;
        files.EnsureFolder(folder);
        if (!files.TryCreate(path, content.Span))
        {
            Keep(path, folder, content.Span);
        }

        return sha256;
    }

    internal ReadOnlyMemory<byte>? Get(string sha256)
    {
        string path = paths.Blob(sha256);
        if (files.Read(path) is not { } content)
        {
            return null;
        }

        return CanonicalJson.Hash(content) == sha256
            ? content
            : throw new DeploymentException($"The blob in {path} is damaged: its content no longer has the hash that it is named by. Restore it from a backup.");
    }

    // It is there already, but whoever made it may not have flushed its name yet, and the disk may have damaged it since.
    private void Keep(string path, string folder, ReadOnlySpan<byte> content)
    {
        if (files.Read(path) is { } kept && content.SequenceEqual(kept))
        {
            files.FlushFolder(folder);
        }
        else
        {
            files.Replace(path, content);
        }
    }
}
