using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Deployment;
using Deployment.Providers.Local;
using Deployment.Store;

namespace QuickStart;

/// <summary>
/// The folder <c>artifacts/quickstart</c> of the repository. One QuickStart works in it at a time, and what a killed one left is cleaned.
/// </summary>
internal sealed class Workspace : IDisposable
{
    // The address of a Unix socket has 103 bytes at most, and the sockets' names need some of them.
    private const int LongestStateFolder = 80;
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(200);

    private readonly FileStream _lock;

    private Workspace(string folder, FileStream locked)
    {
        Folder = folder;
        _lock = locked;
    }

    public string Folder { get; }

    /// <summary>Where the runs are kept.</summary>
    public string Store => Path.Combine(Folder, "store");

    /// <summary>Where what runs is kept: state, sockets and logs.</summary>
    public string Local => LocalFolder(Folder);

    public static async Task<Workspace> OpenAsync(CancellationToken cancellationToken)
    {
        string artifacts = Path.Combine(RepositoryRoot(), "artifacts");
        Directory.CreateDirectory(artifacts);
        FileStream locked = await LockAsync(Path.Combine(artifacts, "quickstart.lock"), cancellationToken);
        var workspace = new Workspace(Path.Combine(artifacts, "quickstart"), locked);
        try
        {
            await workspace.CleanAsync(cancellationToken);
            workspace.Mark(Environment.ProcessId.ToString(CultureInfo.InvariantCulture));
            return workspace;
        }
        catch
        {
            workspace.Dispose();
            throw;
        }
    }

    /// <summary>Ends everything that runs.</summary>
    public async Task StopAsync()
    {
        await new LocalHost(Local).StopAsync(CancellationToken.None);
        Mark("");
    }

    /// <summary>A folder for what belongs to one release.</summary>
    public string Of(string version) => Directory.CreateDirectory(Path.Combine(Folder, version)).FullName;

    public void Dispose() => _lock.Dispose();

    private static string RepositoryRoot()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Deployment.sln")))
            {
                return folder.FullName;
            }
        }

        throw new DeploymentException($"No folder above {AppContext.BaseDirectory} has Deployment.sln in it: build the QuickStart inside the repository.");
    }

    private static string LocalFolder(string folder)
    {
        string near = Path.Combine(folder, "local");
        string id = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(folder)))[..8];
        return Encoding.UTF8.GetByteCount(near) <= LongestStateFolder ? near : Path.Combine(FileDeploymentStore.DefaultFolder, $"quickstart-{id}");
    }

    private static async Task<FileStream> LockAsync(string path, CancellationToken cancellationToken)
    {
        long begin = TimeProvider.System.GetTimestamp();
        for (bool told = false; ; told = true)
        {
            try
            {
                return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException error)
            {
                if (TimeProvider.System.GetElapsedTime(begin) >= LongestWait)
                {
                    throw new DeploymentException($"Another QuickStart still runs in this repository: it holds {path}. Stop it with Ctrl-C, or wait.", error);
                }

                if (!told)
                {
                    Console.WriteLine("Another QuickStart is running in this repository. Waiting until it has ended.");
                }

                await Task.Delay(Look, TimeProvider.System, cancellationToken);
            }
        }
    }

    // The lock goes with its process, but its content stays: a QuickStart that could not say that it had stopped left things running.
    private async Task CleanAsync(CancellationToken cancellationToken)
    {
        if (_lock.Length > 0)
        {
            Console.WriteLine("A QuickStart was killed before it could clean up. Ending what it left running.");
            await new LocalHost(Local).StopAsync(cancellationToken);
        }

        foreach (string old in new[] { Local, Folder }.Where(Directory.Exists))
        {
            Directory.Delete(old, recursive: true);
        }

        Directory.CreateDirectory(Folder);
    }

    private void Mark(string text)
    {
        _lock.SetLength(0);
        _lock.Write(Encoding.UTF8.GetBytes(text));
        _lock.Flush(flushToDisk: true);
    }
}
