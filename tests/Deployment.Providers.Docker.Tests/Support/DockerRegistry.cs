using System.Net;
using System.Text;
using Deployment.Commands;
using Deployment.Tests;

namespace Deployment.Providers.Docker.Tests.Support;

/// <summary>A registry of the tests' own on loopback, with its images in a temporary folder.</summary>
internal sealed class DockerRegistry : IAsyncDisposable
{
    public const string User = "ann";
    public const string Password = "open sesame";

    // Of that password.
    private const string Hash = "$2b$04$abcdefghijklmnopqrstuu/LVz6MZlItEy42I2juLihZ66HnQx/cy";
    private readonly string _folder;
    private Server? _server;

    private DockerRegistry(string folder) => _folder = folder;

    public int Port { get; } = FreePort.Next();

    /// <summary>What its images' names begin with.</summary>
    public string Address => $"127.0.0.1:{Port}";

    public string Log => _server?.Log ?? "";

    /// <summary>The folder that `docker --config` takes, with the right user and password in it, or others.</summary>
    public async Task<string> LoginFolderAsync(string user = User, string password = Password)
    {
        string folder = Directory.CreateDirectory(Path.Combine(_folder, Guid.NewGuid().ToString("n"))).FullName;
        string login = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"));
        await File.WriteAllTextAsync(Path.Combine(folder, "config.json"), "{\"auths\":{\"" + Address + "\":{\"auth\":\"" + login + "\"}}}");
        return folder;
    }

    public static async Task<DockerRegistry> StartAsync(bool withPassword = false)
    {
        RealComponent.Require("docker-registry");
        var registry = new DockerRegistry(Directory.CreateTempSubdirectory("reg-").FullName);
        await File.WriteAllTextAsync(Path.Combine(registry._folder, "htpasswd"), $"{User}:{Hash}\n");
        await File.WriteAllTextAsync(registry.Configuration, $$"""
            version: 0.1
            log: { level: warn }
            storage: { filesystem: { rootdirectory: {{registry._folder}}/data }, delete: { enabled: true } }
            http: { addr: {{registry.Address}} }
            {{(withPassword ? $"auth: {{ htpasswd: {{ realm: tests, path: {registry._folder}/htpasswd }} }}" : "")}}
            """);
        try
        {
            await registry.StartAgainAsync();
            return registry;
        }
        catch
        {
            await registry.DisposeAsync();
            throw;
        }
    }

    public async Task RestartAsync()
    {
        await StopAsync();
        await StartAgainAsync();
    }

    public Task StopAsync() => _server!.EndAsync();

    public Task KillAsync() => _server!.EndAsync(Server.Kill);

    /// <summary>Starts it after <see cref="StopAsync"/> or <see cref="KillAsync"/>, with the images that it had.</summary>
    public async Task StartAgainAsync()
    {
        using var http = new HttpClient();
        _server = await Server.StartAsync(Command.Of(RealComponent.Require("docker-registry"), "serve", Configuration), async _ =>
        {
            try
            {
                using HttpResponseMessage answer = await http.GetAsync(new Uri($"http://{Address}/v2/"));
                return answer.StatusCode is HttpStatusCode.OK or HttpStatusCode.Unauthorized;
            }
            catch (HttpRequestException)
            {
                return false;
            }
        });
    }

    public async ValueTask DisposeAsync()
    {
        if (_server is not null)
        {
            await _server.DisposeAsync();
        }

        Directory.Delete(_folder, recursive: true);
    }

    private string Configuration => Path.Combine(_folder, "config.yml");
}
