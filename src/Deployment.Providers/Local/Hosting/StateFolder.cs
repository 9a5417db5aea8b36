using System.Globalization;
using System.Text;

namespace Deployment.Providers.Local.Hosting;

/// <summary>Where everything is inside a state folder.</summary>
internal sealed record StateFolder(string Path)
{
    // sun_path of unix(7) has 108 bytes on Linux and 104 on macOS, with the terminating NUL.
    private const int MaxSocketBytes = 103;

    public string SupervisorSocket => In("supervisor.sock");

    public string SupervisorLog => In("supervisor.log");

    public string Lock => In("supervisor.lock");

    public string State => In("state.json");

    public string Hosts => In("host");

    /// <summary>A link to the copy of this library that the last supervisor ran from.</summary>
    public string CurrentHost => System.IO.Path.Combine(Hosts, "current");

    public string RouterSocket(int port) => In(string.Create(CultureInfo.InvariantCulture, $"router-{port}.sock"));

    public string RouterLog(int port) => In(string.Create(CultureInfo.InvariantCulture, $"router-{port}.log"));

    public string RouterTables(int port) => In(string.Create(CultureInfo.InvariantCulture, $"router-{port}"));

    public string RouterTable(int port, string target) => System.IO.Path.Combine(RouterTables(port), target + ".json");

    /// <summary>A router's control socket under a name that no other process has: <see cref="RouterSocket"/> is a link to that of the present one.</summary>
    public string RouterOwnSocket(int port, int processId) => In(string.Create(CultureInfo.InvariantCulture, $"r{port}-{processId}.s"));

    /// <summary>The control sockets of a port's routers, those that died included: first that of the present one, each once.</summary>
    public IEnumerable<string> RouterSockets(int port)
    {
        string present = RouterSocket(port);
        string? own = new FileInfo(present).LinkTarget is { } target ? In(target) : null;
        return [present, .. Files(string.Create(CultureInfo.InvariantCulture, $"r{port}-*.s")).Where(socket => socket != own)];
    }

    /// <summary>What routers of a port that died left.</summary>
    public IEnumerable<string> LeftSockets(int port) =>
        [.. Files(string.Create(CultureInfo.InvariantCulture, $"r{port}-*.s")), .. Files(string.Create(CultureInfo.InvariantCulture, $"r{port}-*.link")), .. Files(string.Create(CultureInfo.InvariantCulture, $"t{port}-*.s"))];

    /// <summary>Where a router that takes a port over waits for the listening sockets.</summary>
    public string RouterHandover(int port, int processId) => In(string.Create(CultureInfo.InvariantCulture, $"t{port}-{processId}.s"));

    public string Log(string target, string revision, int slot) =>
        System.IO.Path.Combine(Path, "logs", target, revision, string.Create(CultureInfo.InvariantCulture, $"{slot}.log"));

    public string Logs => In("logs");

    public string LogsOf(string target, string revision) => System.IO.Path.Combine(Logs, target, revision);

    public string Releases => In("releases");

    /// <summary>Where a revision's package is unpacked. A folder of this name is always whole.</summary>
    public string Release(string target, string revision) => System.IO.Path.Combine(Releases, target, revision);

    public string Heartbeats => In("heartbeats");

    public string Heartbeat(string target, string revision, int slot) =>
        System.IO.Path.Combine(Heartbeats, target, revision, string.Create(CultureInfo.InvariantCulture, $"{slot}"));

    public string SecretsFolder => In("secrets");

    public string Secrets(string target, string revision) => System.IO.Path.Combine(Path, "secrets", target, revision + ".json");

    /// <summary>Null when sockets in this folder can have an address, else one sentence.</summary>
    public string? Problem()
    {
        if (!System.IO.Path.IsPathFullyQualified(Path))
        {
            return $"The state folder '{Path}' must be an absolute path.";
        }

        int bytes = Encoding.UTF8.GetByteCount(RouterSocket(65535));
        return bytes > MaxSocketBytes
            ? $"The state folder '{Path}' is too long: a Unix socket in it would have an address of {bytes} bytes, and {MaxSocketBytes} is the most. Set StateFolder to a shorter path."
            : null;
    }

    /// <summary>Makes the control socket of a process that of the port, in one step.</summary>
    public void PointRouterSocket(int port, int processId)
    {
        string fresh = RouterOwnSocket(port, processId) + ".link";
        File.Delete(fresh);
        File.CreateSymbolicLink(fresh, System.IO.Path.GetFileName(RouterOwnSocket(port, processId)));
        File.Move(fresh, RouterSocket(port), overwrite: true);
    }

    /// <summary>Makes a folder that only this user can enter.</summary>
    public static void Create(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            throw new DeploymentException(LocalTarget.WindowsProblem);
        }

        Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    private string[] Files(string pattern) => Directory.Exists(Path) ? Directory.GetFiles(Path, pattern) : [];

    private string In(string name) => System.IO.Path.Combine(Path, name);
}
