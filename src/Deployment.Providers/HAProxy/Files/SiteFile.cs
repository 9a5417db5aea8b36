using System.Text;
using Deployment.Store.Files;

namespace Deployment.Providers.HAProxy.Files;

/// <summary>A file that HAProxy reads: a text that is there whole or not at all.</summary>
internal static class SiteFile
{
    // HAProxy may read them as another user, and nothing in them is secret.
    private const UnixFileMode Mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>Replaces a file unless it has this content already; it is durable when this returns.</summary>
    /// <exception cref="IOException">It can't be written.</exception>
    /// <exception cref="UnauthorizedAccessException">It may not be written.</exception>
    public static void Write(string path, string text)
    {
        if (Read(path) != text)
        {
            AtomicFile.Replace(path, Mode, file => file.Write(Encoding.UTF8.GetBytes(text)));
        }
    }

    /// <summary>Writes what <see cref="Write"/> would put into the file's place, beside it.</summary>
    /// <returns>Its path.</returns>
    public static string WriteBeside(string path, string text) => AtomicFile.WriteBeside(path, Mode, file => file.Write(Encoding.UTF8.GetBytes(text)));

    /// <summary>The file's text; null when there is none.</summary>
    public static string? Read(string path)
    {
        try
        {
            return File.ReadAllText(path);
        }
        catch (Exception error) when (error is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
