using System.Formats.Tar;
using System.Text;
using Deployment.Secrets;

namespace Deployment.Providers.Docker.Containers;

/// <summary>
/// Secrets as the files of an archive that <c>docker cp</c> reads from its standard input: nothing of them is on a command line, in the environment or in
/// what <c>docker inspect</c> shows. They lie in a volume of the container's own, so that it has them again after a restart of the host.
/// </summary>
internal static class SecretFiles
{
    // Whoever runs in the container must be able to read them, and its user isn't known; the folder on the host is root's alone.
    private const UnixFileMode Readable = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>The archive. It is text: secrets are, and the archive's own bytes are ASCII.</summary>
    public static Secret Archive(IEnumerable<KeyValuePair<string, Secret>> secrets, DateTimeOffset now)
    {
        using var bytes = new MemoryStream();
        using (var archive = new TarWriter(bytes, TarEntryFormat.Ustar, leaveOpen: true))
        {
            foreach ((string name, Secret secret) in secrets)
            {
                using var content = new MemoryStream(Encoding.UTF8.GetBytes(secret.Reveal()));
                archive.WriteEntry(new UstarTarEntry(TarEntryType.RegularFile, name) { Mode = Readable, ModificationTime = now, DataStream = content });
            }
        }

        return new Secret(Encoding.UTF8.GetString(bytes.GetBuffer(), 0, (int)bytes.Length));
    }
}
