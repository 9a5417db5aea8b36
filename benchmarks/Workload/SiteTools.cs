using System.Globalization;
using Deployment.Benchmarks.Measuring;

namespace Deployment.Benchmarks.Workload;

/// <summary>One small S3, perhaps behind a line with a delay, and what brings a folder there: this project, aws and rclone, each a process.</summary>
internal sealed class SiteTools : IDisposable
{
    private readonly ChildServer _server;
    private readonly ChildServer? _line;
    private readonly HttpClient _http = new();
    private readonly string _configuration;
    private readonly string _stores;
    private int _buckets;

    private SiteTools(ChildServer server, ChildServer? line, int serverPort, int port, string configuration)
    {
        (_server, _line, _configuration, _stores) = (server, line, configuration, Path.Combine(Path.GetDirectoryName(configuration)!, "stores"));
        (ServerPort, Address) = (serverPort, $"http://127.0.0.1:{port.ToString(CultureInfo.InvariantCulture)}");
    }

    internal string Address { get; }

    private int ServerPort { get; }

    /// <summary>How many transfers rclone has at once; tried from 8 to 128.</summary>
    internal int Transfers { get; init; } = 32;

    /// <param name="folder">A folder for what they need.</param>
    /// <param name="delay">Milliseconds that the line holds bytes up, each way; 0 for no line.</param>
    internal static async Task<SiteTools> StartAsync(string folder, int delay)
    {
        Directory.CreateDirectory(folder);
        string configuration = Path.Combine(folder, "aws");
        // The best of 10, 20 and 40, without a delay; with one, more are better.
        await File.WriteAllTextAsync(configuration, $"[default]\ns3 =\n  max_concurrent_requests = {(delay == 0 ? 40 : 64)}\n");
        int serverPort = FreePort();
        ChildServer server = await ChildServer.StartAsync(Environment.ProcessPath!, serverPort, "s3", serverPort.ToString(CultureInfo.InvariantCulture));
        int port = delay == 0 ? serverPort : FreePort();
        ChildServer? line = delay == 0 ? null : await ChildServer.StartAsync(Environment.ProcessPath!, port, "line", port.ToString(CultureInfo.InvariantCulture), serverPort.ToString(CultureInfo.InvariantCulture), delay.ToString(CultureInfo.InvariantCulture));
        return new SiteTools(server, line, serverPort, port, configuration) { Transfers = delay == 0 ? 32 : 128 };
    }

    /// <summary>A new bucket.</summary>
    internal async Task<string> BucketAsync()
    {
        string name = string.Create(CultureInfo.InvariantCulture, $"bucket-{++_buckets}");
        (await _http.PutAsync(new Uri($"http://127.0.0.1:{ServerPort}/{name}"), null)).EnsureSuccessStatusCode();
        return name;
    }

    /// <summary>This project, in a process of its own; the last line says what its last deployment took inside.</summary>
    internal async Task<(Usage Usage, double Inside)> OursAsync(string folder, params string[] deployments)
    {
        (Usage usage, string said) = await Usage.OfAsync(Environment.ProcessPath!, Variables(), ["site", Address, folder, _stores, .. deployments]);
        return (usage, double.Parse(said.Split('\n', StringSplitOptions.RemoveEmptyEntries)[^1].Split(' ')[1], CultureInfo.InvariantCulture) / 1000);
    }

    internal async Task<Usage> AwsAsync(string folder, string bucket) => (await Usage.OfAsync(Aws, Variables(), "--endpoint-url", Address, "s3", "sync", "--quiet", "--delete", folder, $"s3://{bucket}")).Usage;

    internal async Task<Usage> RcloneAsync(string folder, string bucket)
    {
        string many = Transfers.ToString(CultureInfo.InvariantCulture);
        return (await Usage.OfAsync(
            Programs.Find("rclone"), Variables(), "--config", "/dev/null", "sync", folder, Remote(bucket), "--checksum", "--fast-list", "--transfers", many, "--checkers", many, "--s3-no-check-bucket", "--s3-no-head", "--s3-upload-concurrency", "8")).Usage;
    }

    internal async Task<Usage> ListByAwsAsync(string bucket) => (await Usage.OfAsync(Aws, Variables(), "--endpoint-url", Address, "s3", "ls", "--recursive", $"s3://{bucket}")).Usage;

    internal async Task<Usage> ListByRcloneAsync(string bucket) => (await Usage.OfAsync(Programs.Find("rclone"), Variables(), "--config", "/dev/null", "lsf", "--recursive", "--files-only", "--fast-list", Remote(bucket))).Usage;

    public void Dispose()
    {
        _line?.Dispose();
        _server.Dispose();
        _http.Dispose();
    }

    // Where Debian has it: version 2 runs on Debian's Python.
    private static string Aws => File.Exists("/usr/bin/aws") ? "/usr/bin/aws" : Programs.Find("aws");

    private string Remote(string bucket) => $":s3,provider=Other,env_auth=true,endpoint=\"{Address}\":{bucket}";

    private Dictionary<string, string?> Variables() => new()
    {
        ["AWS_ACCESS_KEY_ID"] = "AKIDTESTS",
        ["AWS_SECRET_ACCESS_KEY"] = "secret",
        ["AWS_DEFAULT_REGION"] = "eu-central-1",
        ["AWS_CONFIG_FILE"] = _configuration,
        ["AWS_SHARED_CREDENTIALS_FILE"] = "/dev/null",
        // rclone can't have one.
        ["AWS_CA_BUNDLE"] = null,
    };

    private static int FreePort()
    {
        using var door = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        door.Start();
        return ((System.Net.IPEndPoint)door.LocalEndpoint).Port;
    }
}
