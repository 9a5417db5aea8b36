using System.Formats.Tar;
using System.Text;

namespace DockerCanary;

/// <summary>
/// The shop as images, one a version: a busybox that serves files. They are made of nothing that must be fetched, and go with the sample.
/// </summary>
internal sealed class ShopImages(string repository, string folder)
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Executable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    // The first process of a container gets SIGTERM, and a shell would not pass it on by itself.
    private const string Shop = "#!/bin/sh\ntrap 'kill $!; exit 0' TERM\nhttpd -f -p \"$PORT\" -h /www &\nwait\n";
    private const string Broken = "#!/bin/sh\nprintf 'Status: 500 Internal Server Error\\r\\nContent-Type: text/plain\\r\\nContent-Length: 6\\r\\n\\r\\nbroken'\n";

    private readonly List<string> _made = [];

    /// <summary>Makes an image whose home page is its version.</summary>
    public Task<string> GoodAsync(string version, CancellationToken cancellationToken) => MakeAsync(version, "www/index.html", version, cancellationToken);

    /// <summary>Makes one that says that it is well, and whose home page fails.</summary>
    public Task<string> BadAsync(string version, CancellationToken cancellationToken) => MakeAsync(version, "www/cgi-bin/index.cgi", Broken, cancellationToken);

    /// <summary>Removes what was made.</summary>
    public async Task RemoveAsync()
    {
        foreach (string image in _made)
        {
            await Programs.DockerAsync(CancellationToken.None, "image", "rm", image);
        }
    }

    private async Task<string> MakeAsync(string version, string homePage, string content, CancellationToken cancellationToken)
    {
        string image = $"{repository}:{version}";
        string file = Path.Combine(folder, $"{version}.tar");
        await using (var tar = new TarWriter(File.Create(file), TarEntryFormat.Ustar))
        {
            foreach (string directory in new[] { "bin/", "www/", "www/cgi-bin/" })
            {
                await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.Directory, directory) { Mode = Executable }, cancellationToken);
            }

            await WriteAsync(tar, "bin/busybox", await File.ReadAllBytesAsync(Busybox(), cancellationToken), cancellationToken);
            foreach (string tool in new[] { "sh", "httpd", "kill" })
            {
                await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.SymbolicLink, $"bin/{tool}") { LinkName = "busybox" }, cancellationToken);
            }

            await WriteAsync(tar, "bin/shop", Encoding.ASCII.GetBytes(Shop), cancellationToken);
            await WriteAsync(tar, "www/health", "well"u8.ToArray(), cancellationToken);
            await WriteAsync(tar, homePage, Encoding.ASCII.GetBytes(content), cancellationToken);
        }

        await Programs.DockerAsync(cancellationToken, "import", "--change", "CMD [\"/bin/shop\"]", file, image);
        _made.Add(image);
        return image;
    }

    private static async Task WriteAsync(TarWriter tar, string name, byte[] content, CancellationToken cancellationToken)
    {
        using var stream = new MemoryStream(content);
        await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = stream, Mode = Executable }, cancellationToken);
    }

    private static string Busybox()
    {
        string program = Programs.Find("busybox", "busybox-static");
        // One that loads libraries names its loader, and in the image there is none.
        return File.ReadAllBytes(program).AsSpan().IndexOf("/ld-"u8) < 0
            ? program
            : throw new MissingException($"{program} needs libraries, which the sample's images don't have. On Debian one that needs none is in the package busybox-static.");
    }
}
