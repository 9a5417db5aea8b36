using System.Collections.Concurrent;
using System.Formats.Tar;
using System.Text;
using Deployment.Commands;
using Deployment.Tests;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>
/// The images of the tests: busybox with the application of Support/App, one binary with another layer of variables a version.
/// </summary>
internal sealed class TestImages
{
    /// <summary>A shell without an application.</summary>
    public const string Busybox = "tests/busybox:1";

    private const string Base = "tests/app:1";
    private static readonly UnixFileMode _executable = (UnixFileMode)Convert.ToInt32("755", 8);
    private readonly ConcurrentDictionary<string, Lazy<Task>> _built = new(StringComparer.Ordinal);

    private TestImages(DockerDaemon daemon) => Daemon = daemon;

    public DockerDaemon Daemon { get; }

    /// <summary>Makes what the images of this daemon are made of.</summary>
    public static async Task<TestImages> CreateAsync(DockerDaemon daemon)
    {
        string busybox = RealComponent.Require("busybox");
        string application = await ShopProgram.CompileAsync();
        string tar = Path.Combine(daemon.Folder, "base.tar");
        await WriteRootAsync(tar, busybox, application);
        // One layer with the tools, one with the application on top: a pull has something to do in two pieces.
        await daemon.SucceedsAsync("import", "--change", "CMD [\"/bin/sh\"]", tar, Busybox);
        await daemon.SucceedsAsync("import", "--change", "ENTRYPOINT [\"/bin/shop\"]", "--change", "EXPOSE 8080", tar, Base);
        File.Delete(tar);
        return new TestImages(daemon);
    }

    /// <summary>The application in a version. Its name is <paramref name="repository"/>:<paramref name="version"/>.</summary>
    /// <param name="version">What it answers.</param>
    /// <param name="repository">The name; with a registry's address in front it can be pushed there.</param>
    /// <param name="lines">More lines of its Dockerfile, such as <c>ENV UNHEALTHY=1</c>.</param>
    public async Task<string> ShopAsync(string version, string repository = "shop", params string[] lines)
    {
        string image = $"{repository}:{version}";
        string text = string.Join('\n', [$"FROM {Base}", $"ENV VERSION={version}", .. lines]) + "\n";
        await _built.GetOrAdd(image + "\n" + text, _ => new Lazy<Task>(() => BuildAsync(image, text))).Value;
        return image;
    }

    /// <summary>With a HEALTHCHECK of Docker's, each 200 ms, unhealthy after 2 failures.</summary>
    public Task<string> WithHealthcheckAsync(string version, string repository = "checked", params string[] lines) => ShopAsync(
        version, repository, ["HEALTHCHECK --interval=200ms --timeout=2s --retries=2 CMD [\"/bin/shop\", \"--probe\"]", .. lines]);

    /// <summary>Ends at once with exit code 3, after 500 lines of log.</summary>
    public Task<string> ExitsAtOnceAsync(string version, string repository = "exits") => ShopAsync(version, repository, "ENV EXIT_AT_ONCE=1 EXIT_CODE=3");

    /// <summary>Serves, but says of itself that it isn't healthy; Docker finds that too.</summary>
    public Task<string> NeverHealthyAsync(string version, string repository = "sick") => WithHealthcheckAsync(version, repository, "ENV UNHEALTHY=1");

    /// <summary>With so many bytes that can't be compressed in a layer of their own.</summary>
    public async Task<string> BigAsync(string version, int bytes, string repository = "big")
    {
        await ShopAsync(version, repository, $"RUN [\"/bin/busybox\", \"dd\", \"if=/dev/urandom\", \"of=/blob\", \"bs={bytes}\", \"count=1\"]");
        return $"{repository}:{version}";
    }

    /// <summary>Pushes an image of this daemon to a registry.</summary>
    /// <param name="image">The image.</param>
    /// <param name="registry">Where to.</param>
    /// <param name="login">The folder of <see cref="DockerRegistry.LoginFolderAsync"/>.</param>
    /// <returns>Its name with the tag, and its name with the digest.</returns>
    public async Task<(string Tag, string Digest)> PushAsync(string image, DockerRegistry registry, string? login = null)
    {
        string name = $"{registry.Address}/{image}";
        await Daemon.SucceedsAsync("tag", image, name);
        await Daemon.SucceedsAsync([.. login is null ? Array.Empty<string>() : ["--config", login], "push", "--quiet", name]);
        string digests = await Daemon.SucceedsAsync("image", "inspect", "--format", "{{join .RepoDigests \"\\n\"}}", name);
        string digest = digests.Split('\n').First(found => found.StartsWith(registry.Address + "/" + image.Split(':')[0] + "@", StringComparison.Ordinal));
        await Daemon.SucceedsAsync("rmi", name);
        return (name, digest);
    }

    private Task<string> BuildAsync(string image, string text) =>
        Tool.SucceedsAsync(Daemon.Client("build", "--quiet", "--tag", image, "-") with { StandardInput = new Secrets.Secret(text) });

    private static async Task WriteRootAsync(string path, string busybox, string application)
    {
        await using FileStream file = File.Create(path);
        await using var tar = new TarWriter(file, TarEntryFormat.Ustar);
        foreach (string folder in new[] { "bin/", "etc/", "tmp/", "var/", "run/" })
        {
            await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.Directory, folder) { Mode = folder == "tmp/" ? (UnixFileMode)Convert.ToInt32("1777", 8) : _executable });
        }

        await WriteAsync(tar, "bin/busybox", File.OpenRead(busybox), _executable);
        await WriteAsync(tar, "bin/shop", File.OpenRead(application), _executable);
        await WriteAsync(tar, "etc/passwd", new MemoryStream(Encoding.ASCII.GetBytes("root:x:0:0::/:/bin/sh\napp:x:1000:1000::/:/bin/sh\n")), (UnixFileMode)Convert.ToInt32("644", 8));
        foreach (string tool in new[] { "sh", "cat", "ls", "sleep", "id", "touch", "tail", "echo", "env", "true", "false", "wget" })
        {
            await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.SymbolicLink, "bin/" + tool) { LinkName = "busybox" });
        }
    }

    private static async Task WriteAsync(TarWriter tar, string name, Stream content, UnixFileMode mode)
    {
        await using (content)
        {
            await tar.WriteEntryAsync(new UstarTarEntry(TarEntryType.RegularFile, name) { DataStream = content, Mode = mode });
        }
    }
}
